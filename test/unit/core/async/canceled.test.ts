import assert from 'node:assert/strict';
import { createCanceledError, isCanceled } from '../../../../src/core/async/canceled.ts';

describe('canceled work', () => {
  for (const [what, error] of [
    ['the error of this extension', createCanceledError()],
    ['the reason of a signal', AbortSignal.abort().reason],
    ['the error of VS Code', Object.assign(new Error('Canceled'), { name: 'Canceled' })],
  ] as const) {
    it(`is recognized by ${what}`, () => {
      assert.ok(isCanceled(error));
    });
  }

  it('is not recognized by another error, or by a value that is no error', () => {
    assert.ok(![new Error('Canceled'), new Error('AbortError'), { name: 'AbortError' }, undefined].some(isCanceled));
  });
});

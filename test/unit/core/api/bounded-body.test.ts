import assert from 'node:assert/strict';
import { readBounded } from '../../../../src/core/api/bounded-body.ts';

describe('bounded body', () => {
  it('reads a character that is split between two chunks', async () => {
    const bytes = new TextEncoder().encode('aé');
    const body = new ReadableStream({
      start: (stream) => {
        stream.enqueue(bytes.slice(0, 2));
        stream.enqueue(bytes.slice(2));
        stream.close();
      },
    });
    assert.deepEqual(await readBounded(new Response(body), 10), { text: 'aé', isCut: false });
  });

  it('cuts a text that is longer than the limit, and none that reaches it', async () => {
    assert.deepEqual(await readBounded(new Response('abcd'), 3), { text: 'abc', isCut: true });
    assert.deepEqual(await readBounded(new Response('abc'), 3), { text: 'abc', isCut: false });
    assert.deepEqual(await readBounded(new Response(null), 3), { text: '', isCut: false });
  });
});

import assert from 'node:assert/strict';
import { expiryOf } from '../../../../src/core/model/expiry.ts';

const END = '2026-12-08T00:00:00Z';

const cases: readonly [string, string | undefined][] = [
  ['2026-11-30T23:59:59.999Z', 'later'],
  ['2026-12-01T00:00:00.000Z', 'soon'],
  ['2026-12-07T23:59:59.999Z', 'soon'],
  ['2026-12-08T00:00:00.000Z', 'expired'],
  ['2027-12-08T00:00:00.000Z', 'expired'],
];

describe('expiry', () => {
  for (const [now, kind] of cases) {
    it(`is ${kind} at ${now} for a token that expires at ${END}`, () => {
      assert.equal(expiryOf({ expiresOn: END }, Date.parse(now))?.kind, kind);
    });
  }

  it('is undefined for a token that does not expire and for a missing token', () => {
    assert.equal(expiryOf({}, 0), undefined);
    assert.equal(expiryOf({ expiresOn: 'never' }, 0), undefined);
    assert.equal(expiryOf(undefined, 0), undefined);
  });
});

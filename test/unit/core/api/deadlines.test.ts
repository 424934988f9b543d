import assert from 'node:assert/strict';
import { ANSWER_DEADLINE, isSettling, SETTLING_TIME } from '../../../../src/core/api/deadlines.ts';

describe('settling time of a mutation', () => {
  const sentAt = Date.UTC(2026, 0, 1);

  it('is longer than the timeout of a request', () => {
    assert.deepEqual([ANSWER_DEADLINE, SETTLING_TIME], [15_000, 30_000]);
  });

  for (const [after, expected] of [
    [0, true],
    [29_999, true],
    [30_000, false],
    [24 * 3_600_000, false],
    // A clock that was set back.
    [-29_999, true],
    [-30_000, false],
    [-24 * 3_600_000, false],
  ] as const) {
    it(`${expected ? 'runs' : 'is over'} after ${after} ms`, () => {
      assert.equal(isSettling(sentAt, sentAt + after), expected);
    });
  }
});

import assert from 'node:assert/strict';
import { unprovenDaysOf } from '../../../../src/core/monitoring/unproven.ts';

const DAY = 86_400_000;
const NOW = 400 * DAY;

describe('not proved', () => {
  const cases = [
    { title: 'a recent success', since: NOW - 44 * DAY, days: undefined },
    { title: 'an old success', since: NOW - 45 * DAY, days: 45 },
    { title: 'no success since its creation', since: NOW - 60 * DAY, days: 60 },
    { title: 'a new destination without a success', since: NOW - DAY, days: undefined },
    { title: 'no known time', since: undefined, days: undefined },
    { title: 'a success in the future', since: NOW + DAY, days: undefined },
  ];
  for (const { title, since, days } of cases) {
    it(`${days === undefined ? 'is not said' : 'is said'} of ${title}`, () => {
      assert.equal(unprovenDaysOf(since, 45, NOW), days);
    });
  }

  it('is not said if the setting is 0 or not a number', () => {
    assert.equal(unprovenDaysOf(0, 0, NOW), undefined);
    assert.equal(unprovenDaysOf(0, Number.NaN, NOW), undefined);
  });
});

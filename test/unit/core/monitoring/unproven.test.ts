import assert from 'node:assert/strict';
import { unprovenDaysOf } from '../../../../src/core/monitoring/unproven.ts';

const DAY = 86_400_000;
const NOW = 400 * DAY;

describe('not proved', () => {
  const cases = [
    { title: 'a recent success', times: { success: NOW - 44 * DAY, created: 0 }, days: undefined },
    { title: 'an old success', times: { success: NOW - 45 * DAY, created: 0 }, days: 45 },
    { title: 'no success since its creation', times: { created: NOW - 60 * DAY }, days: 60 },
    { title: 'a new destination without a success', times: { created: NOW - DAY }, days: undefined },
    { title: 'no known time', times: {}, days: undefined },
    { title: 'a success in the future', times: { success: NOW + DAY }, days: undefined },
  ];
  for (const { title, times, days } of cases) {
    it(`${days === undefined ? 'is not said' : 'is said'} of ${title}`, () => {
      assert.equal(unprovenDaysOf(times, 45, NOW), days);
    });
  }

  it('is not said if the setting is 0 or not a number', () => {
    assert.equal(unprovenDaysOf({ success: 0 }, 0, NOW), undefined);
    assert.equal(unprovenDaysOf({ success: 0 }, Number.NaN, NOW), undefined);
  });
});

import assert from 'node:assert/strict';
import { createAges } from '../../../../src/core/model/age.ts';

const DAY = 86_400_000;

describe('ages', () => {
  it('count whole units, and never name a day or a month of the calendar', () => {
    const age = createAges('en');
    const at = new Date(2026, 10, 23, 23, 30).getTime();
    assert.equal(age(at, new Date(2026, 10, 25, 22).getTime()), '1 day ago');
    assert.deepEqual(
      [7 * DAY, 59 * DAY, 729 * DAY, 5000, -2 * DAY].map((since) => age(at, at + since)),
      ['1 week ago', '1 month ago', '1 year ago', 'now', 'in 2 days'],
    );
    assert.equal(createAges('de', 'short')(at, at + 2 * DAY), 'vor 2 Tagen');
  });
});

import assert from 'node:assert/strict';
import { countPerDay } from '../../../../src/core/policies/alert-days.ts';
import { startOfDay } from '../../../../src/core/model/local-day.ts';

/** A time in the user's time zone. */
const local = (day: string, time = '12:00:00'): number => new Date(`${day}T${time}`).getTime();
const stamp = (day: string, time?: string): string => new Date(local(day, time)).toISOString();

describe('alerts per day', () => {
  const now = local('2026-11-23');

  it('returns every day, including days without alerts, oldest first', () => {
    const days = countPerDay([], 30, now);
    assert.equal(days.length, 30);
    assert.deepEqual([days[0]?.day, days.at(-1)?.day], ['2026-10-25', '2026-11-23']);
    assert.ok(days.every(({ count }) => count === 0));
  });

  it('counts from midnight to midnight in the user’s time zone', () => {
    const sent = [
      stamp('2026-11-22', '00:00:00'),
      stamp('2026-11-22', '23:59:59'),
      stamp('2026-11-23', '00:00:00'),
      stamp('2026-11-21', '23:59:59'),
    ];
    assert.deepEqual(
      countPerDay(sent, 3, now).map(({ count }) => count),
      [1, 2, 1],
    );
  });

  it('skips alerts that are too old, in the future or without a valid time', () => {
    const sent = [stamp('2026-11-20'), stamp('2026-11-24'), '', 'yesterday', '0001-01-01T00:00:00Z'];
    assert.equal(
      countPerDay(sent, 3, now).reduce((sum, { count }) => sum + count, 0),
      0,
    );
  });

  it('parses times with microseconds, which Cloudflare sends', () => {
    const sent = [stamp('2026-11-23').replace('.000Z', '.532316Z')];
    assert.equal(countPerDay(sent, 1, now)[0]?.count, 1);
  });

  describe('where the clocks change', () => {
    const zone = process.env['TZ'];
    before(() => {
      // Node reads the variable again when it is set.
      process.env['TZ'] = 'Europe/Berlin';
    });
    after(() => {
      if (zone === undefined) {
        delete process.env['TZ'];
      } else {
        process.env['TZ'] = zone;
      }
    });

    it('begins each day at midnight, though one has 25 hours and another has 23', () => {
      assert.equal(local('2026-10-26') - local('2026-10-25'), 24 * 3_600_000);
      const lengthOf = (from: string, to: string): number => local(to, '00:00:00') - local(from, '00:00:00');
      assert.equal(lengthOf('2026-10-25', '2026-10-26'), 25 * 3_600_000, 'the time zone is in use');
      assert.equal(startOfDay(local('2026-10-26'), 1), local('2026-10-25', '00:00:00'));
      assert.equal(startOfDay(local('2026-10-26'), 2), local('2026-10-24', '00:00:00'));
      assert.equal(startOfDay(local('2026-03-30'), 1), local('2026-03-29', '00:00:00'));
      for (const [from, to] of [
        ['2026-10-25', '2026-10-26'],
        ['2026-03-29', '2026-03-30'],
      ] as const) {
        const sent = [stamp(from, '00:00:00'), stamp(from, '23:59:59'), stamp(to, '00:00:00')];
        assert.deepEqual(countPerDay(sent, 2, local(to, '23:30:00')), [
          { day: from, count: 2 },
          { day: to, count: 1 },
        ]);
      }
    });
  });

  it('follows the calendar across the end of a month', () => {
    const days = countPerDay([], 40, local('2026-11-10')).map(({ day }) => day);
    assert.equal(new Set(days).size, 40);
    assert.ok(days.includes('2026-10-31') && days.includes('2026-11-01'));
    assert.equal(startOfDay(now, 30), local('2026-10-24', '00:00:00'));
  });
});

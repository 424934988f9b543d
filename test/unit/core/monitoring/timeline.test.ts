import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CachedDestination } from '../../../../src/core/model/destination.ts';
import {
  daysOf,
  type DestinationHistory,
  hasEvent,
  mergeHistories,
  MOST_EVENTS,
  oldestKept,
  prune,
  record,
  seenIn,
  type Sighting,
  toSighting,
} from '../../../../src/core/monitoring/timeline.ts';

/** A time in the user's time zone. */
const local = (day: string, time = '12:00:00'): number => new Date(`${day}T${time}`).getTime();
const stamp = (day: string, time?: string): string => new Date(local(day, time)).toISOString();

const destination = (lastSuccess?: string, lastFailure?: string, id = 'd1'): CachedDestination => ({
  id,
  name: 'Name',
  type: 'generic',
  host: 'example.com',
  ...(lastSuccess === undefined ? {} : { lastSuccess }),
  ...(lastFailure === undefined ? {} : { lastFailure }),
});

const snapshot = (at: number, ...destinations: readonly CachedDestination[]) => ({ at, destinations });

/** The states of the last days as one letter each, oldest first. */
function states(history: DestinationHistory | undefined, days: number, now: number): string {
  return daysOf(history, days, now)
    .map(({ state }) => ({ delivered: 'D', failed: 'F', both: 'B', quiet: '-', unknown: '?' })[state])
    .join('');
}

describe('recording what a snapshot adds', () => {
  it('records both timestamps of a first snapshot, exactly as they are', () => {
    const success = '2026-11-20T10:00:00.123456Z';
    const facts = record(
      undefined,
      snapshot(local('2026-11-23'), destination(success), destination(undefined, undefined, 'd2')),
    );
    assert.deepEqual([...facts.keys()], ['d1', 'd2']);
    assert.equal(facts.get('d1')?.success[0]?.at, success);
    assert.deepEqual(
      facts.get('d1')?.failure.map(({ at }) => at),
      [''],
    );
  });

  it('records a move as the end of one event and the start of the next', () => {
    const [before, after] = [local('2026-11-21'), local('2026-11-23')];
    const facts = record(
      snapshot(before, destination(stamp('2026-11-20'))),
      snapshot(after, destination(stamp('2026-11-22'))),
    );
    assert.deepEqual(
      facts.get('d1')?.success.map(({ at, until }) => [at, until]),
      [
        [stamp('2026-11-20'), before],
        [stamp('2026-11-22'), after],
      ],
    );
    assert.deepEqual(facts.get('d1')?.failure, []);
  });

  it('records nothing if no timestamp moved', () => {
    const [one, other] = [destination(stamp('2026-11-20')), { ...destination(stamp('2026-11-20')), name: 'Renamed' }];
    assert.equal(record(snapshot(1, one), snapshot(2, other)).size, 0);
  });

  it('claims nothing about the time before the clock was set back', () => {
    const facts = record(
      snapshot(local('2026-12-24'), destination(stamp('2026-11-10'))),
      snapshot(local('2026-11-23'), destination(stamp('2026-11-22'))),
    );
    assert.equal(facts.get('d1')?.success[0]?.until, local('2026-11-10'));
  });

  it('takes no ID or timestamp that is too long or invalid', () => {
    const long = `2026-11-20T10:00:00.${'1'.repeat(100)}Z`;
    assert.equal(record(undefined, snapshot(1, destination(long, long, 'x'.repeat(101)))).size, 0);
    assert.equal(record(undefined, snapshot(1, destination(long, 'yesterday'))).size, 0);
    assert.equal(toSighting('2026-11-20T10:00:00Z', Number.NaN), undefined);
  });

  it('takes Go’s zero time as “never”', () => {
    assert.deepEqual(
      seenIn(destination('0001-01-01T00:00:00Z'), 5).success.map(({ at }) => at),
      [''],
    );
  });
});

describe('merged histories', () => {
  const sighting = (at: string, until: number): Sighting => toSighting(at, until) ?? assert.fail(at);
  const successOf = (...series: readonly (readonly Sighting[])[]) =>
    mergeHistories(series.map((success) => ({ success, failure: [] }))).success.map(({ at, until }) => [at, until]);
  const [first, second] = ['2026-11-20T10:00:00.000000001Z', '2026-11-20T10:00:00.000000002Z'];
  const [early, late] = [local('2026-11-21'), local('2026-11-22')];

  it('order events of one millisecond by their nanoseconds', () => {
    const ends = Date.parse(second);
    assert.deepEqual(successOf([sighting(second, late)], [sighting(first, late)]), [
      [first, ends],
      [second, late],
    ]);
  });

  it('have one event for two texts of an instant, whatever the order, and what is known the longest', () => {
    const [short, long] = [sighting('2026-11-20T10:00:00Z', late), sighting('2026-11-20T10:00:00.000Z', early)];
    const expected = [['2026-11-20T10:00:00.000Z', late]];
    assert.deepEqual(successOf([short], [long]), expected);
    assert.deepEqual(successOf([long], [short]), expected);
  });

  it('tell whether they have an event of this very instant', () => {
    const series = [sighting(first, early), sighting('2026-11-21T10:00:00Z', late)];
    assert.equal(hasEvent(series, sighting(first, late)), true);
    assert.equal(hasEvent(series, sighting(second, late)), false);
    assert.equal(hasEvent([], sighting(first, late)), false);
  });

  it('keep what ends exactly at the limit, and exactly as many events as are allowed', () => {
    const series = Array.from({ length: MOST_EVENTS }, (_, index) => {
      const at = early + index * 1000;
      return sighting(new Date(at).toISOString(), at);
    });
    assert.equal(prune({ success: series, failure: [] }, early).success.length, MOST_EVENTS);
    assert.equal(prune({ success: series, failure: [] }, early + 1).success.length, MOST_EVENTS - 1);
    // The same instants of the other kind: the newest stay, and no more than are allowed.
    const { success, failure } = prune({ success: series, failure: series }, 0);
    assert.deepEqual([success.length, failure.length], [MOST_EVENTS / 2, MOST_EVENTS / 2]);
    const { success: odd, failure: one } = prune({ success: series.slice(1), failure: series }, 0);
    assert.equal(odd.length + one.length, MOST_EVENTS);
  });
});

describe('days of a timeline', () => {
  const now = local('2026-11-23', '15:00:00');
  const seen = (...facts: readonly (readonly [number, CachedDestination])[]): DestinationHistory =>
    mergeHistories(facts.map(([at, each]) => seenIn(each, at)));

  it('knows nothing without a history', () => {
    assert.equal(states(undefined, 30, now), '?'.repeat(30));
  });

  it('proves from one snapshot what happened last, and that nothing followed', () => {
    const history = seen([now, destination(stamp('2026-11-18'), stamp('2026-11-20'))]);
    assert.equal(states(history, 7, now), '?D?F---');
    assert.equal(daysOf(history, 1, now)[0]?.until, now);
  });

  it('says until when today is quiet, and of no other day', () => {
    const quiet = daysOf(seen([now, destination(stamp('2026-11-18'), stamp('2026-11-18'))]), 3, now);
    assert.deepEqual(
      quiet.map(({ state, until }) => [state, until]),
      [
        ['quiet', undefined],
        ['quiet', undefined],
        ['quiet', now],
      ],
    );
    const delivered = daysOf(seen([now, destination(stamp('2026-11-23', '14:00:00'))]), 1, now);
    assert.deepEqual(
      delivered.map(({ state, until }) => [state, until]),
      [['delivered', undefined]],
    );
    const unknown = daysOf(seen([local('2026-11-22'), destination(stamp('2026-11-18'))]), 1, now);
    assert.deepEqual(
      unknown.map(({ state, until }) => [state, until]),
      [['unknown', undefined]],
    );
  });

  it('proves that nothing happened since a destination was created and never used', () => {
    assert.equal(states(seen([now, destination()]), 3, now), '---');
  });

  it('does not know what happened between the last snapshot and the next event', () => {
    const history = seen(
      [local('2026-11-19', '09:00:00'), destination(stamp('2026-11-17'))],
      [now, destination(stamp('2026-11-22'))],
    );
    assert.equal(states(history, 8, now), '?D-???D-');
  });

  it('shows a day with both, in order, with the exact texts', () => {
    const [failure, success] = [stamp('2026-11-22', '08:00:00'), '2026-11-22T12:00:00.123456Z'];
    const [day] = daysOf(seen([now, destination(success, failure)]), 2, now);
    assert.equal(day?.state, 'both');
    assert.deepEqual(day?.events, [
      { kind: 'failure', at: failure },
      { kind: 'success', at: success },
    ]);
  });

  it('calls today quiet only until the last snapshot, and yesterday only if it was watched to its end', () => {
    const history = seen([local('2026-11-22', '20:00:00'), destination()]);
    assert.equal(states(history, 3, now), '-??');
    assert.equal(daysOf(history, 1, local('2026-11-22', '21:00:00'))[0]?.until, local('2026-11-22', '20:00:00'));
  });

  it('allows for clocks that differ by some minutes', () => {
    const history = seen([local('2026-11-23', '00:03:00'), destination()]);
    assert.equal(states(history, 2, now), '??');
    assert.equal(states(seen([local('2026-11-23', '00:06:00'), destination()]), 2, now), '--');
  });

  it('ignores events in the future and before the first day, and shows at most 90 days', () => {
    const history = seen([now, destination(stamp('2026-11-25'), stamp('2026-01-01'))]);
    assert.equal(states(history, 3, now), '???');
    assert.equal(daysOf(history, 1000, now).length, 90);
  });
});

describe('bounds of a timeline', () => {
  const now = local('2026-11-23');
  const at = (minutesAgo: number): string => new Date(now - minutesAgo * 60_000).toISOString();
  const series = (minutes: readonly number[], until = 0): readonly Sighting[] =>
    minutes.flatMap((each) => toSighting(at(each), until) ?? []);

  it('keeps the newest 500 events of a destination', () => {
    const many = Array.from({ length: 400 }, (_, index) => index);
    const history = mergeHistories([{ success: series(many), failure: series(many) }]);
    const kept = prune(history, 0);
    assert.equal(kept.success.length + kept.failure.length, MOST_EVENTS);
    assert.equal(kept.success.at(-1)?.at, at(0));
    assert.equal(kept.success[0]?.at, at(249));
  });

  it('drops what is older than 90 days, except an event that proves a later quiet time', () => {
    const old = 200 * 24 * 60;
    const history = mergeHistories([
      { success: series([old + 10], now - old * 60_000), failure: [] },
      { success: series([old], now), failure: series([old]) },
    ]);
    const kept = prune(history, oldestKept(now));
    assert.deepEqual([kept.success.map((each) => each.at), kept.failure], [[at(old)], []]);
    assert.equal(states(kept, 90, now).at(-2), '?');
  });
});

describe('daylight saving time', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) {
      delete process.env['TZ'];
    } else {
      process.env['TZ'] = zone;
    }
  });

  for (const [name, day, hours, next] of [
    ['Europe/Berlin', '2026-03-29', 23, '2026-03-30'],
    ['Europe/Berlin', '2026-10-25', 25, '2026-10-26'],
    ['Australia/Lord_Howe', '2026-04-05', 24.5, '2026-04-06'],
    // There is no midnight on this day.
    ['America/Santiago', '2026-09-06', 23, '2026-09-07'],
  ] as const) {
    it(`gives each event to its day around ${day} in ${name}, which has ${hours} hours`, () => {
      process.env['TZ'] = name;
      const noon = local(day);
      assert.ok(new Date(noon).toString().includes('GMT'), 'the zone is known');
      const end = new Date(local(next, '00:00:00')).getTime();
      const start = end - hours * 3_600_000;
      assert.equal(new Date(start).getDate(), Number(day.slice(8)));
      assert.notEqual(new Date(start - 1).getDate(), Number(day.slice(8)));
      for (const time of [start, start + 1, noon, end - 1]) {
        const history = mergeHistories([seenIn(destination(new Date(time).toISOString()), end + 3_600_000)]);
        const days = daysOf(history, 3, end + 7_200_000);
        assert.deepEqual(days.map((each) => `${each.day} ${each.state}`).slice(1), [
          `${day} delivered`,
          `${next} quiet`,
        ]);
      }
      const before = mergeHistories([seenIn(destination(), start - 1)]);
      assert.equal(states(before, 3, end + 7_200_000), '???');
      // Watched for all but the last hour.
      const short = mergeHistories([seenIn(destination(), end - 3_600_000)]);
      assert.equal(states(short, 3, end + 7_200_000), '-??');
    });
  }

  it('gives every day of two years exactly once, in several zones', () => {
    for (const name of ['Europe/Berlin', 'America/Santiago', 'Asia/Kathmandu', 'Pacific/Auckland', 'UTC']) {
      process.env['TZ'] = name;
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 11, 31) }), (now) => {
          const days = daysOf(undefined, 90, now).map(({ day }) => day);
          assert.equal(new Set(days).size, 90);
          assert.deepEqual(days, days.toSorted());
          assert.equal(
            days.at(-1),
            new Date(now - new Date(now).getTimezoneOffset() * 60_000).toISOString().slice(0, 10),
          );
        }),
        { numRuns: 200 },
      );
    }
  });
});

describe('merging timelines', () => {
  const sighting = fc
    .record({ at: fc.option(fc.nat(20), { nil: undefined }), until: fc.nat(30) })
    .map(({ at, until }) =>
      toSighting(
        at === undefined ? '' : new Date(1_700_000_000_000 + at * 1000).toISOString(),
        1_700_000_000_000 + until * 1000,
      ),
    )
    .map((each) => each ?? assert.fail());
  const history = fc
    .record({ success: fc.array(sighting), failure: fc.array(sighting) })
    .map((each) => mergeHistories([each]));

  it('does not depend on order or grouping, and takes each fact once', () => {
    fc.assert(
      fc.property(history, history, history, (a, b, c) => {
        const merged = mergeHistories([a, b, c]);
        assert.deepEqual(mergeHistories([c, a, b]), merged);
        assert.deepEqual(mergeHistories([mergeHistories([b, c]), a]), merged);
        assert.deepEqual(mergeHistories([merged, merged, a]), merged);
        for (const series of [merged.success, merged.failure]) {
          assert.equal(new Set(series.map(({ milliseconds }) => milliseconds)).size, series.length);
          for (const [index, { until }] of series.entries()) {
            assert.ok(until <= (series[index + 1]?.milliseconds ?? Infinity));
          }
        }
      }),
    );
  });
});

import assert from 'node:assert/strict';
import type { AccountEntry } from '../../../../src/core/monitoring/account-state.ts';
import { dueAt, observe, PACE, type Seen, stretchInterval } from '../../../../src/core/monitoring/refresh-turns.ts';
import { makeSnapshot } from '../../../../src/core/monitoring/snapshot.ts';
import { makeApi, makeConnection } from '../api/fake-api.ts';

const MINUTE = 60_000;
const INTERVAL = 5 * MINUTE;
/** After 100 intervals, at the turn of the first account. */
const NOW = 100 * INTERVAL;
const turns = { interval: INTERVAL, count: 1, phase: 0 };

type Known = Parameters<typeof dueAt>[0];
const known = (changes: Partial<Known> = {}): Known => ({
  triedAt: undefined,
  failures: 0,
  isTriedByOther: false,
  dataAt: undefined,
  ...changes,
});

describe('the turns of refreshes', () => {
  const cases: readonly (readonly [string, Partial<Known>, number])[] = [
    ['an account that was never refreshed is due now', {}, 0],
    [
      'one whose data is of another client too, since that client’s token may be another one',
      { dataAt: NOW, isTriedByOther: true },
      0,
    ],
    ['one with data of another window waits for its turn', { dataAt: NOW }, NOW + INTERVAL],
    ['one that was refreshed at its turn waits for the next', { triedAt: NOW, dataAt: NOW }, NOW + INTERVAL],
    [
      'one that was refreshed off schedule waits at least half an interval',
      { triedAt: NOW + 3 * MINUTE },
      NOW + 2 * INTERVAL,
    ],
    ['one that was refreshed a little late keeps its turn', { triedAt: NOW + 2 * MINUTE }, NOW + INTERVAL],
    ['one that failed once keeps its turn', { triedAt: NOW, failures: 1 }, NOW + INTERVAL],
    ['one that failed twice waits twice as long', { triedAt: NOW, failures: 2 }, NOW + 2 * INTERVAL],
    ['one that failed three times waits four times as long', { triedAt: NOW, failures: 3 }, NOW + 4 * INTERVAL],
    ['one that fails for long waits no more than half an hour', { triedAt: NOW, failures: 50 }, NOW + 25 * MINUTE],
    [
      'one that adopted newer data after failures waits no longer',
      { triedAt: NOW - MINUTE, dataAt: NOW, failures: 3 },
      NOW + INTERVAL,
    ],
  ];
  for (const [what, changes, expected] of cases) {
    it(what, () => {
      assert.equal(dueAt(known(changes), 0, turns, 0), expected);
    });
  }

  it('are over where the interval is 0, but for an account that was never refreshed', () => {
    const never = { ...turns, interval: 0 };
    assert.equal(dueAt(known({ triedAt: NOW, dataAt: NOW }), 0, never, NOW), Number.POSITIVE_INFINITY);
    assert.equal(dueAt(known({ dataAt: NOW }), 0, never, NOW), 0);
    assert.equal(dueAt(known(), 0, never, NOW), 0);
  });

  it('come at once where the window is focused after an interval', () => {
    const waiting = known({ triedAt: NOW, failures: 9 });
    assert.equal(dueAt(waiting, 0, turns, NOW + INTERVAL), 0);
    assert.equal(dueAt(waiting, 0, turns, NOW + INTERVAL - 1), NOW + 25 * MINUTE);
  });

  it('are spread by place and phase', () => {
    const four = { interval: INTERVAL, count: 4, phase: 0.5 };
    const places = [0, 1, 2, 3].map((place) => dueAt(known({ triedAt: NOW }), place, four, 0) - NOW);
    assert.deepEqual(
      places.map((at) => at / INTERVAL),
      [0.5, 0.75, 1, 1.25],
    );
  });

  it('stretch the interval by the number of accounts', () => {
    assert.deepEqual([stretchInterval(0, 1000), stretchInterval(INTERVAL, 10)], [0, INTERVAL]);
    assert.equal(stretchInterval(INTERVAL, 1000), 1000 * PACE);
  });
});

describe('observing an account', () => {
  const [api, other] = [makeApi(), makeApi()];
  const entryOf = (tried: typeof api | undefined, failures = 0): AccountEntry => ({
    connection: makeConnection('a', api),
    state: { kind: 'ready', last: makeSnapshot(1000, []) },
    ...(tried ? { attempt: { at: 1000, api: tried, failures } } : {}),
  });
  const see = (entry: AccountEntry): Known => observe({ triedAt: 0, dataAt: 0 }, entry, (at) => at + 7);

  it('counts an attempt of the present client', () => {
    assert.deepEqual(see(entryOf(api, 2)), { triedAt: 1007, failures: 2, isTriedByOther: false, dataAt: 1007 });
  });

  it('does not count the attempt or the failures of another client', () => {
    assert.deepEqual(see(entryOf(other, 2)), { triedAt: undefined, failures: 0, isTriedByOther: true, dataAt: 1007 });
  });

  it('relies on what another window has fetched since the attempt of another client', () => {
    const entry = { ...entryOf(other), state: { kind: 'ready', last: makeSnapshot(2000, []) } } as const;
    assert.deepEqual(see(entry), { triedAt: undefined, failures: 0, isTriedByOther: false, dataAt: 2007 });
  });

  it('knows of none', () => {
    assert.deepEqual(see(entryOf(undefined)), { triedAt: undefined, failures: 0, isTriedByOther: false, dataAt: 1007 });
  });

  it('keeps the time at which it first saw the same attempt and the same data', () => {
    const seen: Seen = { triedAt: 0, dataAt: 0 };
    const entry = entryOf(api);
    observe(seen, entry, (at) => at);
    assert.deepEqual(observe(seen, entry, (at) => at + 5000).triedAt, 1000);
    assert.deepEqual(observe(seen, entry, (at) => at + 5000).dataAt, 1000);
  });
});

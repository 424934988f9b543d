import assert from 'node:assert/strict';
import { ApiError, type ApiErrorKind } from '../../../../src/core/api/api-error.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { countUncertain, oldestAllowedOf, summarize } from '../../../../src/core/monitoring/status.ts';
import type { AccountEntry, AccountState } from '../../../../src/core/monitoring/account-state.ts';
import { makeSnapshot } from '../../../../src/core/monitoring/snapshot.ts';
import { addState, NO_ACCOUNTS } from '../../../../src/core/monitoring/totals.ts';
import { makeApi, makeConnection, makeDestination } from '../api/fake-api.ts';

const OLDEST = 1000;
const good = makeDestination('1', { lastSuccess: '2026-01-01T00:00:00Z' });
const bad = makeDestination('2', { lastFailure: '2026-01-02T00:00:00Z' });

const api = makeApi();
const account = (state: AccountState): AccountEntry => ({ connection: makeConnection('a', api), state });
const ready = (at: number, ...destinations: readonly Destination[]) =>
  account({ kind: 'ready', last: makeSnapshot(at, destinations) });
const incomplete = (...destinations: readonly Destination[]) =>
  account({ kind: 'ready', last: makeSnapshot(4500, destinations, undefined, 2) });
const failed = (kind: ApiErrorKind, ...destinations: readonly Destination[]) =>
  account({ kind: 'failed', error: new ApiError({ kind }), last: makeSnapshot(1, destinations) });
const cached = (at: number): AccountEntry => account({ kind: 'idle', cached: makeSnapshot(at, []) });
const status = (...entries: readonly AccountEntry[]) => {
  const totals = entries.reduce((sum, { state }) => addState(sum, state), NO_ACCOUNTS);
  return summarize(entries, totals, 5000, () => OLDEST);
};

describe('status', () => {
  it('allows two intervals, and ten minutes where nothing is refreshed automatically', () => {
    assert.deepEqual([oldestAllowedOf(60_000), oldestAllowedOf(0)], [120_000, 600_000]);
  });

  it('counts accounts that are loading, failed, not read as a whole or not yet refreshed as uncertain', () => {
    const entries = [account({ kind: 'idle' }), account({ kind: 'loading' }), failed('auth'), incomplete()];
    const totals = [...entries, ready(1, good)].reduce((sum, { state }) => addState(sum, state), NO_ACCOUNTS);
    assert.equal(countUncertain(totals), 4);
  });

  const cases: readonly (readonly [string, readonly AccountEntry[], string])[] = [
    ['nothing configured', [], 'none'],
    ['nothing read yet', [account({ kind: 'idle' }), account({ kind: 'loading' })], 'checking'],
    ['some read, others not yet', [ready(4500, good), account({ kind: 'loading' })], 'partial'],
    ['cached only', [cached(4500)], 'partial'],
    ['cached, but too long ago', [cached(3999)], 'stale'],
    ['all healthy', [ready(4500, good), ready(4000, good)], 'healthy'],
    ['one failing', [ready(4500, bad, good)], 'failing'],
    ['one failing, another account unknown', [ready(4500, bad), failed('forbidden')], 'failing'],
    ['failing as far as known, and nothing can be reached', [failed('network', bad)], 'failing'],
    ['some unknown', [ready(4500, good), failed('network', good)], 'unknown'],
    ['all unknown, for several reasons', [failed('auth', good), failed('network')], 'unknown'],
    ['a list with entries that could not be read', [ready(4500, good), incomplete(good)], 'unknown'],
    ['such a list with one failing', [incomplete(bad)], 'failing'],
    ['nothing can be reached', [failed('network', good), failed('network')], 'offline'],
    ['one refresh too old', [ready(4500, good), ready(3999, good)], 'stale'],
    ['a refresh before the clock was set back', [ready(5000 + 300_001, good)], 'stale'],
    ['no destination at all', [ready(4500)], 'healthy'],
  ];
  it('is stale where the data of any account is too old for it, also beside older data that may be so old', () => {
    const [slow, quick] = [ready(1000, good), ready(2000, good)];
    const totals = [slow, quick].reduce((sum, { state }) => addState(sum, state), NO_ACCOUNTS);
    const found = summarize([slow, quick], totals, 5000, (entry) => (entry === slow ? 60_000 : OLDEST));
    assert.deepEqual([found.kind, found.isStale, found.oldest], ['stale', true, 1000]);
  });

  it('says that data is stale also where a destination is failing', () => {
    assert.deepEqual([status(ready(3999, bad)).isStale, status(ready(4500, bad)).isStale], [true, false]);
  });

  for (const [title, entries, kind] of cases) {
    it(`${title}: ${kind}`, () => assert.equal(status(...entries).kind, kind));
  }

  it('counts, and tells how old the oldest refresh is', () => {
    const { failing, healthy, unread, waiting, oldest, offline } = status(
      ready(4500, good, bad),
      ready(4200, good),
      account({ kind: 'idle' }),
    );
    assert.deepEqual([failing, healthy, unread, waiting, oldest, offline], [1, 2, 0, 1, 4200, false]);
    assert.equal(status(failed('network', bad)).offline, true);
    const mixed = status(failed('network'), failed('auth'), incomplete(), ready(4500, good));
    assert.deepEqual([mixed.unread, mixed.unreachable], [3, 1]);
  });
});

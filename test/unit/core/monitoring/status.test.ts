import assert from 'node:assert/strict';
import { ApiError, type ApiErrorKind } from '../../../../src/core/api/api-error.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { summarize } from '../../../../src/core/monitoring/status.ts';
import type { AccountEntry, AccountState } from '../../../../src/core/monitoring/store.ts';
import { makeApi, makeConnection, makeDestination } from '../api/fake-api.ts';

const OLDEST = 1000;
const good = makeDestination('1', { lastSuccess: '2026-01-01T00:00:00Z' });
const bad = makeDestination('2', { lastFailure: '2026-01-02T00:00:00Z' });

const api = makeApi();
const account = (state: AccountState): AccountEntry => ({ connection: makeConnection('a', api), state });
const ready = (at: number, ...destinations: readonly Destination[]) =>
  account({ kind: 'ready', last: { at, destinations } });
const failed = (kind: ApiErrorKind, ...destinations: readonly Destination[]) =>
  account({ kind: 'failed', error: new ApiError({ kind }), last: { at: 1, destinations } });
const status = (...entries: readonly AccountEntry[]) => summarize(entries, 5000, () => OLDEST);

describe('status', () => {
  const cases: readonly (readonly [string, readonly AccountEntry[], string])[] = [
    ['nothing configured', [], 'none'],
    ['nothing read yet', [account({ kind: 'idle' }), account({ kind: 'loading' })], 'checking'],
    ['some read, others not yet', [ready(4500, good), account({ kind: 'loading' })], 'healthy'],
    ['all healthy', [ready(4500, good), ready(4000, good)], 'healthy'],
    ['one failing', [ready(4500, bad, good)], 'failing'],
    ['one failing, another account unknown', [ready(4500, bad), failed('forbidden')], 'failing'],
    ['failing as far as known, and nothing can be reached', [failed('network', bad)], 'failing'],
    ['some unknown', [ready(4500, good), failed('network', good)], 'unknown'],
    ['all unknown, for several reasons', [failed('auth', good), failed('network')], 'unknown'],
    ['nothing can be reached', [failed('network', good), failed('network')], 'offline'],
    ['one reading too old', [ready(4500, good), ready(3999, good)], 'stale'],
    ['no destination at all', [ready(4500)], 'healthy'],
  ];
  for (const [title, entries, kind] of cases) {
    it(`${title}: ${kind}`, () => assert.equal(status(...entries).kind, kind));
  }

  it('counts, and tells how old the oldest reading is', () => {
    const { failing, healthy, unread, waiting, oldest, offline } = status(
      ready(4500, good, bad),
      ready(4200, good),
      account({ kind: 'idle' }),
    );
    assert.deepEqual(
      [failing.map(({ destination }) => destination.id), healthy, unread.length, waiting, oldest, offline],
      [['2'], 2, 0, 1, 4200, false],
    );
    assert.equal(status(failed('network', bad)).offline, true);
  });
});

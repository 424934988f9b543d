import type { Connection } from '../accounts/connection.ts';
import type { ApiError } from '../api/api-error.ts';
import type { ShownDestination } from '../model/destination.ts';
import type { CachedSnapshot, Snapshot, SnapshotOf } from './snapshot.ts';

/**
 * How an account stands. While it is refreshed it keeps the state it had: only the first refresh is `loading`. A failure
 * keeps the last data known, which is then stale. `cached` is what another window or session has fetched; views show it
 * until the first answer, and operations never use it, since it has no URLs.
 */
export type AccountState =
  | { readonly kind: 'idle'; readonly last?: undefined; readonly cached?: CachedSnapshot }
  | { readonly kind: 'loading'; readonly last?: undefined; readonly cached?: CachedSnapshot }
  | { readonly kind: 'ready'; readonly last: Snapshot; readonly cached?: undefined }
  | { readonly kind: 'failed'; readonly error: ApiError; readonly last?: Snapshot; readonly cached?: CachedSnapshot };

/** The last time an account was tried in this window. */
export type Attempt = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly api: Connection['api'];
  /** How many have failed in a row, this one among them. */
  readonly failures: number;
};

export type AccountEntry = {
  readonly connection: Connection;
  readonly state: AccountState;
  readonly attempt?: Attempt;
  /** Settles when the refresh in flight has ended. */
  readonly reading?: Promise<void>;
};

/** What the views show of an account: the last data fetched here, else what is cached. */
export function shownOf(state: AccountState | undefined): SnapshotOf<ShownDestination> | undefined {
  return state?.last ?? state?.cached;
}

/**
 * Whether two states look the same: destinations are compared by identity, since unchanged ones keep their object. When
 * they were fetched does not matter.
 */
export function isSameState(a: AccountState, b: AccountState): boolean {
  return (
    a.kind === b.kind &&
    a.last?.destinations === b.last?.destinations &&
    a.cached?.destinations === b.cached?.destinations &&
    detailsOf(a) === detailsOf(b)
  );
}

function detailsOf(state: AccountState): string {
  return state.kind === 'failed' ? JSON.stringify(state.error.details) : '';
}

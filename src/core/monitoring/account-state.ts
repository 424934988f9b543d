import type { Connection } from '../accounts/connection.ts';
import type { ApiError } from '../api/api-error.ts';
import type { ShownDestination } from '../model/destination.ts';
import { comparableId } from '../model/id.ts';
import { type CachedSnapshot, countUnread, type Snapshot, type SnapshotOf } from './snapshot.ts';

/**
 * The state of an account. Only the first refresh is `loading`; later refreshes keep the previous state until they end.
 * A failure keeps the last data, which is then stale. `cached` data comes from another window or session. Views show it
 * until the first answer. Operations never use it, because it has no URLs.
 */
export type AccountState =
  | { readonly kind: 'idle'; readonly last?: undefined; readonly cached?: CachedSnapshot }
  | { readonly kind: 'loading'; readonly last?: undefined; readonly cached?: CachedSnapshot }
  | { readonly kind: 'ready'; readonly last: Snapshot; readonly cached?: undefined }
  | { readonly kind: 'failed'; readonly error: ApiError; readonly last?: Snapshot; readonly cached?: CachedSnapshot };

/** The last refresh attempt of an account in this window. */
export type Attempt = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly api: Connection['api'];
  /** The number of consecutive failures, including this attempt. */
  readonly failures: number;
};

export type AccountEntry = {
  readonly connection: Connection;
  readonly state: AccountState;
  readonly attempt?: Attempt;
  /** Settles when the refresh in flight has ended. */
  readonly inFlight?: Promise<unknown>;
  /** The destinations that this window has deleted, by {@link comparableId}. */
  readonly deleted?: ReadonlySet<string>;
};

/** The data that views show: the last data fetched in this window, else the cached data. */
export function shownOf(state: AccountState | undefined): SnapshotOf<ShownDestination> | undefined {
  return state?.last ?? state?.cached;
}

/** Whether the last refresh succeeded, but its list has entries that could not be read. Any of those may be failing. */
export function isIncomplete(state: AccountState): boolean {
  return state.kind === 'ready' && countUnread(state.last) > 0;
}

/**
 * Whether a destination that is not listed may exist all the same: the list had entries that could not be read, and this window
 * has not deleted it.
 */
export function mayExist({ state, deleted }: AccountEntry, destinationId: string): boolean {
  return (state.last?.skipped ?? 0) > 0 && !deleted?.has(comparableId(destinationId));
}

/**
 * Whether two states show the same. Destinations are compared by identity, because unchanged ones keep their object.
 * The time of the fetch is ignored.
 */
export function isSameState(a: AccountState, b: AccountState): boolean {
  return (
    a.kind === b.kind &&
    a.last?.destinations === b.last?.destinations &&
    a.last?.skipped === b.last?.skipped &&
    a.cached?.destinations === b.cached?.destinations &&
    detailsOf(a) === detailsOf(b)
  );
}

function detailsOf(state: AccountState): string {
  return state.kind === 'failed' ? JSON.stringify(state.error.details) : '';
}

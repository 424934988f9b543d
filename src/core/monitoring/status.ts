import { type AccountEntry, shownOf } from './account-state.ts';
import type { Totals } from './totals.ts';

/**
 * The overall status. The first that applies wins:
 * - `none`: there is no account
 * - `failing`: at least one destination is failing
 * - `offline`: no account can reach Cloudflare
 * - `unknown`: some accounts could not be refreshed, or not read as a whole
 * - `checking`: no account has data yet
 * - `partial`: nothing is known to fail, but this window has not refreshed some accounts yet
 * - `stale`: nothing is known to fail, but the data of an account is stale
 */
export type StatusKind = 'none' | 'failing' | 'offline' | 'unknown' | 'checking' | 'partial' | 'stale' | 'healthy';

export type Status = {
  readonly kind: StatusKind;
  readonly failing: number;
  readonly healthy: number;
  /** How many accounts could not be refreshed, or not read as a whole. */
  readonly unread: number;
  /** How many of these could not reach Cloudflare. */
  readonly unreachable: number;
  /** Whether Cloudflare cannot be reached at all. */
  readonly offline: boolean;
  /** How many accounts have not been refreshed yet. */
  readonly waiting: number;
  /** How many of the waiting accounts are shown from the cache. */
  readonly cached: number;
  /** When the oldest shown data was fetched (milliseconds since the epoch); undefined without data. */
  readonly oldest?: number;
  /** Whether the data of an account is stale. */
  readonly isStale: boolean;
};

/** Data from further in the future was fetched before the clock was set back, so its age is unknown. */
export const MOST_AHEAD = 5 * 60_000;

/** Of an account that is not refreshed automatically, in milliseconds. */
const DEFAULT_INTERVAL = 5 * 60_000;

/** The age from which the data of an account with this refresh interval (0: never) is stale; both in milliseconds. */
export function oldestAllowedOf(interval: number): number {
  return 2 * (interval || DEFAULT_INTERVAL);
}

/** Whether data that was fetched at this time is stale, or of an unknown age. All are in milliseconds. */
export function isStaleAt(at: number, now: number, oldestAllowed: number): boolean {
  return now - at > oldestAllowed || at - now > MOST_AHEAD;
}

/** `oldestAllowed`: the age in milliseconds from which the data of an account is stale. */
export function summarize(
  entries: readonly AccountEntry[],
  totals: Totals,
  now: number,
  oldestAllowed: (entry: AccountEntry) => number,
): Status {
  const oldest = findOldest(entries);
  const isStale = entries.some((entry) => isStaleAt(shownOf(entry.state)?.at ?? now, now, oldestAllowed(entry)));
  const offline = totals.accounts > 0 && totals.unreachable === totals.accounts;
  const waiting = totals.states.idle + totals.states.loading;
  const unread = totals.states.failed + totals.incomplete;
  const kind =
    totals.accounts === 0
      ? 'none'
      : totals.health.failing > 0
        ? 'failing'
        : offline
          ? 'offline'
          : unread > 0
            ? 'unknown'
            : oldest === undefined
              ? 'checking'
              : isStale
                ? 'stale'
                : waiting > 0
                  ? 'partial'
                  : 'healthy';
  return {
    kind,
    failing: totals.health.failing,
    healthy: totals.health.healthy,
    unread,
    unreachable: totals.unreachable,
    offline,
    waiting,
    cached: totals.cached,
    isStale,
    ...(oldest === undefined ? {} : { oldest }),
  };
}

/** How many accounts are loading, failed, not read as a whole, or not yet refreshed in this window. */
export function countUncertain({ states, incomplete }: Totals): number {
  return states.idle + states.loading + states.failed + incomplete;
}

function findOldest(entries: readonly AccountEntry[]): number | undefined {
  let oldest: number | undefined;
  for (const { state } of entries) {
    const at = shownOf(state)?.at;
    oldest = at !== undefined && at < (oldest ?? Number.POSITIVE_INFINITY) ? at : oldest;
  }
  return oldest;
}

import { type AccountEntry, shownOf } from './account-state.ts';
import type { Totals } from './totals.ts';

/**
 * How all accounts stand together, the worst that is known first:
 * - `none`: there is no account
 * - `failing`: at least one destination fails, whatever else is unknown
 * - `offline`: Cloudflare cannot be reached for any account
 * - `unknown`: some accounts could not be refreshed
 * - `checking`: nothing is known of any account yet
 * - `partial`: nothing is wrong as far as known, but some accounts have not been refreshed in this window yet
 * - `stale`: nothing is wrong, but the oldest data is older than it should be
 */
export type StatusKind = 'none' | 'failing' | 'offline' | 'unknown' | 'checking' | 'partial' | 'stale' | 'healthy';

export type Status = {
  readonly kind: StatusKind;
  readonly failing: number;
  readonly healthy: number;
  /** How many accounts could not be refreshed. */
  readonly unread: number;
  /** Whether that is since Cloudflare cannot be reached at all. */
  readonly offline: boolean;
  /** How many accounts have not been refreshed yet. */
  readonly waiting: number;
  /** How many of them are shown from the cache. */
  readonly cached: number;
  /** Of when the oldest data shown is (milliseconds since the epoch); undefined where there is none. */
  readonly oldest?: number;
};

/** `oldestAllowed`: from how many milliseconds on the data of an account is stale. */
export function summarize(
  entries: readonly AccountEntry[],
  totals: Totals,
  now: number,
  oldestAllowed: (entry: AccountEntry) => number,
): Status {
  const oldest = findOldest(entries);
  const offline = totals.accounts > 0 && totals.unreachable === totals.accounts;
  const waiting = totals.states.idle + totals.states.loading;
  const kind =
    totals.accounts === 0
      ? 'none'
      : totals.health.failing > 0
        ? 'failing'
        : offline
          ? 'offline'
          : totals.states.failed > 0
            ? 'unknown'
            : oldest === undefined
              ? 'checking'
              : now - oldest.at > oldestAllowed(oldest.entry)
                ? 'stale'
                : waiting > 0
                  ? 'partial'
                  : 'healthy';
  return {
    kind,
    failing: totals.health.failing,
    healthy: totals.health.healthy,
    unread: totals.states.failed,
    offline,
    waiting,
    cached: totals.cached,
    ...(oldest ? { oldest: oldest.at } : {}),
  };
}

/** How many accounts are known as they are now only in part: loading, failed, or never refreshed in this window. */
export function countUncertain({ states }: Totals): number {
  return states.idle + states.loading + states.failed;
}

function findOldest(
  entries: readonly AccountEntry[],
): { readonly entry: AccountEntry; readonly at: number } | undefined {
  let oldest: { readonly entry: AccountEntry; readonly at: number } | undefined;
  for (const entry of entries) {
    const at = shownOf(entry.state)?.at;
    if (at !== undefined && at < (oldest?.at ?? Number.POSITIVE_INFINITY)) {
      oldest = { entry, at };
    }
  }
  return oldest;
}

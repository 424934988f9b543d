import { countAll, locateFailing, type Located } from './overview.ts';
import type { AccountEntry } from './store.ts';

/**
 * How all accounts stand together, the worst that is known first:
 * - `none`: there is no account
 * - `failing`: at least one destination fails, whatever else is unknown
 * - `offline`: Cloudflare cannot be reached for any account
 * - `unknown`: some accounts could not be read
 * - `checking`: nothing is known of an account yet
 * - `stale`: nothing is wrong, but the oldest reading is older than it should be
 */
export type StatusKind = 'none' | 'failing' | 'offline' | 'unknown' | 'checking' | 'stale' | 'healthy';

export type Status = {
  readonly kind: StatusKind;
  /** Newest failure first. */
  readonly failing: readonly Located[];
  readonly healthy: number;
  /** Accounts that could not be read. */
  readonly unread: readonly AccountEntry[];
  /** Whether that is since Cloudflare cannot be reached at all. */
  readonly offline: boolean;
  /** When the account whose reading is the oldest was read (milliseconds since the epoch); undefined where none was. */
  readonly oldest?: number;
};

/** `oldestAllowed`: from how many milliseconds on the reading of an account is stale. */
export function summarize(
  entries: readonly AccountEntry[],
  now: number,
  oldestAllowed: (entry: AccountEntry) => number,
): Status {
  const unread = entries.filter(({ state }) => state.kind === 'failed');
  const failing = locateFailing(entries);
  const readings = entries.flatMap(({ state }) => (state.last ? [state.last.at] : []));
  const oldest = readings.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const offline =
    entries.length > 0 && entries.every(({ state }) => state.kind === 'failed' && state.error.kind === 'network');
  const isStale = (entry: AccountEntry): boolean =>
    entry.state.last !== undefined && now - entry.state.last.at > oldestAllowed(entry);
  const kind =
    entries.length === 0
      ? 'none'
      : failing.length > 0
        ? 'failing'
        : offline
          ? 'offline'
          : unread.length > 0
            ? 'unknown'
            : entries.some(({ state }) => !state.last)
              ? 'checking'
              : entries.some(isStale)
                ? 'stale'
                : 'healthy';
  return {
    kind,
    failing,
    healthy: countAll(entries).healthy,
    unread,
    offline,
    ...(readings.length > 0 ? { oldest } : {}),
  };
}

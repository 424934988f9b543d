import { countAll, locateFailing, type Located } from './overview.ts';
import type { AccountEntry } from './store.ts';

/**
 * How all accounts stand together, the worst that is known first:
 * - `none`: there is no account
 * - `failing`: at least one destination fails, whatever else is unknown
 * - `offline`: Cloudflare cannot be reached for any account
 * - `unknown`: some accounts could not be read
 * - `checking`: nothing is known of any account yet
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
  /** How many accounts have not been read yet. */
  readonly waiting: number;
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
  const [first, ...rest] = entries.filter(({ state }) => state.last);
  const oldest = rest.reduce((least, each) => (readAt(each) < readAt(least ?? each) ? each : least), first);
  const offline =
    entries.length > 0 && entries.every(({ state }) => state.kind === 'failed' && state.error.kind === 'network');
  const kind =
    entries.length === 0
      ? 'none'
      : failing.length > 0
        ? 'failing'
        : offline
          ? 'offline'
          : unread.length > 0
            ? 'unknown'
            : oldest === undefined
              ? 'checking'
              : now - readAt(oldest) > oldestAllowed(oldest)
                ? 'stale'
                : 'healthy';
  return {
    kind,
    failing,
    healthy: countAll(entries).healthy,
    unread,
    offline,
    waiting: entries.filter(({ state }) => state.kind === 'idle' || state.kind === 'loading').length,
    ...(oldest ? { oldest: readAt(oldest) } : {}),
  };
}

function readAt({ state }: AccountEntry): number {
  return state.last?.at ?? 0;
}

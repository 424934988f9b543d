import * as v from 'valibot';
import { type CachedDestination, type ShownDestination, shownHostOf } from '../model/destination.ts';

/**
 * The content of one account's file in the snapshot cache, shared with other windows and the next session. It holds
 * what the tree and the status item need. It holds no URL, because URLs are credentials. One file per account keeps
 * writes small, and windows never merge: the newer file wins.
 */
export type CachedAccount = {
  readonly accountId: string;
  /** The name or label of the account. */
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly destinations: readonly CachedDestination[];
  /** How many malformed entries Cloudflare's list also had. */
  readonly skipped: number;
};

/** About 4,000 destinations. A larger snapshot is not cached. */
const MOST_CHARACTERS = 1_000_000;
const VERSION = 1;

const text = v.string();
const timestamp = v.exactOptional(text);

const schema = v.object({
  version: v.literal(VERSION),
  accountId: text,
  label: text,
  at: v.number(),
  skipped: v.optional(v.number(), 0),
  destinations: v.array(
    v.object({
      id: text,
      name: text,
      type: text,
      host: text,
      createdAt: timestamp,
      lastSuccess: timestamp,
      lastFailure: timestamp,
    }),
  ),
});

/** The name of an account's file. The ID is encoded, because an untrusted ID must not become a path. */
export function cacheFileOf(accountId: string): string {
  return `${encodeURIComponent(accountId)}.json`;
}

/** The account of a cache file; undefined for any other file. */
export function accountOfCacheFile(name: string): string | undefined {
  try {
    const accountId = name.endsWith('.json') ? decodeURIComponent(name.slice(0, -'.json'.length)) : '';
    return accountId === '' ? undefined : accountId;
  } catch {
    return undefined;
  }
}

/** Undefined if the snapshot is too large to be cached. */
export function formatCachedAccount(
  account: { readonly id: string; readonly name: string },
  at: number,
  destinations: readonly ShownDestination[],
  skipped = 0,
): string | undefined {
  const value = {
    version: VERSION,
    accountId: account.id,
    label: account.name,
    at,
    ...(skipped > 0 ? { skipped } : {}),
    destinations: destinations.map(toCached),
  } satisfies v.InferInput<typeof schema>;
  const formatted = JSON.stringify(value);
  return formatted.length > MOST_CHARACTERS ? undefined : formatted;
}

/** Undefined if the content is corrupt, of another version, or of another account. */
export function parseCachedAccount(content: string, accountId: string): CachedAccount | undefined {
  if (content.length > MOST_CHARACTERS) {
    return undefined;
  }
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), content);
  return result.success && result.output.accountId === accountId ? result.output : undefined;
}

/** Lists each field, so that a field that is added to a destination is not cached by accident. */
function toCached(destination: ShownDestination): CachedDestination {
  const { id, name, type, createdAt, lastSuccess, lastFailure } = destination;
  return {
    id,
    name,
    type,
    host: shownHostOf(destination),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(lastSuccess === undefined ? {} : { lastSuccess }),
    ...(lastFailure === undefined ? {} : { lastFailure }),
  };
}

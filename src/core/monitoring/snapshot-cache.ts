import * as v from 'valibot';
import { type CachedDestination, type ShownDestination, shownHostOf } from '../model/destination.ts';

/**
 * What one account's file of the snapshot cache holds, for the other windows and the next session: what tree and status
 * item need, and no URL, since URLs are credentials. Each account has a file of its own, so that writing one costs the
 * same however many there are, and two windows never have to merge what they write: the newer file wins.
 */
export type CachedAccount = {
  readonly accountId: string;
  /** The name or label of the account. */
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly destinations: readonly CachedDestination[];
};

/** Some 4,000 destinations. What is larger is not cached. */
const MOST_CHARACTERS = 1_000_000;
const VERSION = 1;

const text = v.string();
const timestamp = v.exactOptional(text);

const schema = v.object({
  version: v.literal(VERSION),
  accountId: text,
  label: text,
  at: v.number(),
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

/** The name of an account's file; its id is not to be trusted with a path. */
export function cacheFileOf(accountId: string): string {
  return `${encodeURIComponent(accountId)}.json`;
}

/** The account of a file; undefined for files that are none of the cache's. */
export function accountOfCacheFile(name: string): string | undefined {
  try {
    const accountId = name.endsWith('.json') ? decodeURIComponent(name.slice(0, -'.json'.length)) : '';
    return accountId === '' ? undefined : accountId;
  } catch {
    return undefined;
  }
}

/** Undefined where it is too large to be cached. */
export function formatCachedAccount(
  account: { readonly id: string; readonly name: string },
  at: number,
  destinations: readonly ShownDestination[],
): string | undefined {
  const value = {
    version: VERSION,
    accountId: account.id,
    label: account.name,
    at,
    destinations: destinations.map(toCached),
  } satisfies v.InferInput<typeof schema>;
  const formatted = JSON.stringify(value);
  return formatted.length > MOST_CHARACTERS ? undefined : formatted;
}

/** Undefined where the content is corrupt, of another version, or of another account. */
export function parseCachedAccount(content: string, accountId: string): CachedAccount | undefined {
  if (content.length > MOST_CHARACTERS) {
    return undefined;
  }
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), content);
  return result.success && result.output.accountId === accountId ? result.output : undefined;
}

/** Names each field, so that one that is added to a destination is not cached by accident. */
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

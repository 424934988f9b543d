import * as v from 'valibot';
import type { Destination } from '../model/destination.ts';
import { healthOf } from '../model/health.ts';
import { compareInstants, parseTimestamp } from '../model/timestamp.ts';

/**
 * What is remembered of failures already seen: account id → id of each failing destination → the `last_failure` it had,
 * as Cloudflare sent it. No names, no URLs.
 */
export type KnownFailures = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Transitions = {
  readonly newlyFailing: readonly Destination[];
  /** Ids of those that failed and no longer do. */
  readonly recovered: readonly string[];
  /** What is to be remembered now; the same object where nothing is new. */
  readonly known: KnownFailures;
};

const schema = v.record(v.string(), v.record(v.string(), v.string()));

/** Reads what was remembered; nothing where it cannot be read: each account then begins anew. */
export function parseKnownFailures(value: unknown): KnownFailures {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : {};
}

/**
 * What began and what ceased to fail in an account. The first reading ever announces nothing. One that fails again after
 * a success that nobody saw has newly failed; one that merely goes on failing has not.
 */
export function findTransitions(
  known: KnownFailures,
  accountId: string,
  destinations: readonly Destination[],
): Transitions {
  const before = known[accountId];
  const failing = destinations.filter((destination) => healthOf(destination) === 'failing');
  const now = Object.fromEntries(failing.map(({ id, lastFailure = '' }) => [id, lastFailure]));
  return {
    newlyFailing: before ? failing.filter((destination) => !isKnown(before[destination.id], destination)) : [],
    recovered: destinations.flatMap(({ id }) => (before?.[id] !== undefined && now[id] === undefined ? [id] : [])),
    known: JSON.stringify(before) === JSON.stringify(now) ? known : { ...known, [accountId]: now },
  };
}

/** Leaves out the accounts there are no more; the same object where there is none. */
export function keepAccounts(known: KnownFailures, accountIds: ReadonlySet<string>): KnownFailures {
  const kept = Object.entries(known).filter(([id]) => accountIds.has(id));
  return kept.length === Object.keys(known).length ? known : Object.fromEntries(kept);
}

function isKnown(failure: string | undefined, { lastSuccess }: Destination): boolean {
  const [failed, succeeded] = [parseTimestamp(failure), parseTimestamp(lastSuccess)];
  return failure !== undefined && (!failed || !succeeded || compareInstants(succeeded, failed) < 0);
}

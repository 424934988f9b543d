import * as v from 'valibot';
import type { Destination } from '../model/destination.ts';
import { healthOf } from '../model/health.ts';
import { compareInstants, parseTimestamp } from '../model/timestamp.ts';

/**
 * The failures that were already seen: account ID → ID of each failing destination → its `last_failure` as Cloudflare
 * sent it. No names, no URLs.
 */
export type KnownFailures = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Transitions = {
  readonly newlyFailing: readonly Destination[];
  /** IDs of the destinations that have recovered. */
  readonly recovered: readonly string[];
  /** The failures to persist; the same object if nothing changed. */
  readonly known: KnownFailures;
};

const schema = v.record(v.string(), v.record(v.string(), v.string()));

/** Loads the persisted failures. Malformed data counts as empty, so each account starts again. */
export function parseKnownFailures(value: unknown): KnownFailures {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : {};
}

/**
 * Finds the destinations of an account that newly fail or have recovered. The first snapshot of an account reports
 * nothing. A failure after an unseen success is new; a continuing failure is not.
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

/** Drops accounts that no longer exist; returns the same object if all exist. */
export function keepAccounts(known: KnownFailures, accountIds: ReadonlySet<string>): KnownFailures {
  const kept = Object.entries(known).filter(([id]) => accountIds.has(id));
  return kept.length === Object.keys(known).length ? known : Object.fromEntries(kept);
}

function isKnown(failure: string | undefined, { lastSuccess }: Destination): boolean {
  const [failed, succeeded] = [parseTimestamp(failure), parseTimestamp(lastSuccess)];
  return failure !== undefined && (!failed || !succeeded || compareInstants(succeeded, failed) < 0);
}

import type { Destination } from '../model/destination.ts';
import { healthOf, isDoubtful } from '../model/health.ts';
import { comparableId } from '../model/id.ts';
import { compareInstants, parseTimestamp } from '../model/timestamp.ts';

/**
 * The failures that were already seen: account ID → {@link comparableId} of each failing destination → its `last_failure` as
 * Cloudflare sent it. No names, no URLs.
 */
export type KnownFailures = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** How many failures of an account are known at most. Further ones are not announced until there is room. */
export const MOST_FAILURES = 1000;
/** Longest ID and timestamp that are persisted, in characters. */
const LONGEST_KEPT = 100;

export type Transitions = {
  readonly newlyFailing: readonly Destination[];
  /** IDs of the destinations that have recovered. */
  readonly recovered: readonly string[];
  /** The failures to persist; the same object if nothing changed. */
  readonly known: KnownFailures;
};

/** Loads the persisted failures. Malformed data counts as empty, so each account starts again. */
export function parseKnownFailures(value: unknown): KnownFailures {
  try {
    return readMap(value, (failures) => {
      const texts = readMap(failures, (text) => {
        if (typeof text !== 'string') {
          throw new TypeError('A known failure is not a text');
        }
        return text;
      });
      // Earlier versions stored the IDs as Cloudflare wrote them.
      return new Map([...texts].map(([id, text]) => [comparableId(id), text]));
    });
  } catch {
    return new Map();
  }
}

/** The own properties of a JSON object. `v.record` of Valibot would drop those named `constructor` or `prototype`. */
function readMap<T>(value: unknown, read: (value: unknown) => T): ReadonlyMap<string, T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('The known failures are not an object');
  }
  return new Map(Object.entries(value).map(([key, each]) => [key, read(each)]));
}

/** The JSON object to persist. */
export function formatKnownFailures(known: KnownFailures): Record<string, Record<string, string>> {
  return Object.fromEntries([...known].map(([accountId, failures]) => [accountId, Object.fromEntries(failures)]));
}

/**
 * Finds the destinations of an account that newly fail or have recovered. The first snapshot of an account reports
 * nothing. A failure after an unseen success is new; a continuing failure is not, also where the destination was missing from
 * a list that could not be read as a whole (`skipped` > 0), or had times that could not be read.
 */
export function findTransitions(
  known: KnownFailures,
  accountId: string,
  destinations: readonly Destination[],
  skipped = 0,
): Transitions {
  const before = known.get(accountId);
  const order = ({ id }: Destination): number => (before?.has(comparableId(id)) ? 0 : 1);
  const failing = destinations
    .filter((destination) => destination.id.length <= LONGEST_KEPT && healthOf(destination) === 'failing')
    // Known failures stay known, so that none is announced twice.
    .toSorted((a, b) => order(a) - order(b))
    .slice(0, MOST_FAILURES);
  const clear = new Map(destinations.map((each) => [comparableId(each.id), !isDoubtful(each)]));
  const unseen = [...(before ?? [])].filter(([id]) => !(clear.get(id) ?? skipped === 0));
  const now = new Map([
    ...unseen,
    ...failing.map(({ id, lastFailure = '' }) => [comparableId(id), lastFailure.slice(0, LONGEST_KEPT)] as const),
  ]);
  return {
    newlyFailing: before
      ? failing.filter((destination) => !isKnown(before.get(comparableId(destination.id)), destination))
      : [],
    recovered: destinations.flatMap(({ id }) =>
      before?.has(comparableId(id)) && !now.has(comparableId(id)) ? [id] : [],
    ),
    known: before && isSame(before, now) ? known : new Map(known).set(accountId, now),
  };
}

/** Drops accounts that no longer exist; returns the same object if all exist. */
export function keepAccounts(known: KnownFailures, accountIds: ReadonlySet<string>): KnownFailures {
  const kept = [...known].filter(([id]) => accountIds.has(id));
  return kept.length === known.size ? known : new Map(kept);
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([id, failure]) => b.get(id) === failure);
}

function isKnown(failure: string | undefined, { lastSuccess }: Destination): boolean {
  const [failed, succeeded] = [parseTimestamp(failure), parseTimestamp(lastSuccess)];
  return failure !== undefined && (!failed || !succeeded || compareInstants(succeeded, failed) < 0);
}

import type { DestinationFacts } from './destination.ts';
import { compareInstants, type Instant, isUnreadable, parseTimestamp, toMilliseconds } from './timestamp.ts';

export type Health = 'failing' | 'healthy' | 'unused';
/** What is said: without any time that can be read, a destination is unknown and not unused. */
export type ShownHealth = Health | 'unknown';

export type LastEvent = { readonly kind: 'success' | 'failure' | 'created'; readonly at: Instant };

type Times = Pick<DestinationFacts, 'lastSuccess' | 'lastFailure' | 'createdAt'>;
type Derived = {
  readonly health: Health;
  readonly lastEvent: LastEvent | undefined;
  readonly provedAt: number | undefined;
  readonly isDoubtful: boolean;
};

/**
 * Derived values by destination object. Destinations are immutable, and an unchanged one keeps its object between
 * snapshots (`monitoring/snapshot.ts`), so its timestamps are parsed once.
 */
const derived = new WeakMap<Times, Derived>();

/**
 * The only rule for health. Failing: the last failure is strictly later than the last success, or there is no success.
 * Unused: there is neither. Healthy: all others, including equal timestamps.
 */
export function healthOf(destination: Times): Health {
  return derive(destination).health;
}

export function shownHealthOf(destination: Times): ShownHealth {
  const { health, isDoubtful: isUnread } = derive(destination);
  return health === 'unused' && isUnread ? 'unknown' : health;
}

/** The event that decides the health, and its time, which a row shows. An unused destination has only its creation. */
export function lastEventOf(destination: Times): LastEvent | undefined {
  return derive(destination).lastEvent;
}

/**
 * When a delivery last proved that the destination works, else when it was created, in milliseconds since the epoch.
 * Undefined if neither is known, or if the last success cannot be read.
 */
export function provedAt(destination: Times): number | undefined {
  return derive(destination).provedAt;
}

/** Whether the destination may be failing all the same, because its last success or failure cannot be read. */
export function isDoubtful(destination: Times): boolean {
  return derive(destination).isDoubtful;
}

function derive(destination: Times): Derived {
  const known = derived.get(destination);
  if (known) {
    return known;
  }
  const made = decideHealth(destination);
  derived.set(destination, made);
  return made;
}

function decideHealth({ lastSuccess, lastFailure, createdAt }: Times): Derived {
  const success = parseTimestamp(lastSuccess);
  const failure = parseTimestamp(lastFailure);
  const created = parseTimestamp(createdAt);
  const since = success ?? (isUnreadable(lastSuccess) ? undefined : created);
  const rest = {
    provedAt: since && toMilliseconds(since),
    isDoubtful: (!success && isUnreadable(lastSuccess)) || (!failure && isUnreadable(lastFailure)),
  };
  if (failure && (!success || compareInstants(failure, success) > 0)) {
    return { health: 'failing', lastEvent: { kind: 'failure', at: failure }, ...rest };
  }
  if (success) {
    return { health: 'healthy', lastEvent: { kind: 'success', at: success }, ...rest };
  }
  return { health: 'unused', lastEvent: created && { kind: 'created', at: created }, ...rest };
}

export type HealthCounts = Readonly<Record<Health, number>>;

export function countHealth(destinations: Iterable<Times>): HealthCounts {
  const counts = { failing: 0, healthy: 0, unused: 0 };
  for (const destination of destinations) {
    counts[healthOf(destination)] += 1;
  }
  return counts;
}

export type SortOrder = 'health' | 'name';

const RANK: Readonly<Record<Health, number>> = { failing: 0, healthy: 1, unused: 2 };

/** Shared and created on first use, because creating it takes longer than loading the rest of the extension. */
let names: Intl.Collator | undefined;

/** Returns a sorted copy: by name, or failing (newest failure first), then healthy, then unused, by name. */
export function sortDestinations<D extends DestinationFacts>(
  destinations: readonly D[],
  order: SortOrder,
): readonly D[] {
  return destinations.toSorted((a, b) => (order === 'health' ? compareHealth(a, b) : 0) || compareNames(a, b));
}

function compareHealth(a: Times, b: Times): number {
  const health = healthOf(a);
  return RANK[health] - RANK[healthOf(b)] || (health === 'failing' ? compareNewest(a, b) : 0);
}

/** Orders the destination with the later event first. */
export function compareNewest(a: Times, b: Times): number {
  const [first, second] = [lastEventOf(a)?.at, lastEventOf(b)?.at];
  return first && second ? compareInstants(second, first) : Number(second !== undefined) - Number(first !== undefined);
}

function compareNames(a: DestinationFacts, b: DestinationFacts): number {
  names ??= new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return names.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

import type { Destination } from './destination.ts';
import { type Instant, parseTimestamp } from './timestamp.ts';

export type Health = 'failing' | 'healthy' | 'unused';

/**
 * The one rule for health. Failing: the last failure is strictly later than the last success, or there is a failure and
 * no success. Neither: unused. Otherwise healthy, also where both are equal.
 */
export function healthOf(destination: Pick<Destination, 'lastSuccess' | 'lastFailure'>): Health {
  const success = parseTimestamp(destination.lastSuccess);
  const failure = parseTimestamp(destination.lastFailure);
  if (failure !== undefined && (success === undefined || failure > success)) {
    return 'failing';
  }
  return success === undefined ? 'unused' : 'healthy';
}

export type LastEvent = { readonly kind: 'success' | 'failure' | 'created'; readonly at: Instant };

/** The event that decides the health, and when: what a row shows the age of. An unused one has only been created. */
export function lastEventOf(destination: Destination): LastEvent | undefined {
  const [kind, text] = {
    failing: ['failure', destination.lastFailure] as const,
    healthy: ['success', destination.lastSuccess] as const,
    unused: ['created', destination.createdAt] as const,
  }[healthOf(destination)];
  const at = parseTimestamp(text);
  return at === undefined ? undefined : { kind, at };
}

export type HealthCounts = Readonly<Record<Health, number>>;

export function countHealth(destinations: Iterable<Destination>): HealthCounts {
  const counts = { failing: 0, healthy: 0, unused: 0 };
  for (const destination of destinations) {
    counts[healthOf(destination)] += 1;
  }
  return counts;
}

export type SortOrder = 'health' | 'name';

const RANK: Readonly<Record<Health, number>> = { failing: 0, healthy: 1, unused: 2 };

/** A copy in the order asked: by name, or failing first (newest failure on top), then healthy, then unused, by name. */
export function sortDestinations(destinations: readonly Destination[], order: SortOrder): readonly Destination[] {
  const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return destinations
    .map((destination) => ({ destination, health: healthOf(destination), at: lastEventOf(destination)?.at ?? 0n }))
    .toSorted((a, b) => {
      if (order === 'health') {
        if (a.health !== b.health) {
          return RANK[a.health] - RANK[b.health];
        }
        if (a.health === 'failing' && a.at !== b.at) {
          return a.at > b.at ? -1 : 1;
        }
      }
      return names.compare(a.destination.name, b.destination.name) || (a.destination.id < b.destination.id ? -1 : 1);
    })
    .map((entry) => entry.destination);
}

import type { CachedDestination, Destination, ShownDestination } from '../model/destination.ts';
import { shownHostOf } from '../model/destination.ts';
import { countHealth, type HealthCounts, isDoubtful } from '../model/health.ts';

/**
 * The destinations of an account at a time (milliseconds since the epoch), and their number by health. `skipped`: how
 * many malformed entries Cloudflare's list also had. `doubtful`: how many destinations may be failing, because their last success
 * or failure cannot be read. `areUrlsOlder`: the URLs were fetched before `at`, because only another window has fetched since.
 */
export type SnapshotOf<D extends ShownDestination> = {
  readonly at: number;
  readonly destinations: readonly D[];
  readonly counts: HealthCounts;
  readonly skipped: number;
  readonly doubtful: number;
  readonly areUrlsOlder?: true;
};

/** How many entries of Cloudflare's list are not known in full. */
export function countUnread({ skipped, doubtful }: Pick<SnapshotOf<ShownDestination>, 'skipped' | 'doubtful'>): number {
  return skipped + doubtful;
}

/** As fetched from Cloudflare. */
export type Snapshot = SnapshotOf<Destination>;
/** As fetched by another window or session, without URLs. */
export type CachedSnapshot = SnapshotOf<CachedDestination>;

/**
 * Computes the health of each destination once. A destination that is unchanged since `before` keeps its object. An
 * unchanged list keeps its array. Later comparisons are by identity.
 */
export function makeSnapshot<D extends ShownDestination>(
  at: number,
  fetched: readonly D[],
  before?: SnapshotOf<D>,
  skipped = before?.skipped ?? 0,
): SnapshotOf<D> {
  if (!before) {
    return { at, destinations: fetched, ...countAll(fetched), skipped };
  }
  const known = byId(before);
  const destinations = fetched.map((destination) => {
    const same = known.get(destination.id);
    return same && isSameDestination(same, destination) ? same : destination;
  });
  const isSame =
    destinations.length === before.destinations.length &&
    destinations.every((destination, index) => destination === before.destinations[index]);
  if (isSame) {
    // All URLs are those of now, so `areUrlsOlder` is not copied.
    const { counts, doubtful } = before;
    return { at, destinations: before.destinations, counts, doubtful, skipped };
  }
  return { at, destinations, ...countAll(destinations), skipped };
}

function countAll(destinations: readonly ShownDestination[]): Pick<Snapshot, 'counts' | 'doubtful'> {
  return { counts: countHealth(destinations), doubtful: destinations.filter(isDoubtful).length };
}

/**
 * Copies the timestamps of a newer cached snapshot into a snapshot with URLs. Returns undefined if anything else
 * differs. The cache has no URLs, so one can differ although its host does not.
 */
export function mergeCached(live: Snapshot, cached: CachedSnapshot): Snapshot | undefined {
  const known = byId(live);
  const merged: Destination[] = [];
  for (const { host, ...facts } of cached.destinations) {
    const destination = known.get(facts.id);
    if (
      !destination ||
      destination.name !== facts.name ||
      destination.type !== facts.type ||
      shownHostOf(destination) !== host
    ) {
      return undefined;
    }
    merged.push({ ...facts, url: destination.url });
  }
  return merged.length === live.destinations.length
    ? { ...makeSnapshot(cached.at, merged, live), areUrlsOlder: true }
    : undefined;
}

/** What the timeline takes from a snapshot. */
export type TimedSnapshot = Pick<SnapshotOf<ShownDestination>, 'at' | 'destinations'>;

/** Whether a destination is new or has other timestamps. */
export function haveTimesMoved(before: TimedSnapshot, after: TimedSnapshot): boolean {
  if (before.destinations === after.destinations) {
    return false;
  }
  const known = byId(before);
  return after.destinations.some((destination) => {
    const same = known.get(destination.id);
    return !same || !hasSameTimes(same, destination);
  });
}

function byId<D extends ShownDestination>({ destinations }: { readonly destinations: readonly D[] }): Map<string, D> {
  return new Map(destinations.map((destination) => [destination.id, destination]));
}

function isSameDestination(a: ShownDestination, b: ShownDestination): boolean {
  return (
    a === b ||
    (a.id === b.id &&
      a.name === b.name &&
      a.type === b.type &&
      a.createdAt === b.createdAt &&
      hasSameTimes(a, b) &&
      addressOf(a) === addressOf(b))
  );
}

function hasSameTimes(a: ShownDestination, b: ShownDestination): boolean {
  return a.lastSuccess === b.lastSuccess && a.lastFailure === b.lastFailure;
}

function addressOf(destination: ShownDestination): string {
  return 'url' in destination ? destination.url : destination.host;
}

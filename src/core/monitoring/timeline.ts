import type { ShownDestination } from '../model/destination.ts';
import { dayOf, startOfDay } from '../model/local-day.ts';
import { isNever, parseTimestamp } from '../model/timestamp.ts';
import type { TimedSnapshot } from './snapshot.ts';

/**
 * The timeline: when a destination delivered and failed, as far as refreshes have seen. Cloudflare reports only the last
 * success and the last failure. So each snapshot proves two facts per destination: the event itself, and that no other
 * event of its kind followed until the snapshot. What happened between the last snapshot that showed one event and the
 * next event is unknown.
 *
 * A history is a set of such facts. Merging two histories is a union, so the order of refreshes and windows does not
 * matter, and a fact that two windows recorded counts once.
 */
export type DestinationHistory = { readonly success: Series; readonly failure: Series };

/** The events of one kind, oldest first. No two have the same instant. */
export type Series = readonly Sighting[];

export type Sighting = {
  /** Exactly as Cloudflare sent it. Empty: there was no event of this kind at all until `until`. */
  readonly at: string;
  /** The instant of `at` in milliseconds since the epoch, rounded down; `-Infinity` if `at` is empty. */
  readonly milliseconds: number;
  /** On top of the milliseconds; 0 to 999,999. */
  readonly nanoseconds: number;
  /** The latest time at which this was still the last event of its kind, in milliseconds since the epoch. */
  readonly until: number;
};

export type EventKind = keyof DestinationHistory;
const KINDS = ['success', 'failure'] as const satisfies readonly EventKind[];

/** The histories of an account, with what its last snapshot shows. */
export type AccountHistory = {
  /** Undefined if no snapshot ever contained the destination. */
  destination(destinationId: string): DestinationHistory | undefined;
};

/**
 * What is known of one day of a destination. `quiet`: it is proved that nothing was delivered and nothing failed.
 * `unknown`: not watched.
 */
export type DayState = 'delivered' | 'failed' | 'both' | 'quiet' | 'unknown';

export type TimelineEvent = {
  readonly kind: EventKind;
  /** Exactly as Cloudflare sent it. */
  readonly at: string;
};

export type TimelineDay = {
  /** A local day, for example `2026-11-23`. */
  readonly day: string;
  readonly state: DayState;
  /** Oldest first. There may have been other events between two refreshes. */
  readonly events: readonly TimelineEvent[];
  /** Only for today, if it is quiet: until when, in milliseconds since the epoch. */
  readonly until?: number;
};

/** How long events are kept, and how many per destination. */
export const KEPT_DAYS = 90;
export const MOST_EVENTS = 500;
/** Longest ID and timestamp that are recorded, in characters. */
const LONGEST_ID = 100;
const LONGEST_TIMESTAMP = 64;
/** The clocks of Cloudflare and this machine differ, and an answer takes a while: 5 minutes. */
const CLOCK_TOLERANCE = 5 * 60_000;

export const NO_HISTORY: DestinationHistory = { success: [], failure: [] };

/**
 * The facts that a snapshot adds to those of the snapshot before it, by destination ID. Without a snapshot before it,
 * everything that it shows. A destination whose timestamps are the same adds nothing: {@link merge} takes what the last
 * snapshot shows from the snapshot itself.
 */
export function record(
  before: TimedSnapshot | undefined,
  after: TimedSnapshot,
): ReadonlyMap<string, DestinationHistory> {
  const known = new Map(before?.destinations.map((destination) => [destination.id, destination]));
  // A clock that was set back does not tell when the earlier snapshot was taken.
  const end = before && before.at <= after.at ? before.at : -Infinity;
  const facts = new Map<string, DestinationHistory>();
  for (const destination of after.destinations) {
    const { id, lastSuccess, lastFailure } = destination;
    const old = known.get(id);
    if (old === destination || id.length > LONGEST_ID || id === '') {
      continue;
    }
    const seriesOf = (from: string | undefined, to: string | undefined): Series =>
      old && from === to ? [] : merge([[...(old ? sight(from, end) : []), ...sight(to, after.at)]]);
    const success = seriesOf(old?.lastSuccess, lastSuccess);
    const failure = seriesOf(old?.lastFailure, lastFailure);
    if (success.length + failure.length > 0) {
      facts.set(id, { success, failure });
    }
  }
  return facts;
}

/** What one snapshot shows of a destination. */
export function seenIn({ lastSuccess, lastFailure }: ShownDestination, at: number): DestinationHistory {
  return { success: sight(lastSuccess, at), failure: sight(lastFailure, at) };
}

/** The fact that `at` was the last event at the time `until`. Nothing follows from a timestamp that is invalid. */
function sight(at: string | undefined, until: number): Series {
  if (at === undefined || isNever(at)) {
    return until === -Infinity ? [] : [{ at: '', milliseconds: -Infinity, nanoseconds: 0, until }];
  }
  const instant = at.length > LONGEST_TIMESTAMP ? undefined : parseTimestamp(at);
  return instant ? [{ at, ...instant, until: Math.max(until, instant.milliseconds) }] : [];
}

/** A sighting from its recorded form; undefined if that is invalid. */
export function toSighting(at: unknown, until: unknown): Sighting | undefined {
  return typeof at === 'string' && typeof until === 'number' && Number.isFinite(until)
    ? sight(at === '' ? undefined : at, until)[0]
    : undefined;
}

export function mergeHistories(histories: readonly DestinationHistory[]): DestinationHistory {
  return {
    success: merge(histories.map(({ success }) => success)),
    failure: merge(histories.map(({ failure }) => failure)),
  };
}

/** The union. An event was not the last one anymore when the next one happened. */
function merge(all: readonly Series[]): Series {
  const merged: Sighting[] = [];
  for (const each of sort(all.flat())) {
    const last = merged.at(-1);
    if (last && compare(last, each) === 0) {
      // Two texts of one instant: the choice must not depend on the order.
      const at = each.at < last.at ? each.at : last.at;
      merged[merged.length - 1] = { ...last, at, until: Math.max(last.until, each.until) };
    } else {
      merged.push(each);
    }
  }
  return merged.map((each, index) => {
    const next = merged[index + 1];
    return next && next.milliseconds < each.until ? { ...each, until: next.milliseconds } : each;
  });
}

/** Most series are in order. */
function sort(series: Series): Series {
  return series.every((each, index) => index === 0 || compare(series[index - 1] ?? each, each) <= 0)
    ? series
    : series.toSorted(compare);
}

/** Whether a series has an event of the same instant. */
export function hasEvent(series: Series, event: Sighting): boolean {
  return series.some((each) => compare(each, event) === 0);
}

function compare(a: Sighting, b: Sighting): number {
  // Not a subtraction: both may be `-Infinity`.
  return a.milliseconds === b.milliseconds ? a.nanoseconds - b.nanoseconds : a.milliseconds < b.milliseconds ? -1 : 1;
}

/**
 * Drops what was over before `oldest` (milliseconds since the epoch), and all but the newest {@link MOST_EVENTS} events.
 * The last event before `oldest` stays while it proves that the time after `oldest` was quiet.
 */
export function prune(history: DestinationHistory, oldest: number): DestinationHistory {
  const keep = (series: Series): Series => series.filter(({ until }) => until >= oldest);
  const kept = { success: keep(history.success), failure: keep(history.failure) };
  if (kept.success.length + kept.failure.length <= MOST_EVENTS) {
    return kept;
  }
  const [first] = [...kept.success, ...kept.failure].toSorted(compare).slice(-MOST_EVENTS);
  const newest = (series: Series): Series => series.filter((each) => first && compare(each, first) >= 0);
  const [success, failure] = [newest(kept.success), newest(kept.failure)];
  // Two events of different kinds can have the same instant.
  return success.length + failure.length > MOST_EVENTS ? { success, failure: failure.slice(1) } : { success, failure };
}

/** The time before which nothing is kept. */
export function oldestKept(now: number): number {
  return startOfDay(now, KEPT_DAYS);
}

/** The last `days` days (at most {@link KEPT_DAYS}) including today, in local time, oldest first. */
export function daysOf(history: DestinationHistory | undefined, days: number, now: number): readonly TimelineDay[] {
  const { success, failure } = history ?? NO_HISTORY;
  const count = Math.min(days, KEPT_DAYS);
  const positions: Record<EventKind, number> = { success: 0, failure: 0 };
  return Array.from({ length: count }, (_, index): TimelineDay => {
    const [start, end] = [startOfDay(now, count - 1 - index), startOfDay(now, count - 2 - index)];
    const isToday = index === count - 1;
    const events: (Sighting & { readonly kind: EventKind })[] = [];
    /** Until when it is proved that nothing happened since before the day. */
    let quietUntil = Infinity;
    for (const kind of KINDS) {
      const series = kind === 'success' ? success : failure;
      let at = positions[kind];
      while ((series[at]?.milliseconds ?? Infinity) < start) {
        at += 1;
      }
      quietUntil = Math.min(quietUntil, series[at - 1]?.until ?? -Infinity);
      for (let each = series[at]; each && each.milliseconds < end; each = series[at]) {
        events.push({ ...each, kind });
        at += 1;
      }
      positions[kind] = at;
    }
    const kinds = new Set(events.map(({ kind }) => kind));
    const isQuiet = quietUntil - CLOCK_TOLERANCE >= (isToday ? start : end);
    return {
      day: dayOf(start),
      state:
        kinds.size === 2
          ? 'both'
          : kinds.has('success')
            ? 'delivered'
            : kinds.has('failure')
              ? 'failed'
              : isQuiet
                ? 'quiet'
                : 'unknown',
      events: events.toSorted(compare).map(({ kind, at }) => ({ kind, at })),
      ...(isToday && isQuiet && events.length === 0 ? { until: quietUntil } : {}),
    };
  });
}

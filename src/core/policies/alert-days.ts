import { dayOf, startOfDay } from '../model/local-day.ts';
import { parseTimestamp, toMilliseconds } from '../model/timestamp.ts';

/** A local day, for example `2026-11-23`, and the number of alerts sent on it. */
export type AlertDay = { readonly day: string; readonly count: number };

/**
 * Counts timestamps per local day over the last `days` days including today, oldest first, with empty days. Ignores
 * timestamps that are outside the range or invalid. `now` is in milliseconds since the epoch.
 */
export function countPerDay(timestamps: readonly string[], days: number, now: number): readonly AlertDay[] {
  const counts = new Map<string, number>();
  for (let back = days - 1; back >= 0; back -= 1) {
    counts.set(dayOf(startOfDay(now, back)), 0);
  }
  for (const timestamp of timestamps) {
    const at = parseTimestamp(timestamp);
    const day = at === undefined ? '' : dayOf(toMilliseconds(at));
    const count = counts.get(day);
    if (count !== undefined) {
      counts.set(day, count + 1);
    }
  }
  return [...counts].map(([day, count]) => ({ day, count }));
}

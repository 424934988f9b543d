/**
 * Midnight `daysAgo` days ago, in milliseconds since the epoch; a negative number is in the future. Uses the calendar,
 * because a day may have 23 or 25 hours.
 */
export function startOfDay(now: number, daysAgo: number): number {
  const today = new Date(now);
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() - daysAgo).getTime();
}

/** The local day of a time in milliseconds since the epoch, for example `2026-11-23`. */
export function dayOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}

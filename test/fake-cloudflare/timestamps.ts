/** Cloudflare's timestamps have microseconds, which `Date` does not support. So times are numbers of microseconds. */

export const second = 1_000_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Formats microseconds since 1970 as `2020-10-26T18:25:04.532316Z`. */
export function toTimestamp(micros: number): string {
  const wholeMillis = new Date(Math.floor(micros / 1000)).toISOString();
  const rest = String(micros % 1000).padStart(3, '0');
  return wholeMillis.replace('Z', `${rest}Z`);
}

/** Parses an RFC 3339 timestamp in UTC to microseconds since 1970. Returns undefined for any other text. */
export function fromTimestamp(timestamp: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?Z$/.exec(timestamp);
  const millis = match?.[1] === undefined ? Number.NaN : Date.parse(`${match[1]}Z`);
  return Number.isNaN(millis) ? undefined : millis * 1000 + Number((match?.[2] ?? '').padEnd(6, '0'));
}

/**
 * A time to the nanosecond, as two numbers. `Date` would drop the last three of the six digits that Cloudflare sends. A
 * BigInt would allocate for each comparison.
 */
export type Instant = {
  /** Since the Unix epoch, rounded down. */
  readonly milliseconds: number;
  /** On top of the milliseconds; 0 to 999,999. */
  readonly nanoseconds: number;
};

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]| ?([+-])(\d\d):?(\d\d)(?: UTC)?)$/;

/**
 * Go's zero time, which a Go server sends for "never" in a field that is not nullable: `0001-01-01T00:00:00`, in any
 * offset.
 */
const GO_ZERO_TIME = -62_135_596_800_000;

/**
 * Parses a timestamp of the API, for example `2020-10-26T18:25:04.532316Z`, to the nanosecond, with any offset, also as Go
 * prints it (` +0000 UTC`).
 * Missing, null, empty, invalid (30 February) and Go's zero time return `undefined`: the event never happened.
 */
export function parseTimestamp(text: string | null | undefined): Instant | undefined {
  const match = text ? RFC_3339.exec(text.trim()) : null;
  if (!match) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = 0, offsetMinute = 0] = match;
  const local = toLocalTime([year, month, day, hour, minute, second].map(Number));
  if (local === undefined || local === GO_ZERO_TIME || Number(offsetHour) > 23 || Number(offsetMinute) > 59) {
    return undefined;
  }
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  const digits = fraction.padEnd(9, '0');
  return {
    milliseconds: local - (sign === '-' ? -offset : offset) + Number(digits.slice(0, 3)),
    nanoseconds: Number(digits.slice(3, 9)),
  };
}

/** Whether something is in the place of a timestamp from which nothing follows, not even that there was no event. */
export function isUnreadable(text: string | undefined): boolean {
  const time = text?.trim() ?? '';
  return time !== '' && !isNever(time) && parseTimestamp(time) === undefined;
}

/** Go's zero time, in any offset. */
export function isNever(text: string): boolean {
  return text.startsWith('0001-01-01');
}

/**
 * Interprets the fields as UTC, in milliseconds since the epoch. Undefined if the date or time does not exist. A leap second is
 * the beginning of the next minute.
 */
function toLocalTime([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]):
  | number
  | undefined {
  // Uses the same calendar 400 years later, because Date.UTC maps years below 100 to the 20th century.
  const later = Date.UTC(year + 400, month - 1, day, hour, minute, Math.min(second, 59));
  const date = new Date(later);
  // Date.UTC turns 30 February into 2 March.
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const isLeapSecond = minute === 59 && second === 60;
  const isTime = hour < 24 && minute < 60 && (second < 60 || isLeapSecond);
  return isDate && isTime ? later + (isLeapSecond ? 1000 : 0) - MILLISECONDS_OF_400_YEARS : undefined;
}

const MILLISECONDS_OF_400_YEARS = 146_097 * 86_400_000;

/** Negative if `a` is earlier, positive if it is later. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.milliseconds - b.milliseconds || a.nanoseconds - b.nanoseconds;
}

/** Converts to milliseconds since the epoch, rounded down: for `Date` and for display, not for comparison. */
export function toMilliseconds({ milliseconds }: Instant): number {
  return milliseconds;
}

export function fromMilliseconds(milliseconds: number): Instant {
  return { milliseconds: Math.floor(milliseconds), nanoseconds: 0 };
}

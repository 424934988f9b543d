/**
 * A moment to the nanosecond, as two numbers: `Date` would drop the last three of the six digits Cloudflare sends, and a
 * BigInt costs an allocation per comparison.
 */
export type Instant = {
  /** Since the Unix epoch, rounded down. */
  readonly milliseconds: number;
  /** On top of the milliseconds; 0 to 999,999. */
  readonly nanoseconds: number;
};

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** What a Go server sends for "never" when a field is not nullable: `0001-01-01T00:00:00`, in whatever offset. */
const GO_ZERO_TIME = -62_135_596_800_000;

/**
 * Reads a timestamp of the API, e.g. `2020-10-26T18:25:04.532316Z`, to the nanosecond, with any offset.
 * Missing, null, empty, impossible (30 February) and Go's zero time are all `undefined`: the thing has not happened.
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

/** The fields as if they were UTC, in milliseconds since the epoch; undefined where there is no such date or time. */
function toLocalTime([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]):
  | number
  | undefined {
  // The same calendar 400 years later: Date.UTC takes years below 100 for those of the 20th century.
  const later = Date.UTC(year + 400, month - 1, day, hour, minute, second);
  const date = new Date(later);
  // Date.UTC lets 30 February through as 2 March.
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDate && hour < 24 && minute < 60 && second < 60 ? later - MILLISECONDS_OF_400_YEARS : undefined;
}

const MILLISECONDS_OF_400_YEARS = 146_097 * 86_400_000;

/** Below 0 where `a` is earlier, above 0 where it is later. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.milliseconds - b.milliseconds || a.nanoseconds - b.nanoseconds;
}

/** The instant in milliseconds since the epoch, rounded down: for `Date` and for showing, not for comparing. */
export function toMilliseconds({ milliseconds }: Instant): number {
  return milliseconds;
}

export function fromMilliseconds(milliseconds: number): Instant {
  return { milliseconds: Math.floor(milliseconds), nanoseconds: 0 };
}

/** Nanoseconds since the Unix epoch. `Date` would drop the last three of the six digits Cloudflare sends. */
export type Instant = bigint;

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;

/** What a Go server sends for "never" when a field is not nullable. */
const GO_ZERO_TIME = '0001-01-01T00:00:00';

/**
 * Reads a timestamp of the API, e.g. `2020-10-26T18:25:04.532316Z`, to the nanosecond, with any offset.
 * Missing, null, empty, impossible (30 February) and Go's zero time are all `undefined`: the thing has not happened.
 */
export function parseTimestamp(text: string | null | undefined): Instant | undefined {
  const match = RFC_3339.exec(text?.trim() ?? '');
  if (!match) {
    return undefined;
  }
  const [, day = '', time = '', fraction = '', offset = ''] = match;
  const local = `${day}T${time}`;
  const asUtc = Date.parse(`${local}Z`);
  // Date.parse lets 30 February through as 2 March: what it read must be what was written.
  if (local === GO_ZERO_TIME || Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, local.length) !== local) {
    return undefined;
  }
  const milliseconds = Date.parse(`${local}${offset.toUpperCase()}`);
  if (Number.isNaN(milliseconds)) {
    return undefined;
  }
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/** The instant in milliseconds since the epoch, rounded down: for `Date` and for showing, not for comparing. */
export function toMilliseconds(instant: Instant): number {
  const whole = instant / 1_000_000n;
  return Number(instant < 0n && whole * 1_000_000n !== instant ? whole - 1n : whole);
}

export function fromMilliseconds(milliseconds: number): Instant {
  return BigInt(Math.floor(milliseconds)) * 1_000_000n;
}

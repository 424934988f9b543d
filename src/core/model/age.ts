export type AgeUnit = 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second';

const UNITS: readonly (readonly [AgeUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/**
 * The age of a time as `Intl.RelativeTimeFormat` takes it, for example `[-2, 'hour']`. Times in milliseconds since the
 * epoch. Less than ten seconds are "now".
 */
export function splitAge(at: number, now: number): readonly [number, AgeUnit] {
  const seconds = Math.round((at - now) / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return Math.abs(seconds) < 10 ? [0, 'second'] : [Math.trunc(seconds / size), unit];
}

/**
 * Formats ages in a language: "2 hours ago", or "now". Never "yesterday" or "last month": an age is counted in whole units of
 * time, which do not end where a day or a month of the calendar does. Making the function takes long.
 */
export function createAges(
  language: string,
  style: Intl.RelativeTimeFormatStyle = 'long',
): (at: number, now: number) => string {
  const counted = new Intl.RelativeTimeFormat(language, { style });
  const zero = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(0, 'second');
  return (at, now) => {
    const [age, unit] = splitAge(at, now);
    return age === 0 ? zero : counted.format(age, unit);
  };
}

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

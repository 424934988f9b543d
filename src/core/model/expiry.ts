import { type Instant, parseTimestamp, toMilliseconds } from './timestamp.ts';

/** When a token ends, and whether that is past, within a week, or later. */
export type Expiry = { readonly at: Instant; readonly kind: 'expired' | 'soon' | 'later' };

/** From how long before its end a token is flagged, in milliseconds. */
const NOTICE = 7 * 86_400_000;

/** Undefined for a token that does not expire. `now` in milliseconds since the epoch. */
export function expiryOf(token: { readonly expiresOn?: string } | undefined, now: number): Expiry | undefined {
  const at = parseTimestamp(token?.expiresOn);
  if (at === undefined) {
    return undefined;
  }
  const left = toMilliseconds(at) - now;
  return { at, kind: left <= 0 ? 'expired' : left <= NOTICE ? 'soon' : 'later' };
}

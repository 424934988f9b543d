import { type Instant, parseTimestamp, toMilliseconds } from './timestamp.ts';

/** When a token expires: in the past (`expired`), within a week (`soon`), or `later`. */
export type Expiry = { readonly at: Instant; readonly kind: 'expired' | 'soon' | 'later' };

/** How long before its expiry a token counts as `soon`, in milliseconds. */
const NOTICE = 7 * 86_400_000;

/** Returns undefined for a token that does not expire. `now` is in milliseconds since the epoch. */
export function expiryOf(token: { readonly expiresOn?: string } | undefined, now: number): Expiry | undefined {
  const at = parseTimestamp(token?.expiresOn);
  if (at === undefined) {
    return undefined;
  }
  const left = toMilliseconds(at) - now;
  return { at, kind: left <= 0 ? 'expired' : left <= NOTICE ? 'soon' : 'later' };
}

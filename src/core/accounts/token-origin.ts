import { isLoopback, PUBLIC_API } from '../api/base-url.ts';
import type { TokenInfo } from '../model/token.ts';
import { parseUrl } from '../model/parse-url.ts';

/** A user who tries many addresses must not fill the record. */
const MOST_ORIGINS = 10;

/** The origins that may receive a token. Earlier versions did not record them: they count as the public API. */
export function originsOf({ origins }: Pick<TokenInfo, 'origins'>): readonly [string, ...string[]] {
  const [first = new URL(PUBLIC_API).origin, ...rest] = origins ?? [];
  return [first, ...rest];
}

/**
 * Whether a token may be sent to this origin without a question. All ports of this machine count as one origin: what runs
 * there sees nothing that leaves the machine, and a local test server has another port each time.
 */
export function mayReceive(token: Pick<TokenInfo, 'origins'>, origin: string): boolean {
  return originsOf(token).some((each) => each === origin || (isLocal(each) && isLocal(origin)));
}

/** The origins with another one that was confirmed; the one it was verified with stays the first. */
export function addOrigin(token: Pick<TokenInfo, 'origins'>, origin: string): readonly string[] {
  const [first, ...rest] = originsOf(token);
  return origin === first ? [first, ...rest] : [first, ...[...new Set([...rest, origin])].slice(-MOST_ORIGINS)];
}

function isLocal(origin: string): boolean {
  const url = parseUrl(origin);
  return url !== undefined && isLoopback(url.hostname);
}

import type { UrlProblem } from './destination-type.ts';

/** Matches the URLs of one host below a path. */
export function isAt(host: string, path: RegExp): (url: URL) => boolean {
  return (url) => url.hostname === host && path.test(url.pathname);
}

/** The secret becomes the last segment of the path. A lone surrogate in it, which no URL can hold, is replaced. */
export function appendSegment(url: URL, secret: string): URL {
  const whole = new URL(url);
  whole.pathname = `${url.pathname.replace(/(?<!\/)\/+$/, '')}/${encodeURIComponent(secret.toWellFormed())}`;
  return whole;
}

/**
 * Whether a URL has the origin of another one and a beginning of its path. Cloudflare does not document which part of a
 * URL it returns after it has extracted the secret.
 */
export function isBeginningOf(returned: URL, sent: URL): boolean {
  const path = returned.pathname.replace(/\/$/, '');
  // A parameter that comes back with another value is not the one that was sent.
  if ([...returned.searchParams].some(([name, value]) => sent.searchParams.get(name) !== value)) {
    return false;
  }
  return returned.origin === sent.origin && (sent.pathname === path || sent.pathname.startsWith(`${path}/`));
}

/** Problems of a port that is not among the allowed ones. */
export function checkPort({ protocol, port }: URL, allowed: readonly string[]): readonly UrlProblem[] {
  const used = port || (protocol === 'http:' ? '80' : '443');
  return allowed.includes(used) ? [] : [{ kind: 'port', port: used, allowed }];
}

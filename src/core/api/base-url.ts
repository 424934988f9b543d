import { parseUrl } from '../model/parse-url.ts';

export const PUBLIC_API = 'https://api.cloudflare.com/client/v4';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host is this machine itself. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

export type BaseUrl =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly problem: 'notAnAddress' | 'insecure' | 'credentials' };

/**
 * Validates the API address: https, or http to this machine only, without user, query or fragment. Empty means the
 * public API. A trailing slash is removed.
 */
export function parseBaseUrl(text: string): BaseUrl {
  const trimmed = text.trim();
  if (trimmed === '') {
    return { ok: true, url: PUBLIC_API };
  }
  const url = parseUrl(trimmed);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return { ok: false, problem: 'notAnAddress' };
  }
  if (url.username || url.password || url.search || url.hash) {
    return { ok: false, problem: 'credentials' };
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return { ok: false, problem: 'insecure' };
  }
  return { ok: true, url: `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}` };
}

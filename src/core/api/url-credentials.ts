import { parseUrl } from '../model/parse-url.ts';

/** A text of this length counts as secret even if it contains only letters. */
const LONGEST_WORD = 16;

/** Path segments of the extension's own API calls, which appear in every line of the log. */
const OWN_PATH = new Set([
  'client',
  'v4',
  'v3',
  'accounts',
  'alerting',
  'available_alerts',
  'destinations',
  'webhooks',
  'policies',
  'history',
  'silences',
  'test',
  'user',
  'tokens',
  'verify',
]);

/**
 * Whether a text is an ordinary word or number and not a secret. Ordinary: letters in one case with dashes ("services",
 * "open-apis"), a version, or a small number.
 */
export function isOrdinary(text: string): boolean {
  return (
    text.length < LONGEST_WORD &&
    (/^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)(?:[-_.](?:[a-z]+|[A-Z]+|[A-Z][a-z]+))*$/.test(text) || /^v?\d{1,4}$/.test(text))
  );
}

/**
 * The parts of a URL that a receiver may quote alone ("Cannot POST /hooks/…"). These are the path, host with path, and
 * each path segment and query value that is not ordinary. Empty if the text is not a URL.
 */
export function credentialsOf(secret: string): readonly string[] {
  const url = /^https?:\/\//i.test(secret) ? parseUrl(secret) : undefined;
  if (!url) {
    return [];
  }
  const { host, pathname, search, searchParams, hash, username, password } = url;
  const segments = pathname.split('/').filter(Boolean);
  const isOwn = segments.every((segment) => OWN_PATH.has(segment));
  const paths = isOwn ? [] : [pathname + search, pathname, host + pathname];
  const parts = [...segments, ...searchParams.values(), hash.slice(1), username, password];
  return [...paths, ...parts.filter((part) => part.length >= 4 && !isOrdinary(part))];
}

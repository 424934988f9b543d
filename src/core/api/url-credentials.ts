/** From this length on a text counts as secret even if it is made of letters only. */
const LONGEST_WORD = 16;

/** The words of the paths this extension calls itself, which stand in every line of the log. */
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
 * Whether a text is an ordinary word or number rather than a secret: letters in one case with dashes between ("services",
 * "open-apis"), a version, or a small number.
 */
export function isOrdinary(text: string): boolean {
  return (
    text.length < LONGEST_WORD &&
    (/^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)(?:[-_.](?:[a-z]+|[A-Z]+|[A-Z][a-z]+))*$/.test(text) || /^v?\d{1,4}$/.test(text))
  );
}

/**
 * The parts of a URL that a receiver may quote without the rest ("Cannot POST /hooks/…"): path, host with path, and every
 * part of the path and value of the query that is not an ordinary word. Nothing for a text that is no URL.
 */
export function credentialsOf(secret: string): readonly string[] {
  if (!/^https?:\/\//i.test(secret) || !URL.canParse(secret)) {
    return [];
  }
  const { host, pathname, search, searchParams, hash, username, password } = new URL(secret);
  const segments = pathname.split('/').filter(Boolean);
  const isOwn = segments.every((segment) => OWN_PATH.has(segment));
  const paths = isOwn ? [] : [pathname + search, pathname, host + pathname];
  const parts = [...segments, ...searchParams.values(), hash.slice(1), username, password];
  return [...paths, ...parts.filter((part) => part.length >= 4 && !isOrdinary(part))];
}

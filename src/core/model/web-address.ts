/** White space, line breaks and invisible characters that a copied URL brings along. */
const INVISIBLE = /[\s\p{Cc}\p{Cf}]/gu;

/**
 * The form of a URL to compare by: invisible characters removed, then as the URL standard writes it (scheme and host in
 * lower case, no default port, a path of at least `/`, no dot at the end of the host). Text that is not a URL is only trimmed.
 */
export function normalizeAddress(text: string): string {
  const visible = text.replaceAll(INVISIBLE, '');
  if (!URL.canParse(visible)) {
    return text.trim();
  }
  const url = new URL(visible);
  if (url.hostname.endsWith('.') && url.hostname.length > 1) {
    url.hostname = url.hostname.replace(/\.+$/, '');
  }
  return url.href;
}

export function isSameAddress(a: string, b: string): boolean {
  return a === b || normalizeAddress(a) === normalizeAddress(b);
}

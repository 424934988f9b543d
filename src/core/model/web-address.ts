import { parseUrl } from './parse-url.ts';

/** White space, line breaks and invisible characters that a copied URL brings along. */
const INVISIBLE = /[\s\p{Cc}\p{Cf}]/gu;

/** Invisible characters that no name needs: zero-width space, word joiner and byte order mark. */
const ZERO_WIDTH = /[\u200B\u2060\uFEFF]/g;

/**
 * The form of a URL to compare by: invisible characters removed, then as the URL standard writes it (scheme and host in
 * lower case, no default port, a path of at least `/`, no dot at the end of the host). Text that is not a URL is only trimmed.
 */
export function normalizeAddress(text: string): string {
  const visible = text.replaceAll(INVISIBLE, '');
  const url = parseUrl(visible);
  if (!url) {
    return text.trim();
  }
  if (url.hostname.endsWith('.') && url.hostname.length > 1) {
    url.hostname = url.hostname.replace(/(?<!\.)\.+$/, '');
  }
  return url.href;
}

export function isSameAddress(a: string, b: string): boolean {
  return a === b || normalizeAddress(a) === normalizeAddress(b);
}

/**
 * A name as it is sent: trimmed, on one line, without zero-width characters. Joiners inside an emoji or a word stay. Here and
 * below, a lookbehind before `+$` keeps the time proportional to the length: without it each character of a run begins a
 * match of its own.
 */
export function normalizeName(name: string): string {
  return name
    .replaceAll(ZERO_WIDTH, '')
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/^[\s\p{Cf}]+|(?<![\s\p{Cf}])[\s\p{Cf}]+$/gu, '');
}

/** Where in a text a problem is, in UTF-16 code units. */
export type Place = { readonly offset: number; readonly length: number };

/** The first run of white space or invisible characters inside a text, not counting those around it. */
export function findInvisible(text: string): Place | undefined {
  const start = /^[\s\p{Cc}\p{Cf}]*/u.exec(text)?.[0].length ?? 0;
  const inside = text.slice(start).replace(/(?<![\s\p{Cc}\p{Cf}])[\s\p{Cc}\p{Cf}]+$/u, '');
  const found = /[\s\p{Cc}\p{Cf}]+/u.exec(inside);
  return found ? { offset: start + found.index, length: found[0].length } : undefined;
}

/**
 * The part of a text that keeps it from being a URL: the port where only the port is wrong, else the host, else all of
 * it. Only for text that {@link normalizeAddress} cannot parse.
 */
export function findInvalidPart(text: string): Place {
  const parts = /^(\s*[a-z][a-z0-9+.-]*:\/*(?:[^/?#@]*@)?)(\[[^\]]*\]?|[^/?#:]*)(:[^/?#]*)?/i.exec(text);
  const [, before = '', host = '', port = ''] = parts ?? [];
  const scheme = before.trim();
  if (port !== '' && host !== '' && parseUrl(`${scheme}${host}`)) {
    return { offset: before.length + host.length, length: port.length };
  }
  return parts && host.trim() !== ''
    ? { offset: before.length, length: host.length }
    : { offset: 0, length: text.length };
}

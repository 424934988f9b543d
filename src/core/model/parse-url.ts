/**
 * A text as a URL; undefined where it is none. Not `URL.canParse` and then `new URL`: of a host with more than 16,384 characters,
 * one of them a capital letter, Node 24 accepts in one what it refuses in the other.
 */
export function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.parse(text, base?.href) ?? undefined;
}

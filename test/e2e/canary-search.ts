import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A secret that must not be found, by what it is. */
export type Canary = { readonly name: string; readonly value: string };

/** Where a canary was found, and in which encoding. */
export type Hit = { readonly place: string; readonly canary: string; readonly encoding: string };

/** All encodings in which a canary could have been written. Case does not matter: the search ignores it. */
function encodingsOf(value: string): ReadonlyMap<string, string> {
  const inBase64 = (before: string): string => {
    const encoded = Buffer.from(before + value).toString('base64');
    // The first and last characters also depend on what stands beside the value.
    return encoded.slice(Math.ceil((before.length * 8) / 6), Math.floor(((before.length + value.length) * 8) / 6));
  };
  return new Map([
    ['as it is', value],
    ['percent-encoded', encodeURIComponent(value)],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(value))],
    [
      'JSON-escaped',
      JSON.stringify(value)
        .slice(1, -1)
        .replaceAll('/', String.raw`\/`),
    ],
    ['base64', inBase64('')],
    ['base64 after one byte', inBase64(':')],
    ['base64 after two bytes', inBase64('::')],
    ['hex', Buffer.from(value).toString('hex')],
  ]);
}

/** The canaries in a text. Zero bytes are removed first, so that UTF-16 counts too. */
export function searchText(text: string, place: string, canaries: readonly Canary[]): readonly Hit[] {
  const haystack = text.replaceAll(/[\0\u200B-\u200F\uFEFF]/g, '').toLowerCase();
  return canaries.flatMap(({ name, value }) =>
    [...encodingsOf(value)].flatMap(([encoding, needle]) =>
      haystack.includes(needle.toLowerCase()) ? [{ place, canary: name, encoding }] : [],
    ),
  );
}

/** Searches every byte of every file below a folder. */
export async function searchFolder(folder: string, canaries: readonly Canary[]): Promise<readonly Hit[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hits: Hit[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    hits.push(...searchText(await readFile(file, 'latin1'), path.relative(folder, file), canaries));
  }
  return hits;
}

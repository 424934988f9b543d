import { guessType } from '../model/destination-types/index.ts';
import { type Destination, type Draft, hostOf } from '../model/destination.ts';
import { createIdSet } from '../model/id.ts';
import { normalizeAddress } from '../model/web-address.ts';

/** A one-way digest of a text, e.g. SHA-256 in hexadecimal. */
export type Digest = (text: string) => Promise<string>;

/**
 * Recognizes the URL of a destination without holding it: `url` is the digest of the salted, normalized URL. `isCut`:
 * Cloudflare may return this URL without its secret part, and then it is not recognized.
 */
export type Fingerprint = { readonly salt: string; readonly url: string; readonly isCut: boolean };

export async function takeFingerprint({ url }: Draft, salt: string, digest: Digest): Promise<Fingerprint> {
  return {
    salt,
    url: await digest(`${salt}\n${normalizeAddress(url)}`),
    isCut: guessType(url)?.secret === 'url',
  };
}

/** SHA-256 of a text, in hexadecimal. */
export async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A destination that may be the one whose creation was not answered; only the user can tell. */
export type Candidate = { readonly id: string; readonly host: string };

/** What a creation without an answer left behind: the one destination it certainly made, or those that may be it. */
export type Found = { readonly certain?: Destination; readonly candidates: readonly Candidate[] };

/** What is known of a creation that was sent: enough to recognize what it made. */
export type SentCreation = {
  readonly name: string;
  readonly host: string;
  /** IDs of the destinations that existed right before it was sent. */
  readonly knownIds: readonly string[];
  readonly fingerprint: Fingerprint;
};

/**
 * Looks for what a creation made: not there before, the same name, and the fingerprint of its URL. Where Cloudflare cuts the
 * URL, or two destinations match, nothing is certain.
 */
export async function findCreation(
  { name, host, knownIds, fingerprint }: SentCreation,
  destinations: readonly Destination[],
  digest: Digest,
): Promise<Found> {
  const known = createIdSet(knownIds);
  const namesakes = destinations.filter((each) => !known.has(each.id) && each.name.trim() === name.trim());
  const prints = await Promise.all(
    namesakes.map(async ({ url }) => digest(`${fingerprint.salt}\n${normalizeAddress(url)}`)),
  );
  const matches = namesakes.filter((_, index) => prints[index] === fingerprint.url);
  const [only] = matches;
  if (only && matches.length === 1) {
    return { certain: only, candidates: [] };
  }
  const possible =
    matches.length > 0 ? matches : fingerprint.isCut ? namesakes.filter(({ url }) => hostOf(url) === host) : [];
  return { candidates: possible.map(({ id, url }) => ({ id, host: hostOf(url) })) };
}

/**
 * Randomness that is the same on every run. Everything is seeded by a name, not by a position, so that a row added to
 * the demo world does not change the ids and times of the others.
 */

/** Numbers in [0, 1), a function of `seed` alone (mulberry32 over an FNV-1a hash). */
export function seededRandom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (const character of seed) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer in [min, max]. */
export function integerBetween(random: () => number, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

/** 32 hex characters, Cloudflare's present form of an id. */
export function hexId(seed: string): string {
  return text(seed, 32, '0123456789abcdef');
}

/** A dashed UUID, the form that destination ids had in 2024 (terraform-provider-cloudflare #3200). */
export function dashedId(seed: string): string {
  return hexId(seed).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** `length` characters of `alphabet`: stands in for the secret parts of URLs and tokens. */
export function text(
  seed: string,
  length: number,
  alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789',
): string {
  const random = seededRandom(seed);
  return Array.from({ length }, () => alphabet.charAt(integerBetween(random, 0, alphabet.length - 1))).join('');
}

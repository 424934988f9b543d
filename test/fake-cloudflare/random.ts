/**
 * Deterministic random values. The seed is a name instead of a position, so that a new row in the demo world does not
 * change the ids and timestamps of other rows.
 */

/** Returns a generator of numbers in [0, 1) that depends only on `seed` (mulberry32 with an FNV-1a hash). */
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

/** Returns an integer in [min, max]. */
export function integerBetween(random: () => number, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

/** Returns 32 hexadecimal characters, the current format of Cloudflare ids. */
export function hexId(seed: string): string {
  return text(seed, 32, '0123456789abcdef');
}

/** Returns a dashed UUID, the format of destination ids in 2024 (terraform-provider-cloudflare #3200). */
export function dashedId(seed: string): string {
  return hexId(seed).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Returns `length` characters of `alphabet`, used as secret parts of URLs. */
export function text(
  seed: string,
  length: number,
  alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789',
): string {
  const random = seededRandom(seed);
  return Array.from({ length }, () => alphabet.charAt(integerBetween(random, 0, alphabet.length - 1))).join('');
}

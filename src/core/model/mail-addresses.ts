import { removeInvisible } from './plain-text.ts';

/** Longer than any address may be (RFC 5321), in characters. Bounds the time of {@link ADDRESS}. */
const LONGEST = 500;
/** Cloudflare decides which addresses it accepts. This finds typing errors only. */
const ADDRESS = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/;

/** E-mail addresses in a text, separated by commas, semicolons or white space, each once. `invalid`: the other words. */
export function parseMailAddresses(text: string): {
  readonly addresses: readonly string[];
  readonly invalid: readonly string[];
} {
  const unique = new Map<string, string>();
  for (const word of removeInvisible(text).split(/[\s,;]+/)) {
    if (word !== '' && !unique.has(word.toLowerCase())) {
      unique.set(word.toLowerCase(), word);
    }
  }
  const words = [...unique.values()];
  return {
    addresses: words.filter(isAddress),
    invalid: words.filter((word) => !isAddress(word)),
  };
}

function isAddress(word: string): boolean {
  return word.length <= LONGEST && ADDRESS.test(word);
}

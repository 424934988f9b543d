import { removeInvisible } from './plain-text.ts';

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
    addresses: words.filter((word) => ADDRESS.test(word)),
    invalid: words.filter((word) => !ADDRESS.test(word)),
  };
}

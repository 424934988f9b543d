import { removeInvisible } from '../model/plain-text.ts';
import { canonicalForms, type CanonicalText, toCanonical } from './canonical-text.ts';
import { credentialsOf, isOrdinary } from './url-credentials.ts';

/** What stands in the place of a secret. */
const REDACTED = '•••';

export type Redactor = {
  /**
   * From now on this text is redacted wherever it occurs: a token, a secret, or a webhook URL with its parts. Also known
   * percent-encoded, JSON-escaped, in base64, in another case, and with invisible characters inside.
   */
  remember(secret: string): void;
  /**
   * The text without remembered secrets, tokens of any known shape, or more of a URL than scheme and host. Invisible
   * characters are removed. Only the first `most` characters are processed; the rest is dropped.
   */
  redact(text: string, most?: number): string;
};

/** Characters. Longer lines of the log are cut; an error message is cut earlier, at {@link LONGEST_MESSAGE}. */
const LONGEST_TEXT = 16_384;

/** The most that is read of a message of Cloudflare, a proxy or the system, in characters. */
export const LONGEST_MESSAGE = 2048;

/** Shorter texts would match ordinary words; Cloudflare's tokens have 40 characters and more. */
const SHORTEST_SECRET = 6;

/** A shorter text counts only as a whole word: a file name or an ID may hold the same few characters. */
const SHORTEST_INSIDE_WORDS = 8;

/** Needles are found by this many last characters: the URLs of a service begin alike. */
const KEY_LENGTH = 4;

/** A longer secret is looked for in pieces, so that the work for one position of a text is bounded. */
const LONGEST_NEEDLE = 256;

/** What to look for, in canonical form. */
type Needle = {
  readonly text: string;
  /** Whether it counts only between characters that do not belong to a word: short texts are parts of ordinary words. */
  readonly isWord: boolean;
};

type Range = { readonly start: number; readonly end: number };

/**
 * Removes credentials from text that is about to be logged or shown: the ones it was told of and, in case it was not,
 * whatever looks like one. URLs lose path, query, user and fragment, since for most destinations those are the secret.
 * Takes time proportional to the length of the text, however many secrets are remembered.
 */
export function createRedactor(): Redactor {
  const remembered = new Set<string>();
  /** By their last characters. */
  const needles = new Map<string, readonly Needle[]>();

  function add(needle: Needle): void {
    const key = needle.text.slice(-KEY_LENGTH);
    const others = needles.get(key) ?? [];
    if (!others.some(({ text, isWord }) => text === needle.text && isWord === needle.isWord)) {
      needles.set(key, [...others, needle]);
    }
  }

  /** Where needles stand in the original text. */
  function findRanges({ text, starts, ends }: CanonicalText): readonly Range[] {
    const found: Range[] = [];
    for (let end = KEY_LENGTH; end <= text.length; end += 1) {
      for (const needle of needles.get(text.slice(end - KEY_LENGTH, end)) ?? []) {
        const start = end - needle.text.length;
        if (text.endsWith(needle.text, end) && (!needle.isWord || !isInsideWord(text, start, end))) {
          found.push({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 });
        }
      }
    }
    return found;
  }

  return {
    remember(secret) {
      if (remembered.has(secret) || secret.length < SHORTEST_SECRET) {
        return;
      }
      remembered.add(secret);
      for (const part of [secret, ...credentialsOf(secret)]) {
        const isOrdinaryPath = part.split('/').every((each) => each === '' || isOrdinary(each));
        for (const { text: form, isBase64 } of canonicalForms(part)) {
          const isWord = form.length < SHORTEST_INSIDE_WORDS || (isOrdinaryPath && !isBase64);
          for (const piece of piecesOf(form)) {
            add({ text: piece, isWord });
          }
        }
      }
    },
    redact(text, most = LONGEST_TEXT) {
      const all = removeInvisible(text);
      const isCut = all.length > most;
      // A secret that begins before the cut is redacted whole: half a secret would not be known as one.
      const visible = isCut ? all.slice(0, most + 6 * LONGEST_NEEDLE) : all;
      const ranges = toCanonical(visible).flatMap(findRanges);
      const kept: string[] = [];
      let copied = 0;
      for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
        if (isCut && start >= most) {
          break;
        }
        if (start > copied || copied === 0) {
          kept.push(visible.slice(copied, start), REDACTED);
        }
        copied = Math.max(copied, end);
      }
      kept.push(visible.slice(copied, isCut ? Math.max(copied, most) : undefined), isCut ? '…' : '');
      return redactShapes(kept.join(''));
    },
  };
}

/** The form in pieces of equal length that do not overlap: a piece inside another match would not be found. */
function piecesOf(form: string): readonly string[] {
  if (form.length < KEY_LENGTH) {
    return [];
  }
  const count = Math.ceil(form.length / LONGEST_NEEDLE);
  const size = Math.ceil(form.length / count);
  return Array.from({ length: count }, (_, index) => form.slice(index * size, (index + 1) * size));
}

/** "endpoints", "auth/required.": words that follow the name of an authentication scheme in a sentence. */
function isPhrase(text: string): boolean {
  return text.length < 64 && text.split(/[/.]/).every((word) => word === '' || isOrdinary(word));
}

function isInsideWord(text: string, start: number, end: number): boolean {
  return isLetter(text.charAt(start - 1)) || isLetter(text.charAt(end));
}

function isLetter(char: string): boolean {
  return /[\p{L}\p{N}_]/u.test(char);
}

/** The part of {@link Redactor.redact} that needs no memory: tokens by their shape, URLs down to scheme and host. */
export function redactPatterns(text: string): string {
  const isCut = text.length > LONGEST_TEXT;
  return redactShapes(removeInvisible(isCut ? `${text.slice(0, LONGEST_TEXT)}…` : text));
}

/**
 * No quantifier can start over inside what another one has matched, and the scheme is bounded: the time is proportional
 * to the length. A URL also counts with its slashes JSON-escaped or percent-encoded.
 */
function redactShapes(text: string): string {
  return text
    .replace(/\bcf(?:ut|at|k)_[\w-]+/gi, REDACTED)
    .replace(
      /\b(authorization\\?["']?\s?[:=]\s?\\?["']?(?:[a-z-]{1,20} )?|(?:bearer|genie-?key|splunk|basic) {1,4})([\w\-.~+/]{6,}=*)/gi,
      (whole: string, before: string, word: string) => (isPhrase(word) ? whole : `${before}${REDACTED}`),
    )
    .replace(
      /\b([a-z][a-z0-9.-]{0,20}(?::|%3a)(?:\\?\/|%2f){2})(?:[^\s/?#"'<>\\%]*@)?([^\s/?#"'<>\\@%]*)((?:\\\/|[/?#%])(?:[^\s"'<>\\]|\\\/|\\u[0-9a-f]{4})*)?/gi,
      (_whole: string, scheme: string, host: string, rest: string | undefined) =>
        rest === undefined || rest === '/' ? `${scheme}${host}${rest ?? ''}` : `${scheme}${host}/${REDACTED}`,
    );
}

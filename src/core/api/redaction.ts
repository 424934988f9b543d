import { removeInvisible } from '../model/plain-text.ts';
import { canonicalForms, type CanonicalText, toCanonical } from './canonical-text.ts';
import { credentialsOf, isOrdinary } from './url-credentials.ts';

/** The replacement for a secret. */
const REDACTED = '•••';

export type Redactor = {
  /**
   * Redacts this text from now on: a token, a secret, or a webhook URL with its parts. Also matches it percent-encoded,
   * JSON-escaped, in base64, in another case, and with invisible characters inside.
   */
  remember(secret: string): void;
  /**
   * Removes remembered secrets, tokens of known shapes, and every part of a URL except scheme and host. Removes
   * invisible characters. Processes only the first `most` characters and drops the rest.
   */
  redact(text: string, most?: number): string;
};

/** In characters. Longer log lines are cut. Error messages are cut earlier, at {@link LONGEST_MESSAGE}. */
const LONGEST_TEXT = 16_384;

/** The most characters of a message of Cloudflare, a proxy or the system. */
export const LONGEST_MESSAGE = 2048;

/** Shorter texts would match ordinary words. Cloudflare's tokens have at least 40 characters. */
const SHORTEST_SECRET = 6;

/** A shorter text matches only as a whole word, because a file name or ID may contain the same characters. */
const SHORTEST_INSIDE_WORDS = 8;

/** Needles are indexed by this many last characters, because the URLs of a service share their beginning. */
const KEY_LENGTH = 4;

/** A longer secret is matched in pieces, which bounds the work per position of a text. */
const LONGEST_NEEDLE = 256;

/** A text to match, in canonical form. */
type Needle = {
  readonly text: string;
  /** Whether it matches only as a whole word, because short texts are parts of ordinary words. */
  readonly isWord: boolean;
};

type Range = { readonly start: number; readonly end: number };

/**
 * Removes credentials from text that will be logged or shown: the remembered ones, and anything of a known shape. URLs
 * lose path, query, user and fragment, because these are the secret for most destinations. The time is proportional to
 * the length of the text, for any number of remembered secrets.
 */
export function createRedactor(): Redactor {
  const remembered = new Set<string>();
  /** Indexed by their last characters. */
  const needles = new Map<string, readonly Needle[]>();

  function add(needle: Needle): void {
    const key = needle.text.slice(-KEY_LENGTH);
    const others = needles.get(key) ?? [];
    if (!others.some(({ text, isWord }) => text === needle.text && isWord === needle.isWord)) {
      needles.set(key, [...others, needle]);
    }
  }

  /** The ranges of needles in the original text. */
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
      for (const part of [secret, removeInvisible(secret), ...credentialsOf(secret)]) {
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
      // A secret that begins before the cut is redacted whole, because half a secret would not be recognized.
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

/**
 * Splits a form into pieces of equal length that do not overlap, because a piece inside another match would not be
 * found.
 */
function piecesOf(form: string): readonly string[] {
  if (form.length < KEY_LENGTH) {
    return [];
  }
  const count = Math.ceil(form.length / LONGEST_NEEDLE);
  const size = Math.ceil(form.length / count);
  return Array.from({ length: count }, (_, index) => form.slice(index * size, (index + 1) * size));
}

/**
 * Whether the text after an authentication scheme consists of ordinary words, such as "endpoints" or "auth/required.".
 */
function isPhrase(text: string): boolean {
  return text.length < 64 && text.split(/[/.]/).every((word) => word === '' || isOrdinary(word));
}

function isInsideWord(text: string, start: number, end: number): boolean {
  return isLetter(text.charAt(start - 1)) || isLetter(text.charAt(end));
}

function isLetter(char: string): boolean {
  return /[\p{L}\p{N}_]/u.test(char);
}

/**
 * The part of {@link Redactor.redact} without remembered secrets: tokens by their shape, URLs down to scheme and host.
 */
export function redactPatterns(text: string): string {
  const isCut = text.length > LONGEST_TEXT;
  return redactShapes(removeInvisible(isCut ? `${text.slice(0, LONGEST_TEXT)}…` : text));
}

/**
 * No quantifier can restart inside the match of another, and the scheme and the user part are bounded. So the time is
 * proportional to the length. A URL also matches with slashes that are escaped for JSON, HTML or another URL, once or twice.
 */
function redactShapes(text: string): string {
  return text
    .replace(/\bcf(?:ut|at|k)_[\w-]+/gi, REDACTED)
    .replace(
      /\b(authorization\\?["']?\s?[:=]\s?\\?["']?(?:[a-z-]{1,20}(?:[ \t]|%20){1,4}\\?["']?)?|(?:bearer|genie-?key|splunk|basic)(?:[ \t]|%20){1,4}\\?["']?)([\w\-.~+/]{6,}=*)/gi,
      (whole: string, before: string, word: string) => (isPhrase(word) ? whole : `${before}${REDACTED}`),
    )
    .replace(
      /\b([a-z][a-z0-9.-]{0,20}(?::|%(?:25)?3a)(?:\\{0,3}\/|%(?:25)?2f|\\{1,3}u002f|&#(?:x2f|47);){2})(?:(?:(?!%(?:25)?(?:2f|3f|23)|'[,:;)}\]])[^\s/?#"<>\\]){0,256}@)?([^\s/?#"'<>\\@%&]*)((?:\\{1,3}(?:\/|u[0-9a-f]{4})|[/?#%&])(?:[^\s"'<>\\]|\\{1,3}(?:\/|u[0-9a-f]{4}))*)?/gi,
      (_whole: string, scheme: string, host: string, rest: string | undefined) =>
        rest === undefined || rest === '/' ? `${scheme}${host}${rest ?? ''}` : `${scheme}${host}/${REDACTED}`,
    );
}

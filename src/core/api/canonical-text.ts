/**
 * A text in the form in which secrets are compared: lower case, with percent escapes, JSON escapes and the HTML
 * escapes resolved. `starts[i]` and `ends[i]` are the positions of the character in the original.
 */
export type CanonicalText = {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
};

/** A URL inside a URL inside JSON is escaped three times. */
const MOST_PASSES = 3;

/**
 * Percent escapes of ASCII, and the JSON escapes that occur in URLs. JSON escapes of control characters are not
 * resolved, because a backslash before a letter also occurs in Windows paths.
 */
const ESCAPE = /%([0-7][0-9a-f])|\\u([0-9a-f]{4})|\\([\\/"])|&(?:#(x?)0*([0-9a-f]{1,3})|(amp|quot|apos|lt|gt));/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' };

/**
 * The forms of a text, from all escapes kept to all escapes resolved: a percent sign before a secret must not hide it.
 * The time is proportional to the length of the text.
 */
export function toCanonical(original: string): readonly [CanonicalText, ...CanonicalText[]] {
  const identity = Array.from({ length: original.length + 1 }, (_, index) => index);
  let now: CanonicalText = { text: original, starts: identity, ends: identity.slice(1) };
  const forms: [CanonicalText, ...CanonicalText[]] = [foldCase(now)];
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const next = resolveEscapes(now);
    if (next.text.length === now.text.length) {
      break;
    }
    now = next;
    forms.push(foldCase(now));
  }
  return forms;
}

function resolveEscapes({ text, starts, ends }: CanonicalText): CanonicalText {
  const parts: string[] = [];
  const newStarts: number[] = [];
  const newEnds: number[] = [];
  let copied = 0;
  const copyUntil = (end: number): void => {
    parts.push(text.slice(copied, end));
    for (let index = copied; index < end; index += 1) {
      newStarts.push(starts[index] ?? 0);
      newEnds.push(ends[index] ?? 0);
    }
    copied = end;
  };
  for (const match of text.matchAll(ESCAPE)) {
    const [whole, percent, unicode, plainEscape, x, digits, entity = ''] = match;
    const code = percent ?? unicode ?? digits;
    copyUntil(match.index);
    parts.push(
      code === undefined
        ? (plainEscape ?? ENTITIES[entity.toLowerCase()] ?? '')
        : String.fromCharCode(Number.parseInt(code, x === '' ? 10 : 16)),
    );
    copied = match.index + whole.length;
    newStarts.push(starts[match.index] ?? 0);
    newEnds.push(ends[copied - 1] ?? 0);
  }
  copyUntil(text.length);
  return { text: parts.join(''), starts: newStarts, ends: newEnds };
}

/**
 * Converts to lower case, UTF-16 unit by unit, so that positions stay valid. Form encoding writes a space as a plus
 * sign.
 */
function foldCase({ text, starts, ends }: CanonicalText): CanonicalText {
  const lower = text.toLowerCase();
  const folded = lower.length === text.length ? lower : text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  return { text: folded.replaceAll('+', ' '), starts, ends };
}

/** One encoding of a secret inside another text. */
export type SecretForm = { readonly text: string; readonly isBase64: boolean };

function toForms(form: string, isBase64: boolean): readonly SecretForm[] {
  return toCanonical(form).map(({ text }) => ({ text, isBase64 }));
}

/** All canonical forms of a text inside another text: plain, percent-encoded, or in base64. */
export function canonicalForms(secret: string): readonly SecretForm[] {
  const wellFormed = secret.toWellFormed();
  return [
    ...[secret, encodeURIComponent(wellFormed)].flatMap((form) => toForms(form, false)),
    ...toBase64Forms(wellFormed).flatMap((form) => toForms(form, true)),
  ];
}

/**
 * The base64 of a text at any offset of the encoded bytes: three alignments, in both alphabets. Characters that depend
 * on the surrounding bytes are omitted.
 */
function toBase64Forms(text: string): readonly string[] {
  const bytes = new TextEncoder().encode(text);
  return [0, 1, 2].flatMap((before) => {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    const encoded = btoa(Array.from(padded, (byte) => String.fromCharCode(byte)).join(''));
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((padded.length * 8) / 6);
    const sure = encoded.slice(first, last);
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/**
 * A text in the one form in which secrets are compared: in lower case, with percent escapes, JSON escapes and `&amp;`
 * resolved. `starts[i]` and `ends[i]` are where the character stands in the original.
 */
export type CanonicalText = {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
};

/** An address inside an address inside JSON is escaped three times. */
const MOST_PASSES = 3;

/**
 * Percent escapes of ASCII, and the JSON escapes that occur in URLs. The JSON escapes for control characters are left:
 * a backslash before a letter also occurs in Windows paths.
 */
const ESCAPE = /%([0-7][0-9a-f])|\\u([0-9a-f]{4})|\\([\\/"])|&(amp);/gi;

/**
 * The forms of a text, from the one with all its escapes to the one with none: a percent sign before a secret must not
 * hide it. Takes time proportional to the length of the text.
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
    const [whole, percent, unicode, plainEscape] = match;
    const code = percent ?? unicode;
    copyUntil(match.index);
    parts.push(code === undefined ? (plainEscape ?? '&') : String.fromCharCode(Number.parseInt(code, 16)));
    copied = match.index + whole.length;
    newStarts.push(starts[match.index] ?? 0);
    newEnds.push(ends[copied - 1] ?? 0);
  }
  copyUntil(text.length);
  return { text: parts.join(''), starts: newStarts, ends: newEnds };
}

/** Lower case, one UTF-16 unit for one, so that positions stay; a form writes a space as a plus sign. */
function foldCase({ text, starts, ends }: CanonicalText): CanonicalText {
  const lower = text.toLowerCase();
  const folded = lower.length === text.length ? lower : text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  return { text: folded.replaceAll('+', ' '), starts, ends };
}

/** One way in which a secret may stand inside another text. */
export type SecretForm = { readonly text: string; readonly isBase64: boolean };

function toForms(form: string, isBase64: boolean): readonly SecretForm[] {
  return toCanonical(form).map(({ text }) => ({ text, isBase64 }));
}

/** All canonical forms in which a text may stand inside another one: as it is, percent-encoded, or in base64. */
export function canonicalForms(secret: string): readonly SecretForm[] {
  const wellFormed = secret.toWellFormed();
  return [
    ...[secret, encodeURIComponent(wellFormed)].flatMap((form) => toForms(form, false)),
    ...toBase64Forms(wellFormed).flatMap((form) => toForms(form, true)),
  ];
}

/**
 * The base64 of a text wherever it begins in the encoded bytes: three alignments, in both alphabets. Characters that
 * also depend on the bytes around the text are left out.
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

import * as fc from 'fast-check';
import type { Input } from './targets.ts';

/** Pieces that parsers, regular expressions and escapes treat in a special way. */
const TRICKY = [
  '"',
  "'",
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '/',
  '?',
  '#',
  '%',
  '%25',
  '%zz',
  '&amp;',
  '$',
  '`',
  '<',
  '>',
  '=',
  '@',
  ' ',
  '\0',
  '\n',
  '\r\n',
  '\t',
  '\u2028',
  '\u202E',
  '\u200B',
  '\uFEFF',
  '\uD800',
  '\uDC00',
  '😀',
  'İ',
  'ß',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'true',
  '1e999',
  '-0',
  '//',
  '/*',
  '*/',
  'https://',
  'http://[',
  '://',
  'a@b.c',
  'Bearer ',
  'cfut_',
  String.raw`\u0000`,
  String.raw`\ud800`,
  '0001-01-01T00:00:00Z',
  '+99:99',
  '.',
  '..',
  '-',
  '2026-',
];

/** Units whose repetition makes a regular expression with nested or adjacent quantifiers backtrack. */
const REPEATED = [
  'a',
  ' ',
  '\t',
  '\n',
  '.',
  '-',
  '/',
  '"',
  "'",
  '%',
  '%25',
  '\\',
  '{',
  '[',
  '[[',
  '{"a":',
  '@',
  'a@',
  'a.',
  ':',
  '://',
  'a://',
  'https://',
  'https://@',
  '0',
  '1-',
  '&amp;',
  String.raw`\u0041`,
  'Bearer ',
  'cfut_',
  'status ',
  'webhook test failed ',
  ',',
  '\u200B',
  ' \u200B',
  '\uD800',
  '<',
  '(',
  '/services/',
  '/webhooks/',
  'a b',
  '=',
  '&',
  '?a=',
];
const MOST_REPEATED = 64_000;

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.array(fc.constantFrom(...TRICKY), { maxLength: 30 }).map((parts) => parts.join('')),
  // Bytes, as a file or a body has them.
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
);

const repeatedText = fc
  .tuple(anyText, fc.constantFrom(...REPEATED), fc.integer({ min: 1, max: MOST_REPEATED }), anyText)
  .map(
    ([before, unit, length, after]) =>
      before.slice(0, 8) + unit.repeat(Math.ceil(length / unit.length)) + after.slice(0, 8),
  );

/** A good text with pieces taken out, doubled, swapped or replaced. */
function damaged(samples: readonly string[]): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(), fc.nat(40), fc.oneof(anyText, fc.constantFrom(...TRICKY)), fc.nat(3));
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 0, maxLength: 4 }))
    .map(([sample, changes]) =>
      changes.reduce((text, [at, length, piece, how]) => {
        const start = text.length === 0 ? 0 : at % text.length;
        const [before, middle, after] = [
          text.slice(0, start),
          text.slice(start, start + length),
          text.slice(start + length),
        ];
        return before + (how === 0 ? '' : how === 1 ? middle + middle : how === 2 ? piece : piece + middle) + after;
      }, sample),
    );
}

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }).map((each): unknown => each),
  fc
    .anything({ maxDepth: 3, withNullPrototype: true })
    .filter((each) => typeof each !== 'function' && typeof each !== 'symbol'),
);

/** Inputs for one target. `isSlow`: whether texts of many repeated units may be among them. */
export function inputsFor(samples: readonly string[]): fc.Arbitrary<Input> {
  const text = fc.oneof(
    { weight: 6, arbitrary: anyText },
    ...(samples.length > 0 ? [{ weight: 10, arbitrary: damaged(samples) }] : []),
    { weight: 1, arbitrary: repeatedText },
  );
  const number = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 1e300, 9e15),
  );
  return fc
    .tuple(
      text,
      fc.oneof({ weight: 20, arbitrary: anyText }, { weight: 1, arbitrary: repeatedText }),
      value,
      number,
      fc.boolean(),
    )
    .map(([one, other, plain, num, isParsed]) => ({
      text: one,
      other,
      number: num,
      // A text that is JSON is also a value: the damaged samples of targets that take values.
      value: isParsed ? plain : parse(one, plain),
    }));
}

function parse(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}

import assert from 'node:assert/strict';
import { assert as forAll, property } from 'fast-check';
import { anyText } from '../../any-text.ts';
import { parseDocument } from '../../../../src/core/formats/json-document.ts';
import { guessType } from '../../../../src/core/model/destination-types/index.ts';
import { normalizeDraft } from '../../../../src/core/model/draft.ts';
import { planChange } from '../../../../src/core/model/plan.ts';
import { isSameAddress, normalizeAddress, normalizeName } from '../../../../src/core/model/web-address.ts';

const HOOK = 'https://hooks.example.com/x';

/** As typed or copied, and as it is sent and compared. */
const addresses: readonly (readonly [typed: string, sent: string])[] = [
  [HOOK, HOOK],
  [`  ${HOOK}\r\n`, HOOK],
  ['https://hooks.exam\u200Bple.com/x', HOOK],
  ['\uFEFFhttps://hooks.example.com/\nx', HOOK],
  ['https:hooks.example.com/x', HOOK],
  ['HTTPS://Hooks.Example.COM/x', HOOK],
  ['https://hooks.example.com./x', HOOK],
  ['https://hooks.example.com:443/x', HOOK],
  ['https://hooks.example.com', 'https://hooks.example.com/'],
  ['https://bücher.example/x', 'https://xn--bcher-kva.example/x'],
  ['https://例え.テスト/', 'https://xn--r8jz45g.xn--zckzah/'],
  ['not a URL', 'not a URL'],
  ['', ''],
];

const names: readonly (readonly [typed: string, sent: string])[] = [
  ['Ops', 'Ops'],
  ['  Ops\t', 'Ops'],
  ['\u200BOps\uFEFF', 'Ops'],
  ['On\u200B-call', 'On-call'],
  ['On\r\ncall', 'On call'],
  ['Family \u{1F468}\u200D\u{1F469}', 'Family \u{1F468}\u200D\u{1F469}'],
  ['\u200B \u2060', ''],
];

/** The text of a JSON document, and severity, kind and marked text of each finding. */
const findings: readonly (readonly [title: string, url: string, expected: readonly string[]])[] = [
  ['white space around it', `" ${HOOK}\\n"`, []],
  ['a line break inside', String.raw`"https://hooks.example.com/a\nb"`, [String.raw`warning invisible at \n`]],
  [
    'an escaped zero-width space',
    String.raw`"https:\/\/hooks.ex\u200bample.com"`,
    [String.raw`warning invisible at \u200b`],
  ],
  ['a port out of range', '"https://example.com:99999/x"', ['error notAnAddress at :99999']],
  ['characters no host has', '"https://exa<mple.com/x"', ['error notAnAddress at exa<mple.com']],
  ['half an IPv6 address', '"https://[::1/x"', ['error notAnAddress at [::1/x']],
  ['no scheme', '"example.com/x"', ['error notAnAddress at "example.com/x"']],
  ['no host', '"https://"', ['error notAnAddress at "https://"']],
];

describe('copied text', () => {
  for (const [typed, sent] of addresses) {
    it(`sends the URL ${JSON.stringify(typed)} as ${JSON.stringify(sent)}`, () => {
      assert.equal(normalizeAddress(typed), sent);
      assert.equal(normalizeDraft({ name: 'a', url: typed }).url, sent);
      assert.equal(guessType(typed)?.type, guessType(sent)?.type);
      assert.ok(isSameAddress(typed, sent));
      const { draft } = parseDocument(JSON.stringify({ name: 'a', url: typed }));
      assert.equal(draft?.url, sent);
    });
  }

  for (const [typed, sent] of names) {
    it(`sends the name ${JSON.stringify(typed)} as ${JSON.stringify(sent)}`, () => {
      assert.equal(normalizeName(typed), sent);
      assert.equal(parseDocument(JSON.stringify({ name: typed, url: HOOK })).draft?.name, sent);
    });
  }

  for (const [title, url, expected] of findings) {
    it(`finds ${title} at its position`, () => {
      const text = `{ "name": "Ops", "url": ${url} }`;
      const found = parseDocument(text).findings.map(
        ({ severity, problem, offset, length }) =>
          `${severity} ${problem.kind === 'draft' ? problem.problem.kind : problem.kind} at ${text.slice(offset, offset + length)}`,
      );
      assert.deepEqual(found, expected);
    });
  }

  it('changes nothing where a destination is saved as it is', () => {
    for (const url of [
      'https://Example.com',
      'https://example.com',
      'https://example.com/',
      'https://example.com./a',
    ]) {
      const current = { id: '1', name: ' Ops ', type: 'generic', url };
      for (const typed of [url, ` ${url}`, normalizeAddress(url)]) {
        const draft = normalizeDraft({ name: current.name, url: typed }, current);
        assert.equal(draft.url, url);
        assert.equal(planChange(current, draft).kind, 'nothing');
      }
    }
  });

  it('is normalized only once', () => {
    forAll(
      property(anyText(), (text) => {
        assert.equal(normalizeAddress(normalizeAddress(text)), normalizeAddress(text));
        assert.equal(normalizeName(normalizeName(text)), normalizeName(text));
        assert.doesNotThrow(() => parseDocument(JSON.stringify({ name: text, url: text })));
      }),
    );
  });
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { anyText, anyUrl } from '../../any-text.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { normalizeDraft } from '../../../../src/core/model/draft.ts';
import {
  type DocumentContext,
  findRemoval,
  findValue,
  formatDocument,
  parseDocument,
} from '../../../../src/core/formats/json-document.ts';

const URL_OF_HOOK = 'https://hooks.example.com/x';
const current: Destination = { id: '1', name: 'SIEM', type: 'generic', url: URL_OF_HOOK };

/** Severity, kind and marked text of each finding. */
function describeFindings(text: string, context?: DocumentContext): readonly string[] {
  return parseDocument(text, context).findings.map(({ severity, offset, length, problem }) => {
    const kind = problem.kind === 'draft' ? `${problem.problem.field} ${problem.problem.kind}` : problem.kind;
    return `${severity}: ${kind} at ${text.slice(offset, offset + length)}`;
  });
}

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['no problem in a complete document', `{"name":"a","url":"${URL_OF_HOOK}"}`, []],
  ['an unknown key', `{"name":"a","url":"${URL_OF_HOOK}","headers":{}}`, ['error: unknownKey at "headers"']],
  ['a read-only key', `{"id":"1","name":"a","url":"${URL_OF_HOOK}"}`, ['error: readOnlyKey at "id"']],
  ['a wrong type', `{"name":7,"url":"${URL_OF_HOOK}"}`, ['error: wrongType at 7']],
  ['a missing key', `{"name":"a"}`, ['error: missingKey at {']],
  ['a duplicate key', `{"name":"a","url":"${URL_OF_HOOK}","name":"b"}`, ['error: duplicateKey at "name"']],
  ['an empty name', `{"name":" ","url":"${URL_OF_HOOK}"}`, ['error: name empty at " "']],
  ['a bad URL', `{"name":"a","url":"hooks"}`, ['error: url notAnAddress at "hooks"']],
  [
    'http for a type that requires https',
    `{"name":"a","url":"http://hooks.slack.com/services/a/b/c"}`,
    ['error: url insecure at "http://hooks.slack.com/services/a/b/c"'],
  ],
  [
    'a missing required secret',
    `{"name":"a","url":"https://api.opsgenie.com/v2/alerts"}`,
    ['error: secret missing at "https://api.opsgenie.com/v2/alerts"'],
  ],
  [
    'a secret for a type that has its secret in the URL',
    `{"name":"a","url":"https://hooks.slack.com/services/a/b/c","secret":"s"}`,
    ['warning: secret unused at "s"'],
  ],
  ['an empty secret', `{"name":"a","url":"${URL_OF_HOOK}","secret":""}`, ['error: emptySecret at ""']],
  ['a document that is not an object', '[]', ['error: notAnObject at []']],
  ['a trailing comma', `{"name":"a","url":"${URL_OF_HOOK}",}`, ['error: syntax at }']],
  ['the key __proto__', `{"name":"a","url":"${URL_OF_HOOK}","__proto__":{}}`, ['error: unknownKey at "__proto__"']],
];

describe('JSON document', () => {
  for (const [title, text, expected] of cases) {
    it(`finds ${title}`, () => {
      assert.deepEqual(describeFindings(text), expected);
    });
  }

  it('reports a syntax error for a comment and for an incomplete document', () => {
    assert.match(describeFindings(`{"name":"a","url":"${URL_OF_HOOK}"} // why`).join(), /syntax at \/\/ why/);
    assert.match(describeFindings('').join(), /syntax/);
    assert.match(describeFindings('{').join(), /syntax/);
  });

  it('requires a secret for a replacement, but not for an existing destination', () => {
    const url = 'https://api.opsgenie.com/v2/alerts';
    assert.deepEqual(
      describeFindings(formatDocument({ name: 'b', url }), { current: { ...current, url, type: 'opsgenie' } }),
      [],
    );
    assert.match(describeFindings(formatDocument({ name: 'b', url }), { current }).join(), /secret missing/);
    assert.deepEqual(describeFindings(formatDocument({ name: 'b', url }), { current, heldSecret: true }), []);
  });

  it('only warns about an invalid URL that Cloudflare already has', () => {
    const odd = { ...current, url: 'hooks' };
    assert.deepEqual(describeFindings(formatDocument({ name: 'b', url: 'hooks' }), { current: odd }), [
      'warning: url notAnAddress at "hooks"',
    ]);
  });

  it('keeps a name with line separators exact, without a character that VS Code offers to remove', () => {
    const name = 'a\u2028b\u2029c\\u2028';
    const text = formatDocument({ name, url: URL_OF_HOOK });
    assert.doesNotMatch(text, /[\u2028\u2029]/);
    assert.equal(parseDocument(text, { current: { ...current, name } }).draft?.name, name);
  });

  it('finds and removes a key at any position', () => {
    for (const keys of [
      ['secret', 'name', 'url'],
      ['name', 'secret', 'url'],
      ['name', 'url', 'secret'],
    ]) {
      const text = JSON.stringify(Object.fromEntries(keys.map((key) => [key, key])), undefined, 2);
      const value = findValue(text, 'secret') ?? assert.fail();
      assert.equal(text.slice(value.offset, value.offset + value.length), '"secret"');
      const { offset, length } = findRemoval(text, 'secret') ?? assert.fail();
      assert.deepEqual(JSON.parse(text.slice(0, offset) + text.slice(offset + length)), { name: 'name', url: 'url' });
    }
    assert.equal(findRemoval('{"name":"a"}', 'secret'), undefined);
    assert.equal(findValue('[', 'secret'), undefined);
  });

  it('returns findings or a draft for any text and never throws', () => {
    const almostJson = fc
      .json({ maxDepth: 3 })
      .chain((json) =>
        fc
          .tuple(fc.nat(json.length), fc.nat(4), fc.string({ maxLength: 3 }))
          .map(([at, cut, put]) => json.slice(0, at) + put + json.slice(at + cut)),
      );
    const key = fc.constantFrom('"name"', '"url"', '"secret"', '"id"', '"x"', '"__proto__"');
    const pieces = fc.oneof(
      key,
      fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', '//', '/*', 'null', '1e', ' '),
    );
    const soup = fc.array(pieces, { maxLength: 20 }).map((each) => each.join(''));
    fc.assert(
      fc.property(fc.oneof(anyText(), fc.json(), almostJson, soup), (text) => {
        const { draft, findings } = parseDocument(text, { current });
        assert.ok(draft !== undefined || findings.length > 0);
        for (const { offset, length } of findings) {
          assert.ok(offset >= 0 && length >= 0 && offset + length <= text.length + 1);
        }
        assert.doesNotThrow(() => [findValue(text, 'secret'), findRemoval(text, 'secret')]);
      }),
      { numRuns: 2000 },
    );
    assert.ok(parseDocument('['.repeat(200_000)).findings.length > 0);
  });

  it('parses a formatted draft back to the same draft, with name and URL normalized', () => {
    const word = anyText();
    const draft = fc.record(
      { name: word, url: fc.oneof(word, anyUrl()), secret: word },
      { requiredKeys: ['name', 'url'] },
    );
    fc.assert(
      fc.property(draft, (wanted) => {
        assert.deepEqual(parseDocument(formatDocument(wanted)).draft, normalizeDraft({ ...wanted }));
      }),
    );
  });
});

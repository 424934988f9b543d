import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Destination } from '../../../../src/core/model/destination.ts';
import {
  type DocumentContext,
  findRemoval,
  findValue,
  formatDocument,
  parseDocument,
} from '../../../../src/core/formats/json-document.ts';

const URL_OF_HOOK = 'https://hooks.example.com/x';
const current: Destination = { id: '1', name: 'SIEM', type: 'generic', url: URL_OF_HOOK };

/** Severity, kind and the piece of text it stands at. */
function look(text: string, context?: DocumentContext): readonly string[] {
  return parseDocument(text, context).findings.map(({ severity, offset, length, problem }) => {
    const kind = problem.kind === 'draft' ? `${problem.problem.field} ${problem.problem.kind}` : problem.kind;
    return `${severity}: ${kind} at ${text.slice(offset, offset + length)}`;
  });
}

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['a whole document', `{"name":"a","url":"${URL_OF_HOOK}"}`, []],
  ['an unknown key', `{"name":"a","url":"${URL_OF_HOOK}","headers":{}}`, ['error: unknownKey at "headers"']],
  ['what only Cloudflare writes', `{"id":"1","name":"a","url":"${URL_OF_HOOK}"}`, ['error: readOnlyKey at "id"']],
  ['a wrong type', `{"name":7,"url":"${URL_OF_HOOK}"}`, ['error: wrongType at 7']],
  ['a missing key', `{"name":"a"}`, ['error: missingKey at {']],
  ['a key twice', `{"name":"a","url":"${URL_OF_HOOK}","name":"b"}`, ['error: duplicateKey at "name"']],
  ['an empty name', `{"name":" ","url":"${URL_OF_HOOK}"}`, ['error: name empty at " "']],
  ['a bad URL', `{"name":"a","url":"hooks"}`, ['error: url notAnAddress at "hooks"']],
  [
    'http to a type that needs https',
    `{"name":"a","url":"http://hooks.slack.com/services/a/b/c"}`,
    ['error: url insecure at "http://hooks.slack.com/services/a/b/c"'],
  ],
  [
    'a secret that is needed and not there',
    `{"name":"a","url":"https://api.opsgenie.com/v2/alerts"}`,
    ['error: secret missing at "https://api.opsgenie.com/v2/alerts"'],
  ],
  [
    'a secret where the URL has it',
    `{"name":"a","url":"https://hooks.slack.com/services/a/b/c","secret":"s"}`,
    ['warning: secret unused at "s"'],
  ],
  ['an empty secret', `{"name":"a","url":"${URL_OF_HOOK}","secret":""}`, ['error: emptySecret at ""']],
  ['no object', '[]', ['error: notAnObject at []']],
  ['a comma too many', `{"name":"a","url":"${URL_OF_HOOK}",}`, ['error: syntax at }']],
  ['__proto__', `{"name":"a","url":"${URL_OF_HOOK}","__proto__":{}}`, ['error: unknownKey at "__proto__"']],
];

describe('the JSON document', () => {
  for (const [title, text, expected] of cases) {
    it(`finds ${title} at its place`, () => {
      assert.deepEqual(look(text), expected);
    });
  }

  it('says where a comment or the end is', () => {
    assert.match(look(`{"name":"a","url":"${URL_OF_HOOK}"} // why`).join(), /syntax at \/\/ why/);
    assert.match(look('').join(), /syntax/);
    assert.match(look('{').join(), /syntax/);
  });

  it('needs no secret for one that exists, but for what replaces it', () => {
    const url = 'https://api.opsgenie.com/v2/alerts';
    assert.deepEqual(look(formatDocument({ name: 'b', url }), { current: { ...current, url, type: 'opsgenie' } }), []);
    assert.match(look(formatDocument({ name: 'b', url }), { current }).join(), /secret missing/);
    assert.deepEqual(look(formatDocument({ name: 'b', url }), { current, heldSecret: true }), []);
  });

  it('does not refuse a URL that is there already', () => {
    const odd = { ...current, url: 'hooks' };
    assert.deepEqual(look(formatDocument({ name: 'b', url: 'hooks' }), { current: odd }), [
      'warning: url notAnAddress at "hooks"',
    ]);
  });

  it('finds a value and cuts a key out, wherever it stands', () => {
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

  it('takes any text: findings or a draft, never an exception', () => {
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
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), almostJson, soup), (text) => {
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

  it('comes back from its text as it was', () => {
    const word = fc.string({ unit: 'binary' });
    const draft = fc.record(
      { name: word, url: fc.oneof(word, fc.webUrl()), secret: word },
      { requiredKeys: ['name', 'url'] },
    );
    fc.assert(
      fc.property(draft, (wanted) => {
        assert.deepEqual(parseDocument(formatDocument(wanted)).draft, { ...wanted });
      }),
    );
  });
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  formatExportFile,
  LARGEST_FILE,
  readExportFile,
  toExportFile,
} from '../../../../src/core/formats/export-file.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { makeDestination } from '../api/fake-api.ts';

const policy = (id: string, name: string, ids: readonly string[]): Policy => ({
  id,
  name,
  enabled: true,
  alertType: '',
  mechanisms: { webhooks: ids },
  whole: {},
});
const slack = makeDestination('d2', { name: 'Chat', url: 'https://hooks.slack.com/services/T/B/secret' });
const generic = makeDestination('d1', { name: 'Alerts', type: 'generic', url: 'https://example.com:443/hook?key=1' });
const account = {
  id: 'a1',
  name: 'Acme',
  destinations: [slack, generic],
  policies: [policy('p2', 'Zebra', ['d1']), policy('p1', 'Attacks', ['d2', 'd1'])],
};
const destinationsOf = (content: string) => {
  const read = readExportFile(content);
  assert.ok(read.ok);
  return read.accounts.flatMap(({ destinations }) => destinations);
};
const problemOf = (content: string) => {
  const read = readExportFile(content);
  return read.ok ? destinationsOf(content).length : read.problem;
};

describe('export file', () => {
  it('has hosts only, is sorted, and names the policies', () => {
    const text = formatExportFile(
      toExportFile([{ ...account, id: 'b', name: 'Zeta', destinations: [] }, account], 'host'),
    );
    assert.deepEqual(JSON.parse(text), {
      version: 1,
      accounts: [
        {
          id: 'a1',
          name: 'Acme',
          destinations: [
            {
              name: 'Alerts',
              type: 'generic',
              host: 'example.com',
              id: 'd1',
              policies: [
                { id: 'p1', name: 'Attacks' },
                { id: 'p2', name: 'Zebra' },
              ],
            },
            {
              name: 'Chat',
              type: 'slack',
              host: 'hooks.slack.com',
              id: 'd2',
              policies: [{ id: 'p1', name: 'Attacks' }],
            },
          ],
        },
        { id: 'b', name: 'Zeta', destinations: [] },
      ],
    });
    assert.doesNotMatch(text, /secret|hook\?|services/);
  });

  it('is the same file for the same state in any order', () => {
    const shuffled = {
      ...account,
      destinations: account.destinations.toReversed(),
      policies: account.policies.toReversed(),
    };
    for (const urls of ['host', 'whole'] as const) {
      assert.equal(formatExportFile(toExportFile([account], urls)), formatExportFile(toExportFile([shuffled], urls)));
    }
  });

  it('says nothing about policies that could not be loaded', () => {
    const { accounts } = toExportFile([{ ...account, policies: undefined }], 'host');
    assert.equal(accounts[0]?.destinations[0]?.policies, undefined);
  });

  it('is read back, with whole URLs or hosts', () => {
    for (const urls of ['host', 'whole'] as const) {
      const read = destinationsOf(formatExportFile(toExportFile([account], urls)));
      assert.deepEqual(
        read.map(({ name, type, host, url }) => [name, type, host, url]),
        [
          ['Alerts', 'generic', 'example.com', urls === 'whole' ? generic.url : undefined],
          ['Chat', 'slack', 'hooks.slack.com', urls === 'whole' ? slack.url : undefined],
        ],
      );
    }
  });

  it('reads the API’s answer and its result, with null and absent fields', () => {
    const result = [{ id: 'x', name: 'Chat', type: 'slack', url: slack.url, last_success: null }, { name: null }];
    for (const content of [JSON.stringify({ success: true, errors: [], result }), JSON.stringify(result)]) {
      const read = destinationsOf(content);
      assert.deepEqual(read[0], { name: 'Chat', type: 'slack', host: 'hooks.slack.com', url: slack.url, id: 'x' });
      assert.deepEqual(read[1], { name: '', type: '', host: '' });
    }
  });

  it('reads UTF-8, and UTF-16 with a byte order mark, and refuses any other encoding', () => {
    const text = '\uFEFF{"version":1,"accounts":[{"destinations":[{"name":"München","url":"https://example.com/"}]}]}';
    const little = Buffer.from(text, 'utf16le');
    for (const bytes of [Buffer.from(text), Buffer.from(text.slice(1)), little, Buffer.from(little).swap16()]) {
      const read = readExportFile(bytes);
      assert.equal(read.ok && read.accounts[0]?.destinations[0]?.name, 'München');
    }
    const latin = readExportFile(Buffer.from(text.slice(1), 'latin1'));
    assert.deepEqual(latin, { ok: false, problem: { kind: 'otherEncoding' } });
  });

  it('refuses what is no such file, each with its reason', () => {
    assert.deepEqual(problemOf(''), { kind: 'notJson' });
    assert.deepEqual(problemOf('{'), { kind: 'notJson' });
    assert.deepEqual(problemOf('"text"'), { kind: 'unknownFormat' });
    assert.deepEqual(problemOf('{}'), { kind: 'unknownFormat' });
    assert.deepEqual(problemOf('{"__proto__": {"version": 1}}'), { kind: 'unknownFormat' });
    assert.deepEqual(problemOf('{"version": 2, "accounts": []}'), { kind: 'newerVersion', version: 2 });
    assert.deepEqual(problemOf('{"version": 0, "accounts": []}'), { kind: 'malformed', at: 'version' });
    assert.deepEqual(problemOf('{"version": "1", "accounts": []}'), { kind: 'malformed', at: 'version' });
    assert.deepEqual(problemOf('{"version": 1, "accounts": []}'), { kind: 'empty' });
    assert.deepEqual(problemOf('{"version": 1, "accounts": [{"destinations": [{"name": "a"}, {"name": 3}]}]}'), {
      kind: 'malformed',
      at: 'accounts.0.destinations.1.name',
    });
    assert.deepEqual(problemOf('[]'), { kind: 'empty' });
    assert.deepEqual(problemOf(JSON.stringify(' '.repeat(LARGEST_FILE))), { kind: 'tooLarge' });
    assert.deepEqual(problemOf(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), { kind: 'malformed', at: '0' });
    assert.deepEqual(problemOf(JSON.stringify(Array.from({ length: 20_001 }, () => ({ name: 'a' })))), {
      kind: 'tooMany',
    });
  });

  it('takes the last of duplicate keys, as every JSON reader, and no inherited ones', () => {
    const content = '{"version": 1, "accounts": [{"destinations": [{"name": "a", "name": "b", "constructor": {}}]}]}';
    const read = destinationsOf(content);
    assert.deepEqual(read, [{ name: 'b', type: '', host: '' }]);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ version: 1, accounts: value })),
        ),
        (text) => {
          const read = readExportFile(text);
          assert.equal(typeof read.ok, 'boolean');
        },
      ),
    );
  });

  it('keeps hostile names as they are', () => {
    for (const name of ['<script>', '__proto__', 'a\u2028b', '=cmd()', '"; DROP', '\u202Eabc', 'x'.repeat(10_001)]) {
      const destinations = [makeDestination('x', { name, url: 'https://example.com/x', type: 'generic' })];
      const text = formatExportFile(toExportFile([{ ...account, destinations, policies: [] }], 'whole'));
      assert.doesNotMatch(text, /\u2028/);
      const read = destinationsOf(text);
      assert.equal(read[0]?.name, name);
    }
  });
});

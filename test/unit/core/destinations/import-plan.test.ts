import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { anyUrl } from '../../any-text.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { createCanceledError } from '../../../../src/core/async/canceled.ts';
import { importDestinations } from '../../../../src/core/destinations/import-destinations.ts';
import { createDestination, type UnansweredCreations } from '../../../../src/core/destinations/create-destination.ts';
import { sha256 } from '../../../../src/core/destinations/fingerprint.ts';
import {
  completeEntry,
  type ImportEntry,
  planImport,
  type Wanted,
} from '../../../../src/core/destinations/import-plan.ts';
import { formatExportFile, readExportFile, toExportFile } from '../../../../src/core/formats/export-file.ts';
import type { Draft } from '../../../../src/core/model/destination.ts';
import { makeDestination } from '../api/fake-api.ts';
import { ACCOUNT, makeVirtualHost, useFakeAccount } from './fake-account.ts';

const wanted = (fields: Partial<Wanted> = {}): Wanted => ({
  name: 'Chat',
  type: 'slack',
  host: 'hooks.slack.com',
  url: 'https://hooks.slack.com/services/T/B/secret',
  ...fields,
});
const DATADOG = 'https://api.datadoghq.com/api/v1/events';
const existing = makeDestination('d1', { name: 'Chat', url: 'https://hooks.slack.com/services/T/B' });
const planned = (entries: readonly ImportEntry[]) =>
  entries.map((entry) => ('needs' in entry ? `${entry.kind} ${entry.needs}` : entry.kind));

describe('the plan of an import', () => {
  const hosts = wanted();
  const { url: _, ...hostOnly } = hosts;
  const cases: readonly (readonly [string, Wanted, readonly ReturnType<typeof makeDestination>[], string])[] = [
    ['a new destination with its whole URL', wanted(), [], 'create'],
    ['the same, whose URL Cloudflare returns without its secret part', wanted(), [existing], 'same'],
    ['the same with white space around its name', wanted({ name: ' Chat\n' }), [existing], 'same'],
    ['the same by host and type', hostOnly, [existing], 'same'],
    ['the same by host in another case', { ...hostOnly, host: 'HOOKS.slack.com', type: '' }, [existing], 'same'],
    ['a host only, unknown in the account', hostOnly, [], 'incomplete url'],
    ['a cut URL, unknown in the account', wanted({ url: existing.url }), [], 'incomplete url'],
    ['a cut URL with its secret', wanted({ url: existing.url, secret: 'part' }), [], 'create'],
    [
      'another URL under the same name',
      wanted({ url: 'https://hooks.slack.com/services/X/Y/z' }),
      [existing],
      'differs',
    ],
    [
      'another type under the same name',
      wanted({ type: 'generic', url: 'https://example.com/' }),
      [existing],
      'differs',
    ],
    [
      'the same URL under another name',
      wanted({ name: 'New', type: 'generic', url: 'https://example.com' }),
      [makeDestination('x', { name: 'Old', type: 'generic', url: 'https://example.com/' })],
      'differs',
    ],
    [
      'a cut URL under another name, which many share',
      wanted({ name: 'New', url: existing.url }),
      [existing],
      'incomplete url',
    ],
    [
      'a type that requires a secret',
      wanted({ type: 'datadog', url: 'https://api.datadoghq.com/api/v1/events' }),
      [],
      'incomplete secret',
    ],
    [
      'a URL that all customers of a service share, under another name',
      wanted({ name: 'Staging', type: 'datadog', url: DATADOG, secret: 'key' }),
      [makeDestination('x', { name: 'Production', type: 'datadog', url: DATADOG })],
      'create',
    ],
    [
      'that URL under the same name, since Cloudflare never shows the key',
      wanted({ name: 'Production', type: 'datadog', url: DATADOG, secret: 'key' }),
      [makeDestination('x', { name: 'Production', type: 'datadog', url: DATADOG })],
      'same',
    ],
    ['an empty name', wanted({ name: ' ' }), [], 'invalid'],
    ['no URL at all', wanted({ url: 'not a url' }), [], 'invalid'],
    ['white space inside a URL', wanted({ url: 'https://example.com/my hook' }), [], 'invalid'],
    ['white space around a URL', wanted({ url: ' https://example.com/hook\n' }), [], 'create'],
    ['another scheme', wanted({ url: 'ftp://example.com' }), [], 'invalid'],
  ];
  for (const [what, each, account, kind] of cases) {
    it(`${what}: ${kind}`, () => assert.deepEqual(planned(planImport([each], account)), [kind]));
  }

  it('tells two destinations with one name apart, and never gives one of them up', () => {
    const twins = ['one', 'two'].map((path) =>
      wanted({ name: 'Alerts', type: 'generic', host: 'example.com', url: `https://example.com/${path}` }),
    );
    const hostsOnly = twins.map(({ url: _url, ...rest }) => rest);
    const [one, two] = twins.map(({ url = '' }, index) =>
      makeDestination(`${index}`, { name: 'Alerts', type: 'generic', url }),
    );
    assert.ok(one && two);
    assert.deepEqual(planned(planImport(twins, [])), ['create', 'create']);
    assert.deepEqual(planned(planImport(twins, [two])), ['create', 'same']);
    assert.deepEqual(planned(planImport(twins, [two, one])), ['same', 'same']);
    assert.deepEqual(planned(planImport(hostsOnly, [two])), ['same', 'incomplete url']);
    assert.deepEqual(planned(planImport(hostsOnly, [two, one])), ['same', 'same']);
    const names = ['Alerts', 'Others'].map((name) => ({ ...(twins[0] ?? wanted()), name }));
    assert.deepEqual(planned(planImport(names, [one])), ['same', 'create']);
  });

  it('takes names that look the same as the same', () => {
    const composed = [makeDestination('x', { name: 'Caf\u00e9', url: existing.url })];
    assert.deepEqual(planned(planImport([wanted({ name: 'Cafe\u0301' })], composed)), ['same']);
  });

  it('creates what a file has twice only once', () => {
    const twice = [wanted(), wanted({ name: 'Chat ', url: `${wanted().url}` }), wanted({ name: 'Other' })];
    assert.deepEqual(planned(planImport(twice, [])), ['create', 'same', 'create']);
  });

  it('tells two destinations apart by their secrets', () => {
    const datadog = (secret?: string): Wanted =>
      wanted({ name: 'Datadog', type: 'datadog', url: DATADOG, ...(secret === undefined ? {} : { secret }) });
    assert.deepEqual(planned(planImport([datadog('1'), datadog('2'), datadog('1')], [])), ['create', 'create', 'same']);
    const unknown = [datadog(), datadog()];
    assert.deepEqual(planned(planImport(unknown, [])), ['incomplete secret', 'incomplete secret']);
    const one = makeDestination('x', { name: 'Datadog', type: 'datadog', url: DATADOG });
    assert.deepEqual(planned(planImport(unknown, [one])), ['unclear', 'unclear']);
    assert.deepEqual(planned(planImport([datadog('1'), datadog('2')], [one])), ['unclear', 'unclear']);
    assert.deepEqual(planned(planImport([datadog('1'), datadog('1')], [one])), ['same', 'same']);
    assert.deepEqual(planned(planImport([datadog('1'), datadog('2')], [one, { ...one, id: 'y' }])), ['same', 'same']);
  });

  it('creates none of several namesakes where a URL without its secret part may stand for any of them', () => {
    const hook = 'https://open.feishu.cn/open-apis/bot/v2/hook';
    const ops = (url?: string): Wanted => ({
      name: 'Ops',
      type: 'feishu',
      host: 'open.feishu.cn',
      ...(url ? { url } : {}),
    });
    const [first, second] = [ops(`${hook}/token-1`), ops(`${hook}/token-2`)];
    const one = makeDestination('x', { name: 'Ops', type: 'feishu', url: hook });
    const two = { ...one, id: 'y' };
    assert.deepEqual(planned(planImport([second, first], [one])), ['unclear', 'unclear']);
    assert.deepEqual(planned(planImport([second, ops(hook)], [one])), ['unclear', 'unclear']);
    assert.deepEqual(planned(planImport([second, first], [one, two])), ['same', 'same']);
    // The URL of the second is asked for, and says nothing about the first.
    assert.deepEqual(planned(planImport([ops(), ops()], [one])), ['same', 'incomplete url']);
    assert.deepEqual(planned(planImport([ops(), second], [one])), ['unclear', 'unclear']);
    assert.deepEqual(planned(planImport([first, { ...second, name: 'Other' }], [one])), ['same', 'create']);
  });

  it('creates nothing, and asks for nothing, that may be an entry of the list that could not be read', () => {
    const file = [wanted(), wanted({ name: 'Other' }), { ...hostOnly, name: 'Hosts' }, wanted({ name: '' })];
    assert.deepEqual(planned(planImport(file, [existing])), ['same', 'create', 'incomplete url', 'invalid']);
    assert.deepEqual(planned(planImport(file, noteSkipped([{ ...existing }], 1))), [
      'same',
      'unclear',
      'unclear',
      'invalid',
    ]);
  });

  it('asks for each of two whose URLs lack the secret part', () => {
    const cut = wanted({ url: 'https://chat.googleapis.com/v1/spaces/AAA/messages' });
    assert.deepEqual(planned(planImport([cut, cut], [])), ['incomplete url', 'incomplete url']);
  });

  it('takes twins of a file for the twins of the account', () => {
    const twin = wanted({ type: 'generic', url: 'https://example.com/hook' });
    const all = ['a', 'b'].map((id) => makeDestination(id, { name: twin.name, url: twin.url ?? '' }));
    assert.deepEqual(
      planImport([twin, twin], all).map((entry) => ('existing' in entry ? entry.existing?.id : undefined)),
      ['a', 'b'],
    );
  });

  it('sends no secret beside a URL that contains it', () => {
    const [entry, ...rest] = planImport([wanted({ secret: 'part' }), wanted()], []);
    assert.deepEqual(entry?.kind === 'create' ? entry.draft : entry, { name: 'Chat', url: wanted().url });
    assert.deepEqual(planned(rest), ['same']);
  });

  it('is complete once the user has entered what is missing', () => {
    const [url, secret] = planImport([hostOnly, wanted({ type: 'datadog', url: DATADOG })], []);
    assert.ok(url && secret);
    assert.deepEqual(planned([url, secret]), ['incomplete url', 'incomplete secret']);
    assert.equal(completeEntry(url, { url: wanted().url }).kind, 'create');
    assert.equal(completeEntry(secret, { secret: 'key' }).kind, 'create');
    assert.deepEqual(planned([completeEntry(url, { url: '' }), completeEntry(secret, { secret: '' })]), [
      'incomplete url',
      'incomplete secret',
    ]);
  });

  it('takes no secret that was typed for another URL, whatever was typed', () => {
    const [entry] = planImport([{ name: 'Chat', type: '', host: '' }], []);
    assert.ok(entry);
    const url = fc.oneof(anyUrl(['https']), fc.constantFrom(DATADOG, 'https://a.example/b', '', 'x'));
    fc.assert(
      fc.property(url, fc.string(), (typed, secret) => {
        const asked = completeEntry(entry, { url: typed });
        const full = completeEntry(entry, { url: typed, secret });
        const mayHaveSecret = asked.kind === 'incomplete' && asked.needs === 'secret';
        assert.equal(full.wanted.secret, mayHaveSecret && secret !== '' ? secret : undefined);
        if (!mayHaveSecret) {
          assert.deepEqual(full, asked);
        }
      }),
    );
  });

  it('changes no other entry', () => {
    const entries = planImport([wanted(), wanted({ name: '' })], []);
    for (const entry of entries) {
      assert.equal(completeEntry(entry, { url: DATADOG, secret: 'key' }), entry);
    }
  });

  it('plans nothing new for what was created, whatever the names and URLs', () => {
    const name = fc.string({ minLength: 1 });
    const url = anyUrl(['https']);
    fc.assert(
      fc.property(fc.array(fc.record({ name, url }), { maxLength: 8 }), (all) => {
        const file = all.map((each) => ({ ...each, type: '', host: '' }));
        const first = planImport(file, []);
        const created = first.flatMap((entry, index) =>
          entry.kind === 'create' ? [makeDestination(`${index}`, { ...entry.draft, type: entry.wanted.type })] : [],
        );
        assert.deepEqual(
          planImport(file, created).filter(({ kind }) => kind === 'create'),
          [],
        );
        // What failed is planned again, whatever the others are called.
        for (const lost of created) {
          const again = planImport(
            file,
            created.filter((each) => each !== lost),
          );
          assert.equal(again.filter(({ kind }) => ['create', 'differs', 'unclear'].includes(kind)).length >= 1, true);
        }
      }),
    );
  });
});

describe('import, against the fake', () => {
  const account = useFakeAccount();
  const unanswered: UnansweredCreations = new Map();
  const host = () => ({ ...makeVirtualHost(), digest: sha256, makeSalt: () => crypto.randomUUID() });
  const create = async (draft: Draft): Promise<string> =>
    createDestination({ api: account.api(), host: host(), accountId: ACCOUNT, draft, unanswered });
  const run = async (file: readonly Wanted[], signal?: AbortSignal) => {
    const plan = planImport(file, await account.api().listDestinations(ACCOUNT));
    const todo = plan.flatMap((entry) => (entry.kind === 'create' ? [entry] : []));
    return importDestinations(todo, { create, isFatal: () => false, ...(signal ? { signal } : {}) });
  };
  const exported = async () =>
    formatExportFile(
      toExportFile(
        [{ id: ACCOUNT, name: 'Acme', destinations: await account.api().listDestinations(ACCOUNT), policies: [] }],
        'whole',
      ),
    );
  const withoutIds = (text: string) => text.replaceAll(/"id": "[0-9a-f]+"/g, '"id": ""');
  const read = (text: string): readonly Wanted[] => {
    const file = readExportFile(text);
    return file.ok ? file.accounts.flatMap(({ destinations }) => destinations) : assert.fail();
  };
  beforeEach(() => unanswered.clear());

  it('gives the same file again, but for IDs, after an import into an empty account', async () => {
    await account.put('Beta');
    await account.put('Alpha');
    const before = await exported();
    account.clear();
    assert.deepEqual(
      (await run(read(before))).map(({ outcome }) => outcome),
      ['created', 'created'],
    );
    assert.equal(withoutIds(await exported()), withoutIds(before));
    assert.deepEqual(await run(read(before)), []);
    assert.equal(account.posts(), 2);
  });

  it('creates 500 destinations past failures, and only the missing ones at the next import', async function () {
    this.timeout(60_000);
    const file = Array.from({ length: 500 }, (_, index) => ({
      name: `Destination ${index}`,
      type: 'generic',
      host: '',
      url: account.hook(`d${index}`),
    }));
    account.fail({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 7 });
    account.fail({ method: 'POST', fault: { kind: 'reset' }, after: true, times: 5 });
    const first = await run(file);
    const count = (outcome: string) => first.filter((each) => each.outcome === outcome).length;
    assert.deepEqual([count('created'), count('failed')], [493, 7]);
    const second = await run(file);
    assert.deepEqual([second.length, second.every(({ outcome }) => outcome === 'created')], [7, true]);
    const names = account.names();
    assert.deepEqual([names.length, new Set(names).size], [500, 500]);
    assert.equal(account.posts(), 507);
  });

  it('takes no destination for another one with the same name and URL, whose answer was lost', async () => {
    const url = account.hook('twin');
    const todo = ['1', '2', '3'].map((secret) => ({ wanted: wanted(), draft: { name: 'Twin', url, secret } }));
    let before = await account.api().listDestinations(ACCOUNT);
    const importTwins = async () => {
      const ends = await importDestinations(todo, {
        async create(draft) {
          const id = await createDestination({
            api: account.api(),
            host: host(),
            accountId: ACCOUNT,
            draft,
            unanswered,
            before,
          });
          before = [...before, makeDestination(id, draft)];
          return id;
        },
        isFatal: () => false,
      });
      return ends.map((each) => (each.outcome === 'created' ? each.id : each.outcome));
    };
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    assert.deepEqual(await importTwins(), ['failed', 'skipped', 'skipped']);
    assert.equal(account.posts(), 1);
    account.fail({ method: 'POST', fault: { kind: 'reset' }, after: true, times: 1 });
    assert.equal(new Set(await importTwins()).size, 3);
    assert.equal(account.names().length, 3);
  });

  it('skips a creation that was canceled before it was sent', async () => {
    const todo = planImport([{ ...wanted({ name: 'a' }), url: account.hook('a') }], []).flatMap((entry) =>
      entry.kind === 'create' ? [entry] : [],
    );
    const canceled = async (): Promise<string> => Promise.reject(createCanceledError());
    const imported = await importDestinations(todo, { create: canceled, isFatal: () => false });
    assert.deepEqual(
      imported.map(({ outcome }) => outcome),
      ['skipped'],
    );
  });

  it('sends nothing more after a cancellation or a fatal failure', async () => {
    const file = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ ...wanted({ name }), url: account.hook(name) }));
    const todo = planImport(file, []).flatMap((entry) => (entry.kind === 'create' ? [entry] : []));
    const cancel = new AbortController();
    const canceled = await importDestinations(todo, {
      create,
      isFatal: () => false,
      signal: cancel.signal,
      onDone: () => cancel.abort(),
    });
    assert.deepEqual(canceled.map(({ outcome }) => outcome).slice(4), ['skipped', 'skipped']);
    account.clear();
    account.fail({ method: 'POST', fault: { kind: 'status', status: 403 } });
    const refused = await importDestinations(todo, { create, isFatal: () => true });
    assert.deepEqual(refused.map(({ outcome }) => outcome).slice(4), ['skipped', 'skipped']);
    assert.ok(account.posts() <= 4);
  });
});

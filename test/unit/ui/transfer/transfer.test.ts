import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { decodePolicy } from '../../../../src/core/api/decode.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import type { Wanted } from '../../../../src/core/destinations/import-plan.ts';
import { formatExportFile, readExportFile } from '../../../../src/core/formats/export-file.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { makeApi, makeDestination } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { exportDestinations, readExport, stub } = await loadScripted(
  async () => import('../../../../src/ui/transfer/export.ts'),
);

const { compareWithFile } = await loadScripted(async () => import('../../../../src/ui/transfer/compare.ts'));
const { createTransferDocuments } = await loadScripted(async () => import('../../../../src/ui/transfer/documents.ts'));

const [BARE, DASHED] = ['2'.repeat(32), '22222222-2222-2222-2222-222222222222'];

describe('export of selected destinations', () => {
  const api = makeApi({ listDestinations: async () => [makeDestination(DASHED)], listPolicies: async () => [] });
  const services = makeUiServices(api);
  const written: string[] = [];
  beforeEach(() => {
    startOver(stub);
    written.length = 0;
    Object.assign(stub.window, {
      showQuickPick: async ([first]: readonly unknown[]) => first,
      showSaveDialog: async () => ({ path: '/file' }),
    });
    Object.assign(stub.workspace, {
      fs: { writeFile: async (_uri: unknown, content: Buffer) => void written.push(content.toString()) },
    });
  });

  it('finds each whatever the spelling of its ID', async () => {
    const { file } = await readExport([{ connection: services.connection, ids: [BARE] }], 'host', services);
    assert.equal(formatExportFile(file).includes(DASHED), true);
  });

  it('says that the file contains whole URLs, or no secrets', async () => {
    const selections = [{ connection: services.connection }];
    await exportDestinations(selections, services);
    assert.match(stub.user.told.at(-1) ?? '', /The file contains no secrets\.$/);
    Object.assign(stub.window, { showQuickPick: async ([, second]: readonly unknown[]) => second });
    await exportDestinations(selections, services);
    assert.match(stub.user.told.at(-1) ?? '', /The file contains whole URLs: anyone who reads it can send to most/);
    assert.doesNotMatch(stub.user.told.at(-1) ?? '', /no secrets/);
  });

  it('says how many no longer exist', async () => {
    await exportDestinations([{ connection: services.connection, ids: [BARE, 'gone'] }], services);
    assert.equal(written.length, 1);
    assert.match(stub.user.told.join('\n'), /1 selected destination no longer exists at Cloudflare\./);
  });

  it('writes no file if none exists', async () => {
    await assert.rejects(
      exportDestinations([{ connection: services.connection, ids: ['gone'] }], services),
      /The selected webhook destinations no longer exist at Cloudflare\./,
    );
    assert.deepEqual(written, []);
  });

  it('does not say that one no longer exists, and writes no file, where the list is incomplete', async () => {
    const { connection } = makeUiServices({ ...api, listDestinations: async () => noteSkipped([], 1) });
    await assert.rejects(exportDestinations([{ connection, ids: [BARE] }], services), /could not be read/);
    assert.deepEqual(written, []);
  });

  it('says how many entries of a list are missing from the file', async () => {
    const all = noteSkipped([makeDestination(DASHED)], 2);
    const { connection } = makeUiServices({ ...api, listDestinations: async () => all });
    await exportDestinations([{ connection }], services);
    assert.match(stub.user.told.at(-1) ?? '', /2 entries of Cloudflare’s list could not be read and are missing/);
    await exportDestinations([{ connection, ids: [BARE] }], services);
    assert.doesNotMatch(stub.user.told.at(-1) ?? '', /could not be read/);
  });

  it('lists no policies where their list is incomplete, and says so', async () => {
    const { connection } = makeUiServices({ ...api, listPolicies: async () => noteSkipped([], 1) });
    await exportDestinations([{ connection }], services);
    assert.match(stub.user.told.at(-1) ?? '', /Some policies could not be loaded, so the file does not list them\./);
    assert.doesNotMatch(written[0] ?? '', /"policies"/);
  });
});

describe('comparison with an answer of the API', () => {
  it('shows no difference where nothing differs', async () => {
    const all = ['b', 'a'].map((id) =>
      makeDestination(id, { name: 'Same', type: 'generic', url: 'https://a.example/1' }),
    );
    const policies = [decodePolicy({ id: 'p', name: 'P', mechanisms: { webhooks: [{ id: 'a' }] } })];
    const services = makeUiServices(makeApi({ listDestinations: async () => all, listPolicies: async () => policies }));
    const read = readExportFile(JSON.stringify({ result: all }));
    assert.ok(read.ok);
    const documents = createTransferDocuments();
    const sides: string[] = [];
    Object.assign(stub.commands, {
      executeCommand: async (_name: string, left: vscode.Uri, right: vscode.Uri) =>
        void sides.push(documents.provide(left), documents.provide(right)),
    });
    const wanted = read.accounts[0]?.destinations ?? [];
    const file = new stub.Uri({ scheme: 'file', path: '/answer.json' });
    await compareWithFile({ file, isExport: false, wanted }, services.connection, {
      ...services,
      documents,
      logger: { log: () => {}, show: () => {} },
      startImport: async () => assert.fail(),
    });
    assert.equal(sides[0], sides[1]);
    assert.match(sides[0] ?? '', /"id": "a"/);
    assert.match(stub.user.told.at(-1) ?? '', /has the same webhook destinations as the file/);
  });
});

describe('comparison with an account', () => {
  const [a, b] = ['A', 'B'].map((name) => ({ name, type: 'generic', host: 'a.example' }));
  const listed = makeDestination('a', { name: 'A', type: 'generic', url: 'https://a.example/' });
  /** `lists`: the answers to one list call after another; the last one is repeated. */
  const compare = async (wanted: readonly Wanted[], ...lists: readonly (readonly Destination[])[]): Promise<string> => {
    startOver(stub);
    let calls = 0;
    const listDestinations = async () => lists[Math.min(calls++, lists.length - 1)] ?? [];
    const services = makeUiServices(makeApi({ listDestinations, listPolicies: async () => [] }));
    const documents = createTransferDocuments();
    let right = '';
    Object.assign(stub.commands, {
      executeCommand: async (_name: string, _left: vscode.Uri, uri: vscode.Uri) =>
        void (right = documents.provide(uri)),
    });
    const file = new stub.Uri({ scheme: 'file', path: '/a.cfwebhooks.json' });
    await compareWithFile({ file, isExport: true, wanted }, services.connection, {
      ...services,
      documents,
      logger: { log: () => {}, show: () => {} },
      startImport: async () => assert.fail(),
    });
    return right;
  };

  it('shows a whole URL only where the file has the same one', async () => {
    assert.ok(a);
    const [url, other] = ['https://a.example/secret-path', 'https://a.example/other'];
    const all = [{ ...listed, url }];
    assert.match(await compare([{ ...a, url }], all), /"url": ".+\/secret-path"/);
    for (const wanted of [{ ...a, url: other }, { ...a, host: 'b.example', url: 'https://b.example/' }, a]) {
      assert.doesNotMatch(await compare([wanted], all), /secret-path/);
    }
  });

  it('shows the list that its message is about, without a whole URL that a colleague saves in between', async () => {
    assert.ok(a);
    const url = 'https://a.example/secret-path';
    const right = await compare([{ ...a, url }], [{ ...listed, url }], [{ ...listed, url: 'https://a.example/new' }]);
    assert.match(right, /"url": ".+\/secret-path"/);
    assert.doesNotMatch(right, /example\/new/);
    assert.match(stub.user.told.at(-1) ?? '', /has the same webhook destinations as the file/);
  });

  it('says that it is incomplete where an entry of the list could not be read', async () => {
    assert.ok(a && b);
    await compare([a], noteSkipped([listed], 1));
    assert.match(
      stub.user.told.at(-1) ?? '',
      /^1 entry of .+ could not be read, so the comparison is incomplete\. .+ 0 not found in the account, 0 only/,
    );
    await compare([a, b], noteSkipped([listed], 2));
    assert.match(stub.user.told.at(-1) ?? '', /^2 entries of .+ is incomplete\. .+ 1 not found in the account, 0 only/);
  });
});

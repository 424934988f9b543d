import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { formatDocument } from '../../../../src/core/formats/json-document.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import type { JsonWrite, Saved } from '../../../../src/ui/json/files.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import { failWith, makeApi } from '../../core/api/fake-api.ts';
import { ACCOUNT } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { createJsonFiles, stub } = await loadScripted(async () => import('../../../../src/ui/json/files.ts'));
const { addressOf, nextNewAddress } = await loadScripted(async () => import('../../../../src/ui/json/addresses.ts'));
const { createDocumentMemory } = await loadScripted(async () => import('../../../../src/ui/json/document-memory.ts'));

const OLD = '11111111-1111-1111-1111-111111111111';
const [BARE, DASHED] = ['2'.repeat(32), '22222222-2222-2222-2222-222222222222'];

const destination = (id: string, name = 'Ops', url = 'https://a.example/1'): Destination => ({
  id,
  name,
  type: 'generic',
  url,
});

describe('JSON documents', () => {
  let destinations: readonly Destination[];
  let persisted: Map<string, unknown>;
  let opened: { dispose(): void }[];
  beforeEach(() => {
    startOver(stub);
    destinations = [];
    persisted = new Map();
    opened = [];
  });
  afterEach(() => opened.forEach((each) => each.dispose()));

  /** The documents of a window. `save`: what a save does at Cloudflare. */
  async function openWindow(save: (write: JsonWrite) => Saved, skipped = 0, api: Partial<Api> = {}) {
    const { store, connection } = makeUiServices(
      makeApi({ listDestinations: async () => destinations, ...api }),
      skipped,
    );
    await store.refresh();
    const targets: JsonWrite['target'][] = [];
    const files = createJsonFiles({
      store,
      loaded: Promise.resolve(),
      claims: { prepare: async () => {}, claim: async () => {} },
      memory: createDocumentMemory(
        {
          get: (key) => persisted.get(key),
          update: async (key, value) => void persisted.set(key, value),
        },
        () => {},
      ),
      async save(write) {
        targets.push(write.target);
        const saved = save(write);
        await store.refresh();
        return saved;
      },
    });
    opened.push(files);
    const { provider } = files;
    const read = async (uri: vscode.Uri): Promise<string> => {
      await provider.stat(uri);
      return Buffer.from(await provider.readFile(uri)).toString();
    };
    const write = async (uri: vscode.Uri, name: string, encoding: BufferEncoding = 'utf8'): Promise<void> => {
      await provider.stat(uri);
      const text = formatDocument({ name, url: 'https://a.example/1' });
      await provider.writeFile(uri, Buffer.from(text, encoding), { create: true, overwrite: true });
    };
    return { account: connection.account, store, files, targets, read, write };
  }

  describe('of a destination that an incomplete list does not show', () => {
    const exists = async () => destination(BARE);
    const gone = failWith({ kind: 'notFound', status: 404 });

    /** A window whose list shows the destination at first. */
    async function openThenHide(getDestination: Api['getDestination']) {
      destinations = [destination(BARE)];
      const window = await openWindow(() => ({ id: BARE }), 1, { getDestination });
      const uri = addressOf(window.account, destination(BARE));
      const text = await window.read(uri);
      destinations = [];
      await window.store.refresh();
      return { ...window, uri, text };
    }

    it('stay open with their text, and save nothing while it exists', async () => {
      const { files, uri, read, write, text, targets } = await openThenHide(exists);
      assert.deepEqual([files.isGone(uri), await read(uri)], [false, text]);
      await assert.rejects(write(uri, 'Now'), /may be one of them/);
      assert.deepEqual(targets, []);
    });

    it('ask whether to create it again once Cloudflare says that it is gone', async () => {
      const { uri, write, targets } = await openThenHide(gone);
      await write(uri, 'Now');
      assert.deepEqual(targets, ['gone']);
    });

    it('close if this window deleted it', async () => {
      const { files, store, account, uri } = await openThenHide(gone);
      store.removeDestination(account.id, BARE);
      assert.equal(files.isGone(uri), true);
    });
  });

  it('are saved in UTF-8 only, whatever the encoding of the user’s files', async () => {
    destinations = [destination(BARE)];
    const window = await openWindow(() => ({ id: BARE }));
    const uri = addressOf(window.account, destination(BARE));
    await window.read(uri);
    await assert.rejects(window.write(uri, 'München', 'latin1'), /not in UTF-8/);
    assert.deepEqual(window.targets, []);
    await window.write(uri, 'München');
    assert.equal(window.targets.length, 1);
  });

  describe('of a destination whose ID Cloudflare writes in two forms', () => {
    it('show the new destination of a replacement, and their next save changes it', async () => {
      destinations = [destination(OLD)];
      const window = await openWindow(() => {
        window.files.follow(ACCOUNT, OLD.replaceAll('-', ''), BARE);
        destinations = [destination(DASHED, 'New', 'https://b.example/2')];
        return { id: BARE };
      });
      const uri = addressOf(window.account, destination(OLD));
      await window.read(uri);
      await window.write(uri, 'New');
      assert.equal(await window.read(uri), formatDocument({ name: 'New', url: 'https://b.example/2' }));
      assert.equal(String(window.files.movedTo(uri)), String(addressOf(window.account, destination(DASHED, 'New'))));
      await window.write(uri, 'Newer');
      assert.deepEqual(window.targets.at(-1), destinations[0]);
    });

    it('follow a replacement whose old ID is written in the other form', async () => {
      destinations = [destination(DASHED), destination(OLD, 'Other')];
      const window = await openWindow(() => ({ id: DASHED }));
      const uri = addressOf(window.account, destination(DASHED));
      await window.read(uri);
      window.files.follow(ACCOUNT, BARE, OLD);
      assert.equal(window.files.destinationOf(uri)?.name, 'Other');
    });

    it('stay open under their URI', async () => {
      destinations = [destination(DASHED)];
      const window = await openWindow(() => ({ id: BARE }));
      const uri = addressOf(window.account, destination(DASHED));
      await window.read(uri);
      destinations = [destination(BARE)];
      await window.store.refresh();
      assert.equal(window.files.isGone(uri), false);
      assert.equal(window.files.movedTo(uri), undefined);
    });
  });

  describe('that are edited during a save, and saved again after a window reload', () => {
    /** VS Code restores the unsaved text, and does not ask for the document. */
    async function saveAfterReload(uri: vscode.Uri): Promise<JsonWrite['target'] | undefined> {
      const window = await openWindow(() => ({ id: BARE }));
      await window.write(uri, 'Later');
      return window.targets[0];
    }

    it('change the destination that they created', async () => {
      const window = await openWindow(() => {
        destinations = [destination(BARE)];
        return { id: BARE };
      });
      const uri = nextNewAddress(window.account);
      await window.read(uri);
      await window.write(uri, 'Ops');
      assert.deepEqual(await saveAfterReload(uri), destination(BARE));
    });

    it('change the destination that they created, if it was not listed yet', async () => {
      const window = await openWindow(() => ({ id: BARE }));
      const uri = nextNewAddress(window.account);
      await window.read(uri);
      await window.write(uri, 'Ops');
      destinations = [destination(BARE)];
      assert.deepEqual(await saveAfterReload(uri), destination(BARE));
    });

    it('change the destination that replaced theirs', async () => {
      destinations = [destination(OLD)];
      const window = await openWindow(() => ({ id: OLD }));
      const uri = addressOf(window.account, destination(OLD));
      await window.read(uri);
      window.files.follow(ACCOUNT, OLD, BARE);
      destinations = [destination(BARE)];
      assert.deepEqual(await saveAfterReload(uri), destination(BARE));
    });
  });
});

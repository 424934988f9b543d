import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type * as vscode from 'vscode';
import type { Api } from '../../../../src/core/api/client.ts';
import { formatDocument } from '../../../../src/core/formats/json-document.ts';
import type { Draft } from '../../../../src/core/model/destination.ts';
import { createDestinationWriter } from '../../../../src/ui/destinations/destination-writer.ts';
import { JSON_LANGUAGE, MOVE_SECRET } from '../../../../src/ui/host/ids.ts';
import type { JsonEditor, JsonEditorServices } from '../../../../src/ui/json/editor.ts';
import type { AnnouncedSaves } from '../../../../src/ui/json/save-claims.ts';
import { createReplacements } from '../../../../src/ui/replacement/replacements.ts';
import { useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { createJsonEditor, stub } = await loadScripted(async () => import('../../../../src/ui/json/editor.ts'));
const { addressOf } = await loadScripted(async () => import('../../../../src/ui/json/addresses.ts'));

/** How long to wait for a condition, in milliseconds. */
const MOST_WAITING = 4000;

describe('a secret that is moved out of a JSON document', () => {
  const account = useFakeAccount();
  const handlers = new Map<string, (argument: string) => Promise<void>>();
  let editor: JsonEditor;
  let uri: vscode.Uri;
  let text: string;
  let savesOfEditor: number;
  let announcedSaves: AnnouncedSaves;
  /** The secrets of the updates that were sent. */
  let sent: (string | undefined)[];
  /** What an update waits for. */
  let held: Promise<void>;

  before(() => {
    const registerCommand = (id: string, handler: (argument: string) => Promise<void>) => {
      handlers.set(id, handler);
      return { dispose() {} };
    };
    Object.assign(stub.commands, { registerCommand });
    const applyEdit = async ({ ranges }: { readonly ranges: readonly { start: number; end: number }[] }) => {
      for (const { start, end } of ranges) {
        text = text.slice(0, start) + text.slice(end);
      }
      return true;
    };
    Object.assign(stub.workspace, { applyEdit });
  });
  beforeEach(async () => {
    startOver(stub);
    sent = [];
    held = Promise.resolve();
    savesOfEditor = 0;
    announcedSaves = new Map();
    const destination = await account.put('Ops', account.hook('old'));
    const api: Api = {
      ...account.api(),
      async updateDestination(...given) {
        sent.push(given[2].secret);
        await held;
        await account.api().updateDestination(...given);
      },
    };
    const services = makeUiServices(api);
    await services.store.refresh();
    uri = addressOf(services.connection.account, destination);
    text = formatDocument({ name: 'Ops', url: account.hook('old') });
    const document = {
      uri,
      isDirty: true,
      languageId: JSON_LANGUAGE,
      getText: () => text,
      positionAt: (offset: number) => offset,
      async save() {
        savesOfEditor += 1;
        return true;
      },
    };
    stub.user.documents.push(document);
    const parts: JsonEditorServices = {
      ...services,
      windowState: { get: () => undefined, update: async () => {} },
      loaded: Promise.resolve(),
      writer: createDestinationWriter(services),
      replacements: createReplacements(services),
      logger: { log: () => {}, show: () => {} },
      announcedSaves,
      testing: {} as JsonEditorServices['testing'],
    };
    editor = createJsonEditor(parts);
    await editor.provider.readFile(uri);
  });
  afterEach(() => editor.dispose());

  /** Saves the document as VS Code does. */
  async function save(draft: Draft): Promise<void> {
    text = formatDocument(draft);
    announcedSaves.set(uri.toString(), { reason: 1, text });
    await editor.provider.stat(uri);
    await editor.provider.writeFile(uri, Buffer.from(text), { create: true, overwrite: true });
  }

  /** Types a secret into the document and moves it out of the text. */
  async function move(secret: string): Promise<void> {
    text = formatDocument({ ...(JSON.parse(text) as Draft), secret });
    stub.user.inputs.push(secret);
    await handlers.get(`cloudflareWebhooks.${MOVE_SECRET}`)?.(uri.toString());
    assert.doesNotMatch(text, /secret/);
  }

  async function until(isTrue: () => boolean): Promise<void> {
    for (const start = Date.now(); !isTrue(); await setImmediate()) {
      assert.ok(Date.now() - start < MOST_WAITING, stub.user.told.join('\n'));
    }
  }

  it('is sent by the next save, also if it was moved during a save, and by no later one', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    const saving = save({ name: 'Ops 2', url: account.hook('old') });
    await until(() => sent.length > 0);
    await move('late');
    resolve();
    await saving;
    stub.user.presses.push('Update in Place');
    await save({ name: 'Ops 2', url: account.hook('old') });
    await save({ name: 'Ops 3', url: account.hook('old') });
    assert.deepEqual(sent, [undefined, 'late', undefined]);
  });

  it('stays for the next save if a message of an earlier save replaces the destination', async () => {
    const { promise: button, resolve: press } = Promise.withResolvers<string>();
    stub.user.presses.push('Update in Place', button, 'Replace');
    const draft = { name: 'Ops', url: account.hook('new') };
    await assert.rejects(save(draft), /Cloudflare did not change the URL/);
    await move('late');
    press('Replace…');
    await until(() => stub.user.told.some((each) => each.startsWith('Replaced “Ops”')));
    // The document follows the replacement after this message.
    for (let turn = 0; turn < 20; turn += 1) {
      await setImmediate();
    }
    assert.equal(savesOfEditor, 0);
    stub.user.presses.push('Keep Mine', 'Update in Place');
    await save(draft);
    assert.deepEqual(sent, [undefined, 'late']);
  });
});

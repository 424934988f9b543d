import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { addAccount, fake, receiverUrl, run, startOver, until } from '../extension-under-test.ts';
import { active, activePath, closeAll, tabs, textOf, type } from './json-documents.ts';
import { scriptUser, type ScriptedUser } from '../scripted-user.ts';

const LANGUAGE = 'cfwebhook-json';

describe('explicit saves of JSON documents', () => {
  let user: ScriptedUser;
  let accountId: string;
  let destinationId: string;

  beforeEach(async () => {
    await startOver();
    const [account] = await fake.accounts();
    accountId = account?.id ?? '';
    ({ id: destinationId } = await fake.putDestination({
      account: accountId,
      name: 'Alpha',
      url: receiverUrl('alpha'),
    }));
    await addAccount(account?.name ?? '');
    user = scriptUser();
  });
  afterEach(async () => {
    user.dispose();
    await closeAll();
  });

  async function open(): Promise<vscode.TextDocument> {
    await run('editDestinationAsJson', { kind: 'destination', accountId, destinationId });
    return active();
  }
  const nameNow = async () =>
    (await fake.destinations({ account: accountId })).find(({ id }) => id === destinationId)?.name;
  const sent = async () => (await fake.log()).filter(({ method }) => method !== 'GET');

  it('turns auto save off for the language of the documents, whatever the setting of the user', async () => {
    const files = vscode.workspace.getConfiguration('files');
    await files.update('autoSave', 'afterDelay', vscode.ConfigurationTarget.Global);
    await files.update('autoSaveDelay', 50, vscode.ConfigurationTarget.Global);
    try {
      const document = await open();
      assert.equal(vscode.workspace.getConfiguration('files', document).get('autoSave'), 'off');
      await type(document, document.getText().replace('Alpha', 'Beta'));
      await new Promise((resolve) => setTimeout(resolve, 800));
      assert.ok(document.isDirty);
      assert.equal(await nameNow(), 'Alpha');
      assert.equal(await document.save(), true);
      assert.equal(await nameNow(), 'Beta');
    } finally {
      await files.update('autoSave', undefined, vscode.ConfigurationTarget.Global);
      await files.update('autoSaveDelay', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  for (const mode of ['afterDelay', 'onFocusChange', 'onWindowChange']) {
    it(`sends nothing if the user turns auto save on for the language: ${mode}`, async () => {
      const files = vscode.workspace.getConfiguration('files', { languageId: LANGUAGE });
      await files.update('autoSave', mode, vscode.ConfigurationTarget.Global, true);
      await files.update('autoSaveDelay', 50, vscode.ConfigurationTarget.Global, true);
      try {
        const document = await open();
        assert.equal(vscode.workspace.getConfiguration('files', document).get('autoSave'), mode);
        await type(document, document.getText().replace('Alpha', 'Beta'));
        await vscode.commands.executeCommand('cloudflareWebhooks.destinations.focus');
        await new Promise((resolve) => setTimeout(resolve, 800));
        assert.ok(document.isDirty);
        assert.deepEqual(await sent(), []);
        assert.equal(await document.save(), true);
        assert.equal(await nameNow(), 'Beta');
      } finally {
        await files.update('autoSave', undefined, vscode.ConfigurationTarget.Global, true);
        await files.update('autoSaveDelay', undefined, vscode.ConfigurationTarget.Global, true);
      }
    });
  }

  it('refuses a write without an announced save, as after a reload or on shutdown, and sends nothing', async () => {
    const document = await open();
    const text = document.getText().replace('Alpha', 'Beta');
    await type(document, text);
    const before = (await fake.log()).length;
    await assert.rejects(
      async () => vscode.workspace.fs.writeFile(document.uri, Buffer.from(text)),
      /VS Code did not report an explicit save/,
    );
    await vscode.commands.executeCommand('workbench.action.files.saveWithoutFormatting');
    assert.ok(document.isDirty);
    assert.equal((await fake.log()).length, before);
    assert.equal(await document.save(), true);
    assert.equal(await nameNow(), 'Beta');
  });

  it('allows one write per explicit save', async () => {
    const document = await open();
    const text = document.getText().replace('Alpha', 'Beta');
    await type(document, text);
    assert.equal(await document.save(), true);
    await assert.rejects(
      async () => vscode.workspace.fs.writeFile(document.uri, Buffer.from(text.replace('Beta', 'Gamma'))),
      /VS Code did not report an explicit save/,
    );
    assert.equal(await nameNow(), 'Beta');
  });

  it('still knows the reason of a save after more slow saves than VS Code allows a listener', async function () {
    this.timeout(60_000);
    // VS Code drops a listener after four answers later than 1500 ms. The list is what is refreshed before a save.
    const name = (index: number): string => `Slow ${index}`;
    for (let index = 1; index <= 5; index++) {
      const document = await open();
      await type(document, textOf(name(index), receiverUrl('alpha')));
      const path = '/accounts/*/alerting/v3/destinations/webhooks';
      await fake.addFault({ method: 'GET', path, delayMs: 1700, times: 1 });
      const before = performance.now();
      assert.equal(await document.save(), true, name(index));
      assert.ok(performance.now() - before > 1500, 'The save was not slow');
      assert.equal(await nameNow(), name(index));
      await until(() => activePath().endsWith(`/${name(index)}.cfwebhook.json`), 'the tab to follow');
      await until(() => tabs().length === 1, 'the old tab to close');
    }
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { addAccount, type Extension, fake, receiverUrl, run, startOver, until } from '../extension-under-test.ts';
import {
  active,
  activePath,
  activeQuery,
  activeText,
  closeAll,
  fixesAt,
  ours,
  tabs,
  textOf,
  type,
} from './json-documents.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';

describe('JSON editor', () => {
  let extension: Extension;
  let user: ScriptedUser | undefined;
  let accountId: string;
  let destinationId: string;

  beforeEach(async () => {
    extension = await startOver();
    const [account] = await fake.accounts();
    accountId = account?.id ?? '';
    const made = await fake.putDestination({
      account: accountId,
      name: 'Alpha',
      url: receiverUrl('alpha'),
      secret: 's3',
    });
    destinationId = made.id;
    await addAccount(account?.name ?? '');
    user = scriptUser();
  });
  afterEach(async () => {
    user?.dispose();
    await closeAll();
  });

  const answerWith = (...reactions: readonly Reaction[]): ScriptedUser => {
    user?.dispose();
    user = scriptUser(...reactions);
    return user;
  };
  const storedDestination = async (id = destinationId) =>
    (await fake.destinations({ account: accountId })).find((each) => each.id === id);

  async function open(): Promise<vscode.TextDocument> {
    await run('editDestinationAsJson', { kind: 'destination', accountId, destinationId });
    return active();
  }

  it('opens the destination with a sanitized file name and the right size', async () => {
    await fake.putDestination({ account: accountId, id: destinationId, name: 'a/../b\u202E"?' });
    await extension.store.refresh([accountId]);
    const document = await open();
    assert.match(document.uri.path, /^\/[^/]+\/a-\.\.-b-\.cfwebhook\.json$/);
    assert.equal(document.uri.query, `account=${accountId}&destination=${destinationId}`);
    assert.equal(document.languageId, 'cfwebhook-json');
    assert.equal(document.getText(), textOf('a/../b\u202E"?', receiverUrl('alpha')));
    const { size } = await vscode.workspace.fs.stat(document.uri);
    assert.equal(size, Buffer.byteLength(document.getText()));
  });

  it('opens a URI of an earlier version, and its tab follows to the current one', async () => {
    const name = extension.connections.accounts()[0]?.name ?? '';
    const old = vscode.Uri.from({ scheme: 'cfwebhook', path: `/${accountId}/${destinationId}/Alpha.cfwebhook.json` });
    const document = await vscode.workspace.openTextDocument(old);
    assert.equal(document.getText(), textOf('Alpha', receiverUrl('alpha')));
    await vscode.window.showTextDocument(document, { preview: false });
    await until(() => activeQuery().includes(destinationId), 'the tab to follow');
    assert.equal(activePath(), `/${name}/Alpha.cfwebhook.json`);
    await until(() => tabs().length === 1, 'the old tab to close');
    for (const path of [
      `/${accountId}/new/1/New Destination`,
      `/${accountId}/new/New Destination`,
      `/${accountId}/x`,
    ]) {
      const uri = vscode.Uri.from({ scheme: 'cfwebhook', path: `${path}.cfwebhook.json` });
      const isFound = await vscode.workspace.fs.readFile(uri).then(
        () => true,
        () => false,
      );
      assert.equal(isFound, path.includes('/new/1/'), path);
    }
  });

  it('follows a new name of the account in its breadcrumb', async () => {
    await open();
    answerWith({ types: 'Team/A' });
    await run('renameAccount', { kind: 'account', accountId });
    await until(() => activePath() === '/Team-A/Alpha.cfwebhook.json', activePath);
    await until(() => tabs().length === 1, 'the old tab to close');
  });

  it('marks each error in the text and does not save', async () => {
    const document = await open();
    const text = `{\n  "name": " ",\n  "url": "hooks",\n  "id": "1"\n}\n`;
    await type(document, text);
    const found = ours(document).map(({ range, severity, code }) => [document.getText(range), severity, code]);
    const error = vscode.DiagnosticSeverity.Error;
    assert.deepEqual(found, [
      ['"id"', error, 'readOnlyKey'],
      ['" "', error, 'empty'],
      ['"hooks"', error, 'notAnAddress'],
    ]);
    assert.equal(await document.save(), false);
    assert.ok(document.isDirty);
    assert.equal((await storedDestination())?.name, 'Alpha');
    const [fix] = await fixesAt(document, '"id"');
    assert.equal(fix?.title, 'Remove “id”');
    await vscode.workspace.applyEdit(fix.edit ?? assert.fail());
    assert.deepEqual(JSON.parse(document.getText()), { name: ' ', url: 'hooks' });
  });

  it('shows each problem once: syntax errors from VS Code, other errors from the extension', async () => {
    const document = await open();
    const all = () => vscode.languages.getDiagnostics(document.uri);
    const findDiagnostics = async (text: string, count: number): Promise<readonly string[]> => {
      await type(document, text);
      await until(
        () => all().length === count,
        `${count} diagnostics, not ${all()
          .map(({ message }) => message)
          .join()}`,
      );
      // Wait for late diagnostics from other sources.
      await new Promise((resolve) => setTimeout(resolve, 800));
      return all().map(({ source, code }) => `${source} ${JSON.stringify(code)}`);
    };
    assert.deepEqual(await findDiagnostics('{"name": 1, "url": "hooks", "x": {}}', 2), [
      'Cloudflare Webhooks "wrongType"',
      'Cloudflare Webhooks "unknownKey"',
    ]);
    const url = JSON.stringify('https://hooks.example.com/x');
    assert.deepEqual(await findDiagnostics(`{"name": "a", "url": ${url}, }`, 1), ['cfwebhook-json 519']);
    // VS Code only warns about a duplicate key, once per occurrence. The extension rejects it.
    const twice = await findDiagnostics(`{"name": "a", "url": ${url}, "url": ${url}}`, 3);
    assert.deepEqual(twice.toSorted(), [
      'Cloudflare Webhooks "duplicateKey"',
      'cfwebhook-json 520',
      'cfwebhook-json 520',
    ]);
  });

  it('renames the destination on save and reports the change', async () => {
    const document = await open();
    await type(document, document.getText().replace('Alpha', 'Beta'));
    assert.equal(await document.save(), true);
    const now = await storedDestination();
    assert.deepEqual([now?.name, now?.url, now?.secret], ['Beta', receiverUrl('alpha'), 's3']);
    assert.match(user?.messages.join() ?? '', /Saved “Beta” of .*\. Cloudflare applied the new name/);
    assert.equal(document.isDirty, false);
    await until(() => activePath().endsWith('/Beta.cfwebhook.json'), 'the tab to follow the new name');
    await until(() => tabs().length === 1, 'the old tab to close');
    assert.equal(active().getText(), textOf('Beta', receiverUrl('alpha')));
  });

  it('reports the new URL as applied if Cloudflare changed it', async () => {
    await fake.changeSettings({ putMode: 'as-documented' });
    const document = await open();
    await type(document, textOf('Beta', receiverUrl('beta')));
    answerWith({ presses: 'Update in Place' });
    assert.equal(await document.save(), true);
    assert.deepEqual(
      [(await storedDestination())?.name, (await storedDestination())?.url],
      ['Beta', receiverUrl('beta')],
    );
    assert.match(user?.messages.join() ?? '', /applied the new name, URL/);
  });

  it('offers a replacement if Cloudflare ignores the URL', async () => {
    const messages = answerWith({ presses: 'Update in Place' }, { presses: 'Replace…' }, { presses: 'Replace' });
    const document = await open();
    await type(document, textOf('Beta', receiverUrl('beta')));
    assert.equal(await document.save(), false);
    await until(async () => (await storedDestination()) === undefined, 'the old destination to be deleted');
    assert.match(messages.questions[1]?.title ?? '', /applied the new name\. .*did not change the URL/);
    assert.match(messages.questions[2]?.title ?? '', /^Replace “Beta” of/);
    const made = (await fake.destinations({ account: accountId })).find(({ name }) => name === 'Beta');
    assert.equal(made?.url, receiverUrl('beta'));
    await until(() => activeQuery().includes(made?.id ?? '?'), 'the new document');
    assert.equal(active().getText(), textOf('Beta', receiverUrl('beta')));
    assert.equal(active().isDirty, false);
    await until(() => tabs().length === 1, 'the old tab to close');
  });

  it('keeps the text of a URL that Cloudflare ignored', async () => {
    const document = await open();
    const text = textOf('Beta', receiverUrl('beta'));
    await type(document, text);
    answerWith({ presses: 'Update in Place' });
    assert.equal(await document.save(), false);
    assert.deepEqual(
      [(await storedDestination())?.name, (await storedDestination())?.url],
      ['Beta', receiverUrl('alpha')],
    );
    await extension.store.refresh([accountId]);
    assert.ok(document.isDirty);
    assert.equal(document.getText(), text);
    // The next save must reach the extension: the change of the name is no conflict, because it came from this document.
    const again = answerWith('leaves');
    assert.equal(await document.save(), false);
    assert.match(again.questions[0]?.title ?? '', /^Change the URL or secret of “Beta”/);
    assert.equal(document.getText(), text);
  });

  it('stays unsaved with the error at the URL until Cloudflare accepts the change', async () => {
    await fake.addFault({
      method: 'PUT',
      fault: { kind: 'status', status: 422 },
      times: 1,
    });
    const document = await open();
    await type(document, document.getText().replace('Alpha', 'Beta'));
    assert.equal(await document.save(), false);
    assert.ok(document.isDirty);
    const refusal = ours(document).find(({ code }) => code === 'refused') ?? assert.fail();
    assert.equal(document.getText(refusal.range), JSON.stringify(receiverUrl('alpha')));
    assert.equal(await document.save(), true);
    assert.equal((await storedDestination())?.name, 'Beta');
    assert.ok(!ours(document).some(({ code }) => code === 'refused'));
  });

  it('offers another token if the token can only read', async () => {
    const document = await open();
    await type(document, document.getText().replace('Alpha', 'Beta'));
    await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 } });
    const { questions } = answerWith({ presses: 'Replace Token…' });
    assert.equal(await document.save(), false);
    await until(
      () => questions.length === 2,
      () => JSON.stringify(questions),
    );
    assert.match(questions[0]?.title ?? '', /^To save this document, .+ needs a token that can edit notifications\.$/);
    assert.match(questions[1]?.title ?? '', /^Replace Token of /);
    assert.ok(document.isDirty);
  });

  it('removes the secret from the document after sending it', async () => {
    await fake.changeSettings({ putMode: 'as-documented' });
    const document = await open();
    await type(document, textOf('Alpha', receiverUrl('alpha'), 'new-secret'));
    assert.ok(ours(document).some(({ code }) => code === 'secretInText'));
    answerWith({ presses: 'Update in Place' }, 'leaves');
    assert.equal(await document.save(), true);
    assert.match(user?.questions[1]?.title ?? '', /Cloudflare does not confirm secret changes/);
    assert.equal((await storedDestination())?.secret, 'new-secret');
    await until(() => document.getText() === textOf('Alpha', receiverUrl('alpha')), 'the secret to be removed');
    assert.equal(document.isDirty, false);
    assert.ok(!extension.logged().includes('new-secret'));
  });

  it('moves a secret from the text to a masked prompt and sends it on save', async () => {
    await fake.changeSettings({ putMode: 'as-documented' });
    const document = await open();
    await type(document, textOf('Alpha', receiverUrl('alpha'), 'typed'));
    const [fix] = await fixesAt(document, '"typed"');
    assert.equal(fix?.title, 'Move the secret to a masked input');
    answerWith({ types: 'masked' });
    await vscode.commands.executeCommand(fix.command?.command ?? '', ...(fix.command?.arguments ?? []));
    assert.deepEqual(JSON.parse(document.getText()), { name: 'Alpha', url: receiverUrl('alpha') });
    assert.ok(ours(document).some(({ code }) => code === 'secretHeld'));
    answerWith({ presses: 'Update in Place' });
    assert.equal(await document.save(), true);
    assert.equal((await storedDestination())?.secret, 'masked');
  });

  it('creates a destination and opens its document', async () => {
    await run('createDestinationFromJson', { kind: 'account', accountId });
    const document = active();
    assert.equal(document.getText(), textOf('', ''));
    await type(document, textOf('Fresh', receiverUrl('fresh'), 'fresh-secret'));
    assert.equal(await document.save(), true);
    const made = (await fake.destinations({ account: accountId })).find(({ name }) => name === 'Fresh');
    assert.deepEqual([made?.url, made?.secret], [receiverUrl('fresh'), 'fresh-secret']);
    await until(
      () => activePath().endsWith('/Fresh.cfwebhook.json') && activeQuery().includes(made?.id ?? '?'),
      'the new document',
    );
    await until(() => tabs().length === 1, 'the old tab to close');
    assert.equal(active().getText(), textOf('Fresh', receiverUrl('fresh')));
  });

  it('creates no destination if Cloudflare’s test fails', async () => {
    await run('createDestinationFromJson', { kind: 'account', accountId });
    const document = active();
    await type(document, textOf('Fresh', receiverUrl('fresh'), 'wrong'));
    assert.equal(await document.save(), false);
    const words = (): string =>
      ours(document)
        .map(({ message }) => message)
        .join();
    assert.match(
      words(),
      /Webhook test failed with status code 401.+rejected the secret, or a firewall blocked Cloudflare/,
    );
    assert.ok(document.isDirty);
    const fix = (await fixesAt(document, 'http')).find(({ title }) => title === 'Test from This Machine');
    await extension.state.update('testedHosts', []);
    const sender = scriptUser({ presses: 'Send' });
    await vscode.commands.executeCommand(fix?.command?.command ?? '', ...(fix?.command?.arguments ?? []));
    await until(() => sender.messages.length > 0);
    sender.dispose();
    assert.match(sender.questions[0]?.title ?? '', /^Send a test to /);
    assert.match(sender.messages.join(), /“Fresh” from this machine failed[^]*401/);
    assert.ok(document.isDirty);
    await type(document, textOf('Fresh', receiverUrl('fresh')));
    assert.doesNotMatch(words(), /Webhook test failed/);
    assert.ok(!(await fake.destinations({ account: accountId })).some(({ name }) => name === 'Fresh'));
  });

  it('marks a URL without its secret part, and accepts the secret beside it', async () => {
    const cut = 'https://hooks.slack.com/services/T/B';
    const show = (document: vscode.TextDocument) =>
      ours(document).map(({ range, code }) => [document.getText(range), code]);
    await fake.putDestination({ account: accountId, id: destinationId, url: `${cut}/s3cret-part`, type: 'slack' });
    await extension.store.refresh([accountId]);
    const document = await open();
    assert.deepEqual(show(document), [[`"${cut}"`, 'cutUrl']]);
    await type(document, textOf('Chat', `${cut}2`));
    assert.deepEqual(show(document), [[`"${cut}2"`, 'incomplete']]);
    await type(document, textOf('Chat', ` ${cut}2`, 's3cret-part'));
    assert.deepEqual(show(document), [['"s3cret-part"', 'secretInText']]);
  });

  it('starts a new document from the selected request body', async () => {
    const content = `curl --json '{"name":"Mine","url":"https://hooks.example.com/x"}'`;
    const document = await vscode.workspace.openTextDocument({ content });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, content.indexOf('{'), 0, content.indexOf('}') + 1);
    await run('createDestinationFromJson', { kind: 'account', accountId });
    assert.equal(active().getText(), textOf('Mine', 'https://hooks.example.com/x'));
    assert.ok(active().isDirty);
  });

  it('reports before a replacement that the required secret is not stored', async () => {
    await fake.putDestination({
      account: accountId,
      id: destinationId,
      url: 'https://api.opsgenie.com/v2/alerts',
      type: 'opsgenie',
    });
    await extension.store.refresh([accountId]);
    const messages = answerWith({ presses: 'Update in Place' }, { presses: 'Replace…' });
    const document = await open();
    await type(document, textOf('Alpha', 'https://api.eu.opsgenie.com/v2/alerts'));
    assert.equal(await document.save(), false);
    await until(() => messages.messages.length > 0, 'the message');
    assert.match(messages.messages.join(), /Opsgenie requires a secret/);
    assert.ok(await storedDestination());
  });

  it('shows an external change while the document has no edits', async () => {
    await open();
    await fake.putDestination({ account: accountId, id: destinationId, name: 'By others' });
    await extension.store.refresh([accountId]);
    await until(() => activeText() === textOf('By others', receiverUrl('alpha')), 'the document to show the change');
    await until(() => tabs().length === 1, 'the old tab to close');
    assert.equal(active().isDirty, false);
  });

  it('does not overwrite an external change, also if VS Code does not detect it', async () => {
    const document = await open();
    await type(document, document.getText().replace('Alpha', 'Beta'));
    for (const name of ['Much longer', 'Delta']) {
      await fake.putDestination({ account: accountId, id: destinationId, name });
      answerWith('leaves');
      assert.equal(await document.save(), false, name);
      assert.equal((await storedDestination())?.name, name);
    }
    // VS Code treats content of the same length as unchanged.
    assert.match(user?.questions[0]?.title ?? '', /“Delta” has changed at Cloudflare since you opened it/);
  });

  it('asks which version to use in a conflict that VS Code does not detect', async () => {
    const conflict = async (answer: Reaction): Promise<vscode.TextDocument> => {
      const document = await open();
      await type(document, textOf('Mine!', receiverUrl('alpha')));
      await fake.putDestination({ account: accountId, id: destinationId, name: 'Delta' });
      const { questions } = answerWith(answer);
      assert.equal(await document.save(), answer !== 'leaves');
      assert.match(questions[0]?.text ?? '', /name is now “Delta”.*\n\n.*discards the changes.*overwrites the version/);
      return document;
    };
    const kept = await conflict('leaves');
    assert.ok(kept.isDirty);
    assert.equal((await storedDestination())?.name, 'Delta');
    await closeAll();
    await fake.putDestination({ account: accountId, id: destinationId, name: 'Alpha' });
    await extension.store.refresh([accountId]);

    await conflict({ presses: 'Use Cloudflare’s Version' });
    assert.equal((await storedDestination())?.name, 'Delta');
    await until(() => activeText() === textOf('Delta', receiverUrl('alpha')), 'the version of Cloudflare');
    assert.equal(active().isDirty, false);
    await closeAll();
    await fake.putDestination({ account: accountId, id: destinationId, name: 'Alpha' });
    await extension.store.refresh([accountId]);

    await conflict({ presses: 'Keep Mine' });
    assert.equal((await storedDestination())?.name, 'Mine!');
    await until(() => activePath().endsWith('/Mine!.cfwebhook.json'), 'the tab to follow the new name');
  });

  it('closes the tab and its problems when the destination is deleted or the tab is closed', async () => {
    const document = await open();
    await type(document, textOf(' ', receiverUrl('alpha')));
    assert.ok(ours(document).length > 0);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await until(() => ours(document).length === 0, 'the problems to leave');
    const { uri } = await open();
    await fake.removeDestination({ account: accountId, id: destinationId });
    await extension.store.refresh([accountId]);
    await until(() => tabs().length === 0, 'the tab to close');
    assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
  });

  it('offers to create the destination again after it was deleted at Cloudflare', async () => {
    const document = await open();
    await type(document, document.getText().replace('Alpha', 'Beta'));
    await fake.removeDestination({ account: accountId, id: destinationId });
    assert.equal(await document.save(), false);
    assert.match(user?.questions[0]?.title ?? '', /“Beta” was deleted at Cloudflare\. Create it again/);
    assert.ok(document.isDirty);
    answerWith({ presses: 'Create Again' });
    assert.equal(await document.save(), true);
    const made = (await fake.destinations({ account: accountId })).find(({ name }) => name === 'Beta');
    assert.equal(made?.url, receiverUrl('alpha'));
    await until(() => activeQuery().includes(made?.id ?? '?'), 'the new document');
  });

  it('sends no remembered secret to a service of another type', async () => {
    const url = 'https://api.opsgenie.com/v2/alerts';
    await fake.putDestination({ account: accountId, id: destinationId, url, type: 'opsgenie' });
    await extension.store.refresh([accountId]);
    const key = `cloudflareWebhooks.secret.${accountId}.${destinationId}`;
    await extension.context.secrets.store(key, JSON.stringify({ version: 1, secret: 'key-of-opsgenie' }));
    const document = await open();
    await type(document, textOf('Alpha', receiverUrl('elsewhere')));
    answerWith({ presses: 'Replace' });
    assert.equal(await document.save(), true);
    const made = (await fake.destinations({ account: accountId })).find(({ name }) => name === 'Alpha');
    assert.deepEqual([made?.url, made?.secret], [receiverUrl('elsewhere'), undefined]);
  });

  it('asks before replacing a destination whose new URL has a different type', async () => {
    const document = await open();
    await type(document, textOf('Alpha', 'https://hooks.slack.com/services/T1/B1/abc'));
    answerWith('leaves');
    assert.equal(await document.save(), false);
    assert.ok(await storedDestination());
    answerWith({ presses: 'Replace' });
    assert.equal(await document.save(), true);
    assert.equal(await storedDestination(), undefined);
    await until(() => activePath() !== '' && !activeQuery().includes(destinationId), 'the new document');
    await until(() => tabs().length === 1, 'the old tab to close');
  });
});

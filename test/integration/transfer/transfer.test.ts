import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  addAccount,
  type Extension,
  fake,
  receiverUrl,
  run,
  startWithAcme,
  until,
  untilSaid,
} from '../extension-under-test.ts';
import { createSharedFiles, createWindowLeases } from '../../../src/ui/host/shared-files.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';

describe('export, import and comparison', () => {
  let extension: Extension;
  let accountId: string;
  let otherId: string;
  let folder: string;
  let user: ScriptedUser | undefined;
  const { showSaveDialog, showOpenDialog } = vscode.window;

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    folder = await mkdtemp(path.join(tmpdir(), 'cfwebhooks-'));
    otherId = (await fake.putAccount({ name: 'Beta' })).id;
    await fake.putDestination({ account: accountId, name: 'On-call', url: receiverUrl('on-call') });
    await fake.putDestination({ account: accountId, name: 'Backup', url: receiverUrl('backup') });
    await addAccount('Acme');
    await addAccount('Beta');
    Object.assign(vscode.window, {
      showSaveDialog: async () => vscode.Uri.file(file()),
      showOpenDialog: async () => [vscode.Uri.file(file())],
    });
  });
  afterEach(async () => {
    user?.dispose();
    Object.assign(vscode.window, { showSaveDialog, showOpenDialog });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });

  const file = (): string => path.join(folder, 'acme.cfwebhooks.json');
  const script = (...reactions: readonly Reaction[]): ScriptedUser => {
    user?.dispose();
    user = scriptUser(...reactions);
    return user;
  };
  const said = async (words: RegExp): Promise<void> => untilSaid(() => user, words);
  const names = async (account: string) => (await fake.destinations({ account })).map(({ name }) => name).toSorted();
  const posts = async () => (await fake.log()).filter(({ method }) => method === 'POST').length;
  const shown = () => vscode.window.activeTextEditor?.document.getText() ?? '';
  const exportWith = async (urls: string, argument?: unknown, all?: unknown): Promise<string> => {
    script({ picks: [urls] }, 'leaves');
    await run('exportDestinations', argument, all);
    await said(/^Exported webhook destinations/);
    return readFile(file(), 'utf8');
  };
  const accountNode = (id = accountId) => ({ kind: 'account', accountId: id });

  it('exports hosts only, and the same file again', async () => {
    const text = await exportWith('Hosts only', accountNode());
    const { accounts } = JSON.parse(text);
    assert.deepEqual(
      accounts[0].destinations.map(({ name, url }: { name: string; url?: string }) => [name, url]),
      [
        ['Backup', undefined],
        ['On-call', undefined],
      ],
    );
    assert.doesNotMatch(text, /receivers/);
    assert.equal(await exportWith('Hosts only', accountNode()), text);
  });

  it('says what a list lacks of which entries could not be read, and creates nothing that it may lack', async () => {
    await exportWith('Whole URLs', accountNode());
    const list = (account: string) => `/accounts/${account}/alerting/v3/destinations/webhooks`;
    const partial = async (account: string, result: readonly unknown[]): Promise<void> =>
      fake.addFault({ method: 'GET', path: list(account), fault: { kind: 'wrong-type', result } });
    await partial(otherId, [{ id: 'x', name: 'Other', url: receiverUrl('other') }, 7]);
    script('leaves');
    await run('importDestinations', accountNode(otherId));
    await said(/^Nothing to create in Beta/);
    assert.equal(await posts(), 0);
    await partial(accountId, [{ id: 'x', name: 'Other', url: receiverUrl('other') }, 7]);
    await exportWith('Hosts only', accountNode());
    await said(/1 entry of Cloudflare’s list could not be read and is missing from the file\.$/);
  });

  it('exports only the selected destinations', async () => {
    const [first] = await fake.destinations({ account: accountId });
    const node = { kind: 'destination', accountId, destinationId: first?.id };
    const { accounts } = JSON.parse(await exportWith('Hosts only', node, [node]));
    assert.deepEqual(
      accounts[0].destinations.map(({ name }: { name: string }) => name),
      ['On-call'],
    );
  });

  it('writes nothing if an account cannot be loaded', async () => {
    await fake.addFault({ account: accountId, fault: { kind: 'status', status: 403 } });
    script({ picks: ['Hosts only'] });
    await run('exportDestinations', accountNode());
    await said(/does not have permission/);
    await assert.rejects(readFile(file()));
  });

  it('imports whole URLs into another account after the plan, and nothing at the second time', async () => {
    await exportWith('Whole URLs', accountNode());
    script({ presses: 'Create' }, { presses: 'Show Report' });
    await run('importDestinations', accountNode(otherId));
    await said(/^Create 2 webhook destinations in Beta\? Cloudflare tests each URL\.$/);
    await said(/^Created 2 webhook destinations in Beta\.$/);
    assert.deepEqual(await names(otherId), ['Backup', 'On-call']);
    await until(() => /^Import into Beta, [^]*\nCreated \(2\)\n {2}“Backup” · /.test(shown()), shown);
    assert.doesNotMatch(shown(), /receivers/);
    assert.equal(await posts(), 2);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    script();
    await run('importDestinations', accountNode(otherId));
    await said(/^Nothing to create in Beta/);
    assert.match(shown(), /^Import into Beta\nFrom: acme\.cfwebhooks\.json\nThis plan .+\n\nAlready there \(2\)\n/);
    assert.equal(await posts(), 2);
  });

  it('sends nothing if the user does not agree', async () => {
    await exportWith('Whole URLs', accountNode());
    script('leaves');
    await run('importDestinations', accountNode(otherId));
    await said(/^Create 2 webhook destinations/);
    assert.equal(await posts(), 0);
  });

  it('asks for each missing URL, masked, and skips what is left empty', async () => {
    await exportWith('Hosts only', accountNode());
    script({ types: '' }, { types: receiverUrl('on-call') }, { presses: 'Create' }, 'leaves');
    await run('importDestinations', accountNode(otherId));
    await said(/^Created 1 webhook destination in Beta/);
    assert.equal(user?.questions[0]?.title, 'Import “Backup”');
    assert.equal(user?.questions[0]?.step, '1/2');
    assert.match(
      shown(),
      /Create \(1\)\n {2}“On-call”[^]*Not created: the URL or secret is missing \(1\)\n {2}“Backup”/,
    );
    assert.deepEqual(await names(otherId), ['On-call']);
    assert.doesNotMatch(extension.logged(), /receivers\/generic\/on-call/);
  });

  it('goes back to what was typed', async () => {
    await exportWith('Hosts only', accountNode());
    script(
      { types: receiverUrl('backup') },
      { types: 'half of a URL', goesBack: true },
      'accepts',
      { types: receiverUrl('on-call') },
      { presses: 'Create' },
      'leaves',
    );
    await run('importDestinations', accountNode(otherId));
    await said(/^Created 2 webhook destinations in Beta/);
    assert.deepEqual(
      user?.questions.slice(0, 4).map(({ title, step }) => `${title} ${step}`),
      ['Import “Backup” 1/2', 'Import “On-call” 2/2', 'Import “Backup” 1/2', 'Import “On-call” 2/2'],
    );
    const created = await fake.destinations({ account: otherId });
    assert.deepEqual(created.map(({ url }) => url).toSorted(), [receiverUrl('backup'), receiverUrl('on-call')]);
  });

  it('does not send a secret that was typed for another URL', async () => {
    const { origin } = new URL(receiverUrl('on-call'));
    await fake.removeDestination({
      account: accountId,
      id: (await fake.destinations({ account: accountId })).find(({ name }) => name === 'Backup')?.id ?? '',
    });
    await run('refreshAll');
    await exportWith('Hosts only', accountNode());
    script(
      { types: `${origin}/services/collector/event` },
      { types: 'half a secr', goesBack: true },
      { types: receiverUrl('on-call') },
      { presses: 'Create' },
      'leaves',
    );
    await run('importDestinations', accountNode(otherId));
    await said(/^Created 1 webhook destination in Beta/);
    assert.match(user?.questions[1]?.prompt ?? '', /^Enter the secret that Splunk requires/);
    const [created] = await fake.destinations({ account: otherId });
    assert.deepEqual([created?.url, created?.secret ?? ''], [receiverUrl('on-call'), '']);
  });

  it('cancels with Escape before anything is sent', async () => {
    await exportWith('Hosts only', accountNode());
    script('leaves');
    await run('importDestinations', accountNode(otherId));
    assert.equal(user?.questions.length, 1);
    assert.equal(await posts(), 0);
  });

  it('goes on after a failure, reports it, and finishes at the next import', async () => {
    await exportWith('Whole URLs', accountNode());
    await fake.addFault({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 });
    script({ presses: 'Create' }, { presses: 'Show Report' });
    await run('importDestinations', accountNode(otherId));
    await said(/^Created 1 webhook destination in Beta\. 1 failed\.$/);
    await until(() => /Failed \(1\)[^]*To try again/.test(shown()), shown);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    script({ presses: 'Create' }, 'leaves');
    await run('importDestinations', accountNode(otherId));
    await said(/^Created 1 webhook destination in Beta\.$/);
    assert.deepEqual(await names(otherId), ['Backup', 'On-call']);
  });

  it('plans again before it creates, so that nothing is created twice', async () => {
    await exportWith('Whole URLs', accountNode());
    await fake.addFault({
      path: '**/destinations/webhooks',
      method: 'POST',
      fault: { kind: 'status', status: 422 },
      times: 2,
    });
    const asked: ((choice: string) => void)[] = [];
    const original = vscode.window.showWarningMessage;
    script('leaves');
    Object.assign(vscode.window, {
      showWarningMessage: async (message: string) =>
        message.startsWith('Create 2') ? new Promise<string>((resolve) => asked.push(resolve)) : undefined,
    });
    try {
      await run('importDestinations', accountNode(otherId));
      await run('importDestinations', accountNode(otherId));
      await fake.putDestination({ account: otherId, name: 'On-call', url: receiverUrl('on-call') });
      asked.forEach((choose) => choose('Create'));
      // The first creates “Backup”, which Cloudflare refuses once and once more; then both plans are done.
      await until(async () => (await posts()) === 2);
      assert.deepEqual(await names(otherId), ['On-call']);
    } finally {
      Object.assign(vscode.window, { showWarningMessage: original });
    }
  });

  it('waits for an import of another window, and creates nothing that it created', async () => {
    await exportWith('Whole URLs', accountNode());
    const other = createWindowLeases(createSharedFiles(extension.operationsFolder), Date.now);
    const turn = await other.acquire(`import.${otherId}`);
    script({ presses: 'Create' });
    await run('importDestinations', accountNode(otherId));
    await until(async () => user?.questions.some(({ title }) => title.startsWith('Create 2')) ?? false);
    for (const name of ['On-call', 'Backup']) {
      await fake.putDestination({ account: otherId, name, url: receiverUrl(name.toLowerCase()) });
    }
    assert.equal(await posts(), 0);
    await turn.release();
    await said(/^Created 0 webhook destinations in Beta\./);
    assert.equal(await other.isTaken(`import.${otherId}`), false);
    assert.deepEqual([await names(otherId), await posts()], [['Backup', 'On-call'], 0]);
  });

  it('asks which accounts of a file to use', async () => {
    await fake.putDestination({ account: otherId, name: 'Of Beta', url: receiverUrl('beta') });
    script({ picks: ['Whole URLs'] }, 'leaves');
    await run('exportDestinations', accountNode(), [accountNode(), accountNode(otherId)]);
    await said(/^Exported webhook destinations: 3/);
    script('leaves');
    await run('importDestinations', accountNode(otherId));
    assert.match(user?.questions[0]?.text ?? '', /Acme[^]*Beta/);
    assert.equal(user?.questions[0]?.initial, 'Beta');
    assert.equal(await posts(), 0);
  });

  it('says in one sentence why a file cannot be used', async () => {
    for (const [content, words] of [
      ['{', /^acme\.cfwebhooks\.json is not valid JSON/],
      ['{"version": 2}', /was written by a newer version of this extension \(format 2\)/],
      [
        '{"version": 1, "accounts": [{"destinations": [{"name": 3}]}]}',
        /the value at accounts\.0\.destinations\.0\.name is wrong/,
      ],
      [' '.repeat(5_000_001), /is too large/],
    ] as const) {
      await writeFile(file(), content);
      script();
      await run('importDestinations', accountNode(otherId));
      await said(words);
    }
    assert.equal(await posts(), 0);
  });

  it('copies destinations to another account, with the secret that this machine remembers', async () => {
    const [onCall] = await fake.destinations({ account: accountId });
    assert.ok(onCall);
    await extension.secrets.remember(accountId, onCall.id, { secret: 'r3membered' });
    script({ picks: ['Beta'] }, { presses: 'Create' }, 'leaves');
    await run('copyToAccount', { kind: 'destination', accountId, destinationId: onCall.id });
    await said(/^Created 1 webhook destination in Beta/);
    const [copy] = await fake.destinations({ account: otherId });
    assert.deepEqual([copy?.name, copy?.secret], ['On-call', 'r3membered']);
    assert.doesNotMatch(shown(), /r3membered/);
  });

  it('compares a file with the account in a diff editor, and lists the differences', async () => {
    await exportWith('Hosts only', accountNode());
    const [onCall] = await fake.destinations({ account: accountId });
    await fake.removeDestination({ account: accountId, id: onCall?.id ?? '' });
    await fake.putDestination({ account: accountId, name: 'Fresh', url: receiverUrl('fresh') });
    script({ presses: 'Show Differences' }, 'leaves');
    await run('compareWithFile', accountNode());
    await said(/^Differences between the file and Acme: 1 only in the file, 1 only in the account, 0 changed\.$/);
    await until(() => user?.questions.length === 2);
    assert.match(user?.questions[1]?.text ?? '', /On-call \| only in the file[^]*Fresh \| only in the account/);
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.deepEqual([input.original.scheme, input.modified.scheme], ['file', 'cfwebhook-transfer']);
    assert.equal(await posts(), 0);
  });

  it('says that a file and the account are the same', async () => {
    await exportWith('Whole URLs', accountNode());
    script();
    await run('compareWithFile', accountNode());
    await said(/^Acme has the same webhook destinations as the file/);
  });
});

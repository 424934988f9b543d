import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import {
  addAccount,
  type Extension,
  fake,
  readTooltip,
  readTree,
  run,
  startWithAcme,
  until,
} from '../extension-under-test.ts';
import { createFailingColors } from '../../../src/ui/json/failing-colors.ts';
import { scriptUser, type ScriptedUser } from '../scripted-user.ts';

const WEBHOOKS = '/accounts/*/alerting/v3/destinations/webhooks';
const OLDER = '2026-01-01T00:00:00.000001Z';
const NEWER = '2026-01-01T00:00:00.000002Z';

describe('destinations view', () => {
  let extension: Extension;
  let user: ScriptedUser | undefined;
  let accountId: string;

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    const put = (name: string, last_success: string | null, last_failure: string | null) =>
      fake.putDestination({
        account: accountId,
        id: name.replaceAll(/\W/g, '').padEnd(32, '0'),
        name,
        url: `https://hooks.slack.com/services/T/B/secretOf${name.length}`,
        type: 'slack',
        last_success,
        last_failure,
      });
    await put('a1 healthy', NEWER, OLDER);
    await put('a2 failing', OLDER, NEWER);
    await put('a3 unused', null, null);
    await addAccount('Acme');
  });
  afterEach(() => user?.dispose());

  it('shows health as text, icon and screen reader label, failing destinations first', async () => {
    const [account] = await readTree(extension);
    assert.equal(account?.description, '1 failing · 3');
    assert.deepEqual(
      account?.children.map(({ label, icon }) => [label, icon]),
      [
        ['a2 failing', 'error'],
        ['a1 healthy', 'pass'],
        ['a3 unused', 'circle-outline'],
      ],
    );
    assert.match(account?.children[0]?.description ?? '', /^slack · failed \d+ (d|wk|mo|y) ago$/);
    assert.equal(account?.spoken, 'Acme, account, 1 failing, 3 destinations');
    assert.equal(account.children[2]?.description, 'slack · never used');
    assert.match(account?.children[0]?.spoken ?? '', /^a2 failing, slack, failing, last failure .+ ago$/);
    assert.match(account?.children[2]?.spoken ?? '', /^a3 unused, slack, never used, /);
  });

  it('gives failing rows the resource of their document, which a themable color decorates', async () => {
    const rows = (await readTree(extension))[0]?.children ?? [];
    const items = await Promise.all(
      rows.map(async ({ node }) => extension.destinationsView.provider.getTreeItem(node)),
    );
    assert.deepEqual(
      items.map(({ resourceUri }) => resourceUri?.path),
      ['/Acme/a2 failing.cfwebhook.json', undefined, undefined],
    );
    const store = extension.store;
    const found: (vscode.FileDecoration | undefined)[] = [];
    const window = vscode.window as unknown as Record<string, unknown>;
    const real = window['registerFileDecorationProvider'];
    let asked: vscode.FileDecorationProvider | undefined;
    window['registerFileDecorationProvider'] = (given: vscode.FileDecorationProvider) => {
      asked = given;
      return new vscode.Disposable(() => {});
    };
    const colors = createFailingColors(store);
    window['registerFileDecorationProvider'] = real;
    const { token } = new vscode.CancellationTokenSource();
    const fired: unknown[] = [];
    asked?.onDidChangeFileDecorations?.((uris) => fired.push(uris));
    const uri = items[0]?.resourceUri ?? assert.fail();
    found.push((await asked?.provideFileDecoration(uri, token)) ?? undefined);
    await fake.recordDelivery({ account: accountId, id: 'a2failing'.padEnd(32, '0'), succeeded: true });
    await run('refresh');
    found.push((await asked?.provideFileDecoration(uri, token)) ?? undefined);
    colors.dispose();
    const color = found[0]?.color;
    assert.ok(color instanceof vscode.ThemeColor);
    assert.equal((color as { id: string }).id, 'cloudflareWebhooks.failingForeground');
    assert.deepEqual([found[1], fired.length], [undefined, 1]);
  });

  it('opens the panel of the selected destination, as Enter does', async () => {
    const node = { kind: 'destination', accountId, destinationId: 'a2failing'.padEnd(32, '0') } as const;
    await extension.destinationsView.reveal(node);
    await until(() => extension.destinationsView.selected()[0]?.kind === 'destination');
    await run('keys.open');
    await until(() => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'a2 failing', 'the panel');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('shows only the host of a URL', async () => {
    const [account] = await readTree(extension);
    for (const row of account?.children ?? []) {
      assert.match(row.tooltip, /hooks\.slack\.com/);
      assert.doesNotMatch(JSON.stringify(row), /services|secretOf/);
    }
  });

  it('escapes names in tooltips', async () => {
    const name = '**bold** [link](command:evil) <b>$(bug)</b>';
    await fake.putDestination({ account: accountId, name, url: 'https://example.com/x' });
    await run('refresh');
    const row = (await readTree(extension))[0]?.children.find(({ label }) => label === name);
    assert.ok(row);
    assert.doesNotMatch(row.markdown, /(?<!\\)[[<`$]|[^\\]\*bold/);
  });

  it('repaints only after a change at Cloudflare', async () => {
    const fired: unknown[] = [];
    const listening = extension.destinationsView.provider.onDidChangeTreeData?.((node) => fired.push(node));
    await run('refresh');
    assert.deepEqual(fired, []);
    await fake.recordDelivery({ account: accountId, id: 'a2failing'.padEnd(32, '0'), succeeded: true });
    await run('refresh');
    assert.equal(fired.length, 1);
    assert.equal((await readTree(extension))[0]?.description, '3');
    listening?.dispose();
  });

  it('keeps the stale snapshot when a refresh fails, below the problem and its actions', async () => {
    await fake.addFault({ fault: { kind: 'status', status: 401 } });
    await run('refresh');
    const [account] = await readTree(extension);
    assert.equal(account?.description, '1 failing · 3 · stale');
    assert.equal(account?.children[0]?.label, 'Token rejected');
    assert.match(account?.children[0]?.spoken ?? '', /^Cloudflare rejected the token of Acme/);
    assert.equal(account?.children[0]?.context, 'problem replaceToken retry showLog');
    assert.equal(account?.children.length, 4);
    await fake.clear({ part: 'faults' });
    await run('refresh', account?.children[0]?.node);
    assert.equal((await readTree(extension))[0]?.description, '1 failing · 3');
  });

  it('says that a permission is missing where Cloudflare refuses the account with 401, and the token is valid', async () => {
    await fake.addFault({ path: WEBHOOKS, fault: { kind: 'status', status: 401 } });
    await run('refresh');
    const [account] = await readTree(extension);
    assert.equal(account?.description, '1 failing · 3 · stale');
    assert.equal(account?.children[0]?.label, 'Permission missing');
    assert.match(account?.children[0]?.spoken ?? '', /^The token does not have permission for Acme/);
    await fake.clear({ part: 'faults' });
    await run('refresh', account?.children[0]?.node);
    assert.equal((await readTree(extension))[0]?.description, '1 failing · 3');
  });

  it('shows the number of malformed entries above the others, with the log behind it', async () => {
    const list = await fake.destinations({ account: accountId });
    const answer = (...odd: readonly unknown[]) =>
      fake.addFault({ path: WEBHOOKS, fault: { kind: 'wrong-type', result: [...list, ...odd] }, times: 1 });
    await answer({ name: 'no ID' }, 'not an object');
    await run('refresh');
    const [account] = await readTree(extension);
    const [row] = account?.children ?? [];
    assert.deepEqual(
      [row?.label, row?.description, row?.tooltip, row?.spoken, row?.icon, row?.context],
      [
        '2 entries could not be read',
        'See the log for details.',
        '**See the log for details.**',
        '2 entries could not be read. See the log for details.',
        'warning',
        'problem showLog',
      ],
    );
    assert.deepEqual(
      account?.children.slice(1).map(({ label }) => label),
      ['a2 failing', 'a1 healthy', 'a3 unused'],
    );
    assert.match(extension.logged(), /cannot read 3\.id, 4; 2 entries are left out/);
    const item = row && (await extension.destinationsView.provider.getTreeItem(row.node));
    assert.equal(item?.command?.command, 'cloudflareWebhooks.showLog');
    await answer(null);
    await run('refresh');
    assert.equal((await readTree(extension))[0]?.children[0]?.label, '1 entry could not be read');
    await run('refresh');
    assert.equal((await readTree(extension))[0]?.children[0]?.label, 'a2 failing');
  });

  it('shows a placeholder for an account without destinations', async () => {
    for (const { id } of await fake.destinations({ account: accountId })) {
      await fake.removeDestination({ account: accountId, id });
    }
    await run('refresh');
    const [account] = await readTree(extension);
    assert.deepEqual(
      account?.children.map(({ label }) => label),
      ['No webhook destinations'],
    );
    const empty = account?.children[0];
    const item = empty && (await extension.destinationsView.provider.getTreeItem(empty.node));
    assert.equal(item?.command?.command, 'cloudflareWebhooks.createDestination');
    assert.deepEqual(item.command.arguments, [{ kind: 'account', accountId }]);
  });

  it('applies the sort setting immediately', async () => {
    const settings = vscode.workspace.getConfiguration('cloudflareWebhooks');
    await settings.update('sort', 'name', vscode.ConfigurationTarget.Global);
    try {
      const labels = (await readTree(extension))[0]?.children.map(({ label }) => label);
      assert.deepEqual(labels, ['a1 healthy', 'a2 failing', 'a3 unused']);
    } finally {
      await settings.update('sort', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('counts failing ones in the badge, and takes it away when there are none', async () => {
    assert.equal(extension.destinationsView.view.badge?.value, 1);
    await fake.recordDelivery({ account: accountId, id: 'a2failing'.padEnd(32, '0'), succeeded: true });
    await run('refresh');
    assert.equal(extension.destinationsView.view.badge, undefined);
  });

  it('shows the number of failing ones in the status bar, and unknown apart from failing', async () => {
    assert.equal(extension.statusItem.item.text, '$(warning) 1 webhook failing');
    assert.ok(extension.statusItem.item.backgroundColor);
    assert.match(readTooltip(extension.statusItem.item.tooltip), /^a2 failing \(Acme\): last failure .+ ago$/m);
    await fake.recordDelivery({ account: accountId, id: 'a2failing'.padEnd(32, '0'), succeeded: true });
    await fake.addFault({ path: WEBHOOKS, fault: { kind: 'html' }, times: 1 });
    await run('refresh');
    assert.equal(extension.statusItem.item.text, '$(warning) 1 webhook failing');
    await run('refresh');
    await fake.addFault({ path: WEBHOOKS, fault: { kind: 'html' } });
    await run('refresh');
    assert.equal(extension.statusItem.item.text, '$(cloud-offline) Webhooks: 1 account unknown');
    assert.match(readTooltip(extension.statusItem.item.tooltip), /^Acme: Unexpected response$/m);
    assert.equal(extension.statusItem.item.backgroundColor, undefined);
  });

  it('lists failing destinations in a quick pick', async () => {
    user = scriptUser();
    await run('showFailing');
    assert.match(user.questions[0]?.text ?? '', /^a2 failing \| Acme \| slack · last failure .+ ago$/);
  });

  it('removes an account, and removes its token with the last account', async () => {
    user = scriptUser({ presses: 'Remove' });
    await run('removeAccount', { kind: 'account', accountId });
    assert.match(user.questions[0]?.title ?? '', /Remove the account “Acme”/);
    assert.match(user.questions[0]?.text ?? '', /Its token is deleted .+ no other account uses it/);
    assert.deepEqual(await readTree(extension), []);
    assert.equal(extension.connections.tokens().size, 0);
  });

  it('replaces a token that no longer works', async () => {
    await fake.putToken({ value: 'cfut_the_new_one_0123456789' });
    await fake.putToken({ value: demoTokens.demo, disabled: true });
    await run('refresh');
    assert.equal((await readTree(extension))[0]?.children[0]?.node.kind, 'problem');
    user = scriptUser({ types: 'cfut_the_new_one_0123456789' });
    await run('replaceToken', { kind: 'problem', accountId });
    assert.equal((await readTree(extension))[0]?.description, '1 failing · 3');
    assert.equal(extension.connections.tokens().size, 1);
  });
});

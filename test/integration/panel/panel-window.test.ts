import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { addAccount, fake, run, startOver, until } from '../extension-under-test.ts';

describe('panel tab', () => {
  let accountId: string;
  let destinationId: string;

  beforeEach(async () => {
    await startOver();
    const account = (await fake.accounts()).find(({ name }) => name === 'Tern & Co. Labs') ?? assert.fail();
    accountId = account.id;
    await addAccount(account.name);
    const found = (await fake.destinations({ account: accountId })).find(({ name }) => name === 'Sensor gateway');
    destinationId = found?.id ?? assert.fail();
  });

  const node = () => ({ kind: 'destination', accountId, destinationId });
  const tabs = () =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputWebview)
      .map(({ label }) => label);
  const close = () => vscode.commands.executeCommand('workbench.action.closeAllEditors');
  afterEach(close);

  it('opens once per destination', async () => {
    await run('editDestination', node());
    await run('editDestination', node());
    await until(() => tabs().length > 0);
    assert.deepEqual(tabs(), ['Sensor gateway']);
  });

  it('opens once for a new destination, beside the tabs of other destinations', async () => {
    await run('createDestination', { kind: 'account', accountId });
    await run('editDestination', node());
    await run('createDestination', { kind: 'account', accountId });
    await until(() => tabs().length > 1);
    assert.deepEqual(tabs().toSorted(), ['New Webhook Destination', 'Sensor gateway']);
    await until(() => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'New Webhook Destination');
  });

  it('can be opened again after closing', async () => {
    await run('editDestination', node());
    await close();
    await until(() => tabs().length === 0);
    await run('editDestination', node());
    await until(() => tabs().length > 0);
  });
});

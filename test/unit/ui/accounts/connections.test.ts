import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { createCallBudgets } from '../../../../src/core/monitoring/call-budget.ts';
import { makeApi } from '../../core/api/fake-api.ts';
import { makeSecretStorage, makeUiServices } from '../ui-services.ts';
import { standInForVscode } from '../vscode.ts';

await standInForVscode();
const { createConnections } = await import('../../../../src/ui/accounts/connections.ts');

describe('connections', () => {
  it('keep the accounts of the session while the stored list is of a newer version', async () => {
    let list: unknown = [{ id: 'a', name: 'Acme', tokenIds: ['t'] }];
    const { store, ...services } = makeUiServices(makeApi());
    const changes: boolean[] = [];
    store.setConnections([]);
    const connections = createConnections({
      ...services,
      store,
      context: { secrets: makeSecretStorage(new Map()) } as Partial<vscode.ExtensionContext> as vscode.ExtensionContext,
      userAgent: 'test/1',
      state: { get: () => list, update: async () => {} },
      budgets: createCallBudgets(() => 0),
      snapshots: { adopt: async () => {}, forget: async () => {}, dispose() {} },
    });
    await connections.load();
    store.onChanged(({ accounts }) => changes.push(accounts));
    list = { version: 2, list };
    await connections.load();
    assert.deepEqual([connections.accounts().length, store.entries().length], [1, 1]);
    assert.ok(connections.trouble().accountsUnreadable && !changes.includes(true));
    connections.dispose();
  });
});

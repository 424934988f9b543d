import assert from 'node:assert/strict';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { createPolicyStore } from '../../../../src/core/policies/policy-store.ts';
import { makeApi, makeDestination } from '../../core/api/fake-api.ts';
import { standInForVscode } from '../vscode.ts';

await standInForVscode();
const { toTreeItem } = await import('../../../../src/ui/tree/tree-items.ts');
const { createTargets } = await import('../../../../src/ui/destinations/targets.ts');

describe('a row whose destination has its ID in another form', () => {
  const node = { kind: 'destination', accountId: 'a', destinationId: '12345678' } as const;
  const destination = makeDestination('1234-5678', { name: 'Ops' });
  const api = makeApi({ listDestinations: async () => [destination] });
  const store = createStore({ now: () => 0, toApiError: () => assert.fail(), defer: setImmediate, log: () => {} });

  before(async () => {
    store.setConnections([{ account: { id: 'a', name: 'Acme' }, token: undefined, api }]);
    await store.refresh();
  });

  it('shows it', () => {
    const known = { store, policies: createPolicyStore(), documentOf: () => assert.fail() };
    assert.equal(toTreeItem(node, known).label, 'Ops');
  });

  it('is the target of commands', async () => {
    const targets = createTargets(
      { store, loaded: Promise.resolve(true) },
      () => [],
      () => undefined,
    );
    assert.equal((await targets.destination(node, ''))?.destination, destination);
  });
});

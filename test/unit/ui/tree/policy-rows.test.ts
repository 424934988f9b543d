import assert from 'node:assert/strict';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { createPolicyStore } from '../../../../src/core/policies/policy-store.ts';
import { standInForVscode } from '../vscode.ts';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';

await standInForVscode();
const { createLastTests } = await import('../../../../src/ui/tree/last-tests.ts');
const { createDestinationsView } = await import('../../../../src/ui/tree/tree.ts');

describe('rows below a destination', () => {
  /** The labels of the rows, where so many entries of the list of policies could not be read. */
  async function open(skipped: number): Promise<readonly unknown[]> {
    const store = createStore({
      now: Date.now,
      toApiError: () => new ApiError({ kind: 'protocol' }),
      defer: (work) => work(),
      log() {},
    });
    const api = makeApi({
      listDestinations: async () => [makeDestination('d')],
      listPolicies: async () => noteSkipped([], skipped),
      listAlertNames: async () => new Map(),
    });
    store.setConnections([makeConnection('a', api)]);
    await store.refresh();
    const { provider } = createDestinationsView(store, createPolicyStore(), createLastTests(), {
      view: { onDidChangeSelection: () => ({ dispose() {} }), selection: [] } as never,
      documentOf: () => assert.fail(),
      describeOnHover: async () => undefined,
    });
    const nodes = await provider.getChildren({ kind: 'destination', accountId: 'a', destinationId: 'd' });
    return Promise.all((nodes ?? []).map(async (node) => (await provider.getTreeItem(node)).label));
  }

  it('say that no policy uses the destination only where every policy could be read', async () => {
    assert.deepEqual(await open(0), ['No policy uses this destination']);
    assert.deepEqual(await open(1), ['Could not load policies']);
  });
});

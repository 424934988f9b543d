import assert from 'node:assert/strict';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { createPolicyStore } from '../../../../src/core/policies/policy-store.ts';
import { standInForVscode } from '../vscode.ts';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';

await standInForVscode();
const { createLastTests } = await import('../../../../src/ui/tree/last-tests.ts');
const { describeDestinationRow } = await import('../../../../src/ui/tree/destination-tooltip.ts');
const { toTreeItem } = await import('../../../../src/ui/tree/tree-items.ts');
const { describeBriefly } = await import('../../../../src/ui/text/destination.ts');

describe('a destination whose times cannot be read', () => {
  it('is not said to be never used', async () => {
    const destination = makeDestination('d', { lastSuccess: 'unreadable', lastFailure: 'unreadable' });
    const store = createStore({
      now: Date.now,
      toApiError: () => new ApiError({ kind: 'protocol' }),
      defer: (work) => work(),
      log() {},
    });
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [destination] }))]);
    await store.refresh();
    const node = { kind: 'destination', accountId: 'a', destinationId: 'd' } as const;
    const lastTests = createLastTests();
    const row = toTreeItem(node, { store, policies: createPolicyStore(), documentOf: () => assert.fail() });
    assert.equal(row.description, 'slack · unknown');
    assert.match(row.accessibilityInformation?.label ?? '', /, slack, unknown$/);
    assert.match(describeDestinationRow(node, { store, lastTests })?.value ?? '', /^Health\\: unknown/m);
    assert.equal(describeBriefly(destination), 'slack · unknown');
    assert.equal(describeBriefly(makeDestination('d')), 'slack · never used');
  });
});

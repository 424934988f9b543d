import assert from 'node:assert/strict';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';

const { showFailing, stub } = await loadScripted(
  async () => import('../../../../src/ui/destinations/find-destination.ts'),
);

describe('Show Failing', () => {
  it('says how old the data is by which nothing is failing', async () => {
    startOver(stub);
    const store = createStore({
      now: () => Date.now() - 3 * 24 * 3_600_000,
      toApiError: () => assert.fail(),
      defer: (work) => work(),
      log() {},
    });
    const healthy = makeDestination('1', { lastSuccess: '2026-01-01T00:00:00Z' });
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [healthy] }))]);
    await store.refresh();
    await showFailing(store, {} as never);
    assert.deepEqual(stub.user.told, ['No webhook destination is failing (refreshed 3 days ago)']);
  });
});

import assert from 'node:assert/strict';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { standInForVscode } from '../vscode.ts';
import { failWith, makeApi, makeConnection } from '../../core/api/fake-api.ts';

await standInForVscode();
const { createTargets } = await import('../../../../src/ui/destinations/targets.ts');
const { goToDestination } = await import('../../../../src/ui/destinations/find-destination.ts');

const ACCOUNT = 'a'.repeat(32);
const NONE = 'There are no webhook destinations. Create one with “Create Destination…”.';

describe('target of a command without a destination to choose', () => {
  function makeStore(listDestinations: Api['listDestinations']) {
    const store = createStore({
      now: () => 1000,
      toApiError: (error) => (error instanceof ApiError ? error : assert.fail(String(error))),
      defer: () => {},
      log() {},
    });
    store.setConnections([makeConnection(ACCOUNT, makeApi({ listDestinations }))]);
    return store;
  }

  /** What the commands say. */
  async function messageOf(store: ReturnType<typeof makeStore>): Promise<string> {
    const targets = createTargets(
      store,
      () => [],
      () => undefined,
    );
    const said = await Promise.allSettled([
      targets.destination(undefined, 'Test'),
      targets.destinations(undefined, undefined, 'Test'),
      goToDestination(store, undefined as never),
    ]);
    const messages = new Set(
      said.map((each) => (each.status === 'rejected' && each.reason instanceof Error ? each.reason.message : '')),
    );
    assert.equal(messages.size, 1, [...messages].join('\n'));
    return [...messages].join('');
  }

  it('is told that there are none only once all accounts are loaded', async () => {
    const answer = Promise.withResolvers<readonly []>();
    const store = makeStore(async () => answer.promise);
    assert.equal(await messageOf(store), 'The state of 1 account is unknown.');
    const loading = store.refresh();
    assert.equal(await messageOf(store), 'The state of 1 account is unknown.');
    answer.resolve([]);
    await loading;
    assert.equal(await messageOf(store), NONE);
  });

  it('is told why an account could not be loaded', async () => {
    const store = makeStore(failWith({ kind: 'timeout' }));
    await store.refresh();
    const message = await messageOf(store);
    assert.match(message, new RegExp(`Account ${ACCOUNT}`));
    assert.notEqual(message, NONE);
  });
});

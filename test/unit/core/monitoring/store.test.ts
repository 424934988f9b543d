import assert from 'node:assert/strict';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { type Change, createStore, type Store } from '../../../../src/core/monitoring/store.ts';
import { failWith, makeApi, makeConnection, makeDestination } from '../api/fake-api.ts';

/** A list call whose answers the test gives, one by one, in the order it was called. */
function makeListing() {
  const pending: PromiseWithResolvers<readonly Destination[]>[] = [];
  return {
    pending,
    api: makeApi({
      listDestinations: () => {
        const answer = Promise.withResolvers<readonly Destination[]>();
        pending.push(answer);
        return answer.promise;
      },
    }),
  };
}

function makeStore(): { store: Store; changes: Change[] } {
  const store = createStore({
    now: () => 1000,
    toApiError: (error) => (error instanceof ApiError ? error : new ApiError({ kind: 'protocol' })),
    concurrency: 2,
  });
  const changes: Change[] = [];
  store.onChanged((change) => changes.push(change));
  return { store, changes };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('store', () => {
  it('goes from idle over loading to ready, and says so each time', async () => {
    const { store, changes } = makeStore();
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api)]);
    assert.equal(store.entry('a')?.state.kind, 'idle');
    const done = store.refresh();
    assert.equal(store.entry('a')?.state.kind, 'loading');
    pending[0]?.resolve([makeDestination('1')]);
    await done;
    assert.deepEqual(store.entry('a')?.state, {
      kind: 'ready',
      last: { at: 1000, destinations: [makeDestination('1')] },
    });
    assert.deepEqual(
      changes.map(({ accounts, states }) => [accounts, [...states]]),
      [
        [true, []],
        [false, ['a']],
        [false, ['a']],
      ],
    );
  });

  it('sends nothing where a refresh brings nothing new', async () => {
    const { store, changes } = makeStore();
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1')] }))]);
    await store.refresh();
    changes.length = 0;
    await store.refresh();
    await store.refresh(['a']);
    assert.deepEqual(changes, []);
  });

  it('makes one reading of two asked for at once', async () => {
    const { store } = makeStore();
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api)]);
    const both = Promise.all([store.refresh(), store.refresh(['a'])]);
    await tick();
    assert.equal(pending.length, 1);
    pending[0]?.resolve([]);
    await both;
  });

  it('keeps the last data through a failure, and recovers', async () => {
    const { store } = makeStore();
    const answers = [async () => [makeDestination('1')], failWith({ kind: 'timeout' }), async () => []];
    store.setConnections([
      makeConnection('a', makeApi({ listDestinations: async () => (answers.shift() ?? assert.fail)() })),
    ]);
    await store.refresh();
    await store.refresh();
    const failed = store.entry('a')?.state;
    assert.equal(failed?.kind === 'failed' && failed.error.kind, 'timeout');
    assert.deepEqual(failed?.last?.destinations, [makeDestination('1')]);
    await store.refresh();
    assert.deepEqual(store.entry('a')?.state, { kind: 'ready', last: { at: 1000, destinations: [] } });
  });

  it('lets one account fail without touching the others', async () => {
    const { store } = makeStore();
    store.setConnections([
      makeConnection('a', makeApi({ listDestinations: failWith({ kind: 'auth', status: 401 }) })),
      makeConnection('b', makeApi({ listDestinations: async () => [makeDestination('1')] })),
    ]);
    await store.refresh();
    assert.equal(store.entry('a')?.state.kind, 'failed');
    assert.equal(store.entry('b')?.state.kind, 'ready');
  });

  it('reads only so many accounts at once', async () => {
    const { store } = makeStore();
    const { api, pending } = makeListing();
    store.setConnections(['a', 'b', 'c'].map((id) => makeConnection(id, api)));
    const done = store.refresh();
    await tick();
    assert.equal(pending.length, 2);
    pending[0]?.resolve([]);
    await tick();
    assert.equal(pending.length, 3);
    pending[1]?.resolve([]);
    pending[2]?.resolve([]);
    await done;
  });

  it('leaves a refused token alone in the background, with all its accounts, until the user tries again', async () => {
    const { store } = makeStore();
    const calls: string[] = [];
    let refused = true;
    const api = makeApi({
      listDestinations: async (id) => {
        calls.push(id);
        return id === 'a' && refused ? failWith({ kind: 'auth', status: 401 })() : [];
      },
    });
    const other = makeApi({ listDestinations: async (id) => (calls.push(id), []) });
    store.setConnections([makeConnection('a', api), makeConnection('b', api), makeConnection('c', other)]);
    await store.refresh();
    calls.length = 0;
    await store.refresh(undefined, { background: true });
    assert.deepEqual(calls, ['c']);
    refused = false;
    await store.refresh(['a']);
    calls.length = 0;
    await store.refresh(undefined, { background: true });
    assert.deepEqual(calls.toSorted(), ['a', 'b', 'c']);
  });

  it('takes over what another window has read, only where that is newer', async () => {
    const { store, changes } = makeStore();
    const answers = [async () => [makeDestination('1')], failWith({ kind: 'timeout' })];
    store.setConnections([
      makeConnection('a', makeApi({ listDestinations: async () => (answers.shift() ?? assert.fail)() })),
    ]);
    store.adopt('a', { at: 500, destinations: [makeDestination('old')] });
    assert.deepEqual(store.entry('a')?.state.last, { at: 500, destinations: [makeDestination('old')] });
    await store.refresh();
    changes.length = 0;
    store.adopt('a', { at: 999, destinations: [] });
    store.adopt('nobody', { at: 2000, destinations: [] });
    assert.deepEqual(changes, []);
    assert.deepEqual(store.entry('a')?.state.last?.destinations, [makeDestination('1')]);
  });

  it('keeps a failure that is newer than what another window has read', async () => {
    const { store } = makeStore();
    store.setConnections([makeConnection('a', makeApi({ listDestinations: failWith({ kind: 'timeout' }) }))]);
    await store.refresh();
    store.adopt('a', { at: 999, destinations: [makeDestination('1')] });
    const { state } = store.entry('a') ?? assert.fail();
    assert.deepEqual([state.kind, state.last?.destinations.length], ['failed', 1]);
    store.adopt('a', { at: 5000, destinations: [] });
    assert.deepEqual(store.entry('a')?.state, { kind: 'ready', last: { at: 1000, destinations: [] } });
  });

  it('tells of each reading that succeeded, also where it brought nothing new', async () => {
    const { store } = makeStore();
    const read: string[] = [];
    store.onRead((id) => read.push(id));
    store.setConnections([
      makeConnection('a', makeApi({ listDestinations: async () => [] })),
      makeConnection('b', makeApi({ listDestinations: failWith({ kind: 'timeout' }) })),
    ]);
    await store.refresh();
    await store.refresh();
    store.adopt('a', { at: 2000, destinations: [] });
    assert.deepEqual(read, ['a', 'a']);
  });

  it('does not bring back what was deleted while it was being read', async () => {
    const { store } = makeStore();
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api)]);
    const first = store.refresh();
    pending[0]?.resolve([makeDestination('1'), makeDestination('2')]);
    await first;
    const second = store.refresh();
    await tick();
    store.removeDestination('a', '1');
    pending[1]?.resolve([makeDestination('1'), makeDestination('2')]);
    await tick();
    assert.deepEqual(store.entry('a')?.state.last?.destinations, [makeDestination('2')]);
    pending[2]?.resolve([makeDestination('2')]);
    await second;
    assert.deepEqual(store.entry('a')?.state.last?.destinations, [makeDestination('2')]);
  });

  it('drops the answer to an old token when a new one takes over', async () => {
    const { store } = makeStore();
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api)]);
    const done = store.refresh();
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('new')] }))]);
    pending[0]?.reject(new ApiError({ kind: 'auth' }));
    await done;
    assert.deepEqual(store.entry('a')?.state.last?.destinations, [makeDestination('new')]);
  });

  it('forgets an account that is removed while it is being read', async () => {
    const { store, changes } = makeStore();
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api)]);
    const done = store.refresh();
    store.setConnections([]);
    changes.length = 0;
    pending[0]?.resolve([makeDestination('1')]);
    await done;
    assert.deepEqual(store.entries(), []);
    assert.deepEqual(changes, []);
  });

  it('says nothing where the connections are the same, and keeps what it knows when their order changes', async () => {
    const { store, changes } = makeStore();
    const api = makeApi({ listDestinations: async () => [makeDestination('1')] });
    store.setConnections([makeConnection('a', api), makeConnection('b', api)]);
    await store.refresh();
    changes.length = 0;
    store.setConnections([makeConnection('a', api), makeConnection('b', api)]);
    assert.deepEqual(changes, []);
    store.setConnections([makeConnection('b', api), makeConnection('a', api)]);
    assert.deepEqual(changes, [{ accounts: true, states: new Set() }]);
    assert.deepEqual(
      store.entries().map(({ connection, state }) => [connection.account.id, state.kind]),
      [
        ['b', 'ready'],
        ['a', 'ready'],
      ],
    );
  });
});

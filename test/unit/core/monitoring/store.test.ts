import assert from 'node:assert/strict';
import { ApiError, type ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { isIncomplete, mayExist } from '../../../../src/core/monitoring/account-state.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { failWith, makeApi, makeConnection, makeDestination, noteSignals } from '../api/fake-api.ts';
import { makeListing, makeStore, NOTHING, tick } from './make-store.ts';

describe('store', () => {
  it('fetches six accounts of a token and 24 in total at a time by default', async () => {
    const running = new Map<string, number>();
    let most = 0;
    let mostOfOne = 0;
    const apiOf = (token: string) =>
      makeApi({
        async listDestinations() {
          const now = (running.get(token) ?? 0) + 1;
          running.set(token, now);
          mostOfOne = Math.max(mostOfOne, now);
          most = Math.max(
            most,
            [...running.values()].reduce((sum, each) => sum + each, 0),
          );
          await tick();
          running.set(token, (running.get(token) ?? 0) - 1);
          return [];
        },
      });
    // `makeStore` sets limits of its own.
    const real = createStore({
      now: () => 1000,
      toApiError: () => new ApiError({ kind: 'protocol' }),
      defer: (work) => void setImmediate(work),
      log: () => {},
    });
    const apis = Array.from({ length: 5 }, (_, index) => apiOf(`t${index}`));
    real.setConnections(
      apis.flatMap((api, token) => Array.from({ length: 8 }, (_, index) => makeConnection(`a${token}-${index}`, api))),
    );
    await real.refresh();
    assert.deepEqual([mostOfOne, most, real.totals().states.ready], [6, 24, 40]);
  });

  it('tells of an error that changed, and not of the same one again', async () => {
    let details: ApiErrorDetails = { kind: 'network' };
    const { store, changes } = makeStore();
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => failWith(details)() }))]);
    await store.refresh();
    for (const changed of [{ kind: 'unavailable' }, { kind: 'unavailable', reason: 'Maintenance' }] as const) {
      const before = changes.length;
      await store.refresh();
      assert.equal(changes.length, before);
      details = changed;
      await store.refresh();
      assert.equal(changes.length, before + 1);
      assert.deepEqual([...(changes.at(-1)?.states ?? [])], ['a']);
    }
  });

  it('keeps a failure until the next refresh has ended: only the first one is loading', async () => {
    const { store, changes } = makeStore();
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api)]);
    const first = store.refresh();
    pending[0]?.reject(new ApiError({ kind: 'network' }));
    await first;
    const before = changes.length;
    const second = store.refresh();
    assert.equal(store.entry('a')?.state.kind, 'failed');
    pending[1]?.resolve([]);
    await second;
    assert.deepEqual([store.entry('a')?.state.kind, changes.length], ['ready', before + 1]);
  });

  it('hands the signal to no request: one that was sent is waited for', async () => {
    const { store } = makeStore();
    const { api, handed } = noteSignals(makeApi({ listDestinations: async () => [] }));
    store.setConnections([makeConnection('a', api), makeConnection('b', api)]);
    await store.refresh(undefined, { signal: new AbortController().signal });
    assert.deepEqual(handed, []);
  });

  it('goes from idle over loading to ready, and says so each time', async () => {
    const { store, changes, runDeferred } = makeStore();
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api)]);
    assert.equal(store.entry('a')?.state.kind, 'idle');
    const done = store.refresh();
    assert.equal(store.entry('a')?.state.kind, 'loading');
    runDeferred();
    pending[0]?.resolve([makeDestination('1')]);
    await done;
    assert.deepEqual(store.entry('a')?.state, {
      kind: 'ready',
      last: {
        at: 1000,
        destinations: [makeDestination('1')],
        counts: { ...NOTHING, unused: 1 },
        skipped: 0,
        doubtful: 0,
      },
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

  it('makes one refresh of two asked for at once', async () => {
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
    assert.deepEqual(store.entry('a')?.state, {
      kind: 'ready',
      last: { at: 1000, destinations: [], counts: NOTHING, skipped: 0, doubtful: 0 },
    });
  });

  it('counts the malformed entries of each list, and reports a change of their number', async () => {
    let skipped = 2;
    const { store, changes } = makeStore();
    const api = makeApi({
      listDestinations: async (id) => noteSkipped([makeDestination('1')], id === 'a' ? skipped : 0),
    });
    store.setConnections([makeConnection('a', api), makeConnection('b', api)]);
    await store.refresh();
    const counts = () => ['a', 'b'].map((id) => store.entry(id)?.state.last?.skipped);
    assert.deepEqual(counts(), [2, 0]);
    store.removeDestination('a', '1');
    assert.deepEqual(counts(), [2, 0]);
    await store.refresh();
    changes.length = 0;
    await store.refresh();
    assert.deepEqual([counts(), changes], [[2, 0], []]);
    skipped = 0;
    await store.refresh();
    assert.deepEqual([counts(), changes.map(({ states }) => [...states])], [[0, 0], [['a']]]);
  });

  it('counts a destination that may be failing as not read in full, which hides no other one', async () => {
    const { store } = makeStore();
    const doubtful = makeDestination('1', { lastSuccess: '2026-01-01T00:00:00Z', lastFailure: 'unreadable' });
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [doubtful] }))]);
    await store.refresh();
    const entry = store.entry('a') ?? assert.fail();
    assert.deepEqual([store.totals().incomplete, isIncomplete(entry.state), mayExist(entry, '2')], [1, true, false]);
  });

  it('ignores how Cloudflare writes an ID where a destination is put, updated or removed', async () => {
    const [bare, dashed] = ['f174e90aFAFE4643bbbc4a0ed4fc8415', 'f174e90a-fafe-4643-bbbc-4a0ed4fc8415'];
    const { store } = makeStore();
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination(dashed)] }))]);
    await store.refresh();
    const listed = () => store.entry('a')?.state.last?.destinations.map(({ id, name }) => [id, name]);
    store.putDestination('a', makeDestination(bare, { name: 'put' }));
    assert.deepEqual(listed(), [[dashed, 'put']]);
    store.updateDestination('a', makeDestination(bare, { name: 'updated' }));
    assert.deepEqual(listed(), [[dashed, 'updated']]);
    store.removeDestination('a', bare);
    assert.deepEqual(listed(), []);
  });

  it('updates no destination that is not listed any more, as after its deletion', async () => {
    const { store } = makeStore();
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1')] }))]);
    await store.refresh();
    store.removeDestination('a', '1');
    store.updateDestination('a', makeDestination('1'));
    assert.deepEqual(store.entry('a')?.state.last?.destinations, []);
  });

  it('puts a destination in the place of the one with its ID, and a new one at the end', async () => {
    const { store } = makeStore();
    const api = makeApi({ listDestinations: async () => ['1', '2', '3'].map((id) => makeDestination(id)) });
    store.setConnections([makeConnection('a', api)]);
    await store.refresh();
    store.putDestination('a', makeDestination('2', { name: 'Changed' }));
    store.putDestination('a', makeDestination('4'));
    assert.deepEqual(
      store.entry('a')?.state.last?.destinations.map(({ name }) => name),
      ['Destination 1', 'Changed', 'Destination 3', 'Destination 4'],
    );
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

  it('tells of each refresh that succeeded, also where it brought nothing new', async () => {
    const { store } = makeStore();
    const read: string[] = [];
    store.onRead((snapshots) => read.push([...snapshots.keys()].join()));
    store.setConnections([
      makeConnection('a', makeApi({ listDestinations: async () => [] })),
      makeConnection('b', makeApi({ listDestinations: failWith({ kind: 'timeout' }) })),
    ]);
    await store.refresh();
    await store.refresh();
    store.adopt('a', { at: 2000, destinations: [] });
    assert.deepEqual(read, ['a', 'a']);
  });

  it('gathers what changes in a macrotask into one event, and tells it before a refresh resolves', async () => {
    const { store, changes, deferred, runDeferred } = makeStore();
    const api = makeApi({ listDestinations: async () => [makeDestination('1')] });
    store.setConnections(['a', 'b', 'c'].map((id) => makeConnection(id, api)));
    runDeferred();
    changes.length = 0;
    await store.refresh(['a', 'b'], { background: true });
    await store.refresh(['c'], { background: true });
    assert.deepEqual([changes.length, deferred.length], [0, 1]);
    runDeferred();
    assert.deepEqual(
      changes.map(({ states }) => [...states]),
      [['a', 'b', 'c']],
    );
    store.setConnections(['d', 'e'].map((id) => makeConnection(id, api)));
    changes.length = 0;
    await store.refresh();
    assert.deepEqual(
      changes.map(({ states }) => [...states]),
      [['d', 'e']],
    );
  });

  it('logs a listener that throws, and tells the others all the same', async () => {
    const { store, changes, logged } = makeStore();
    const fail = (): never => {
      throw new Error('broken listener');
    };
    const stops = [store.onChanged(fail), store.onRead(fail), store.onSettled(fail)];
    let settled = 0;
    store.onSettled(() => (settled += 1));
    store.onChanged((change) => changes.push(change));
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1')] }))]);
    await store.refresh();
    assert.deepEqual([changes.length, settled, logged.length], [4, 1, 4]);
    assert.match(logged[0] ?? '', /A listener failed: .*broken listener/);
    for (const stop of stops) {
      stop();
    }
    await store.refresh();
    assert.equal(logged.length, 4);
  });

  it('decides the health of a destination once, and again only where the destination has changed', async () => {
    const COUNT = 40;
    const { store } = makeStore();
    let looked = 0;
    let failing = 0;
    // Computing the health reads the last failure once. The comparison reads it from the new and the old destination.
    const listDestinations = async (): Promise<readonly Destination[]> =>
      Array.from({ length: COUNT }, (_, index) => {
        const value = index < failing ? '2026-01-01T00:00:00Z' : '';
        return {
          ...makeDestination(String(index)),
          get lastFailure() {
            looked += 1;
            return value;
          },
        };
      });
    store.setConnections([makeConnection('a', makeApi({ listDestinations }))]);
    await store.refresh();
    assert.equal(looked, COUNT);
    const first = store.entry('a')?.state.last;
    looked = 0;
    await store.refresh();
    const second = store.entry('a')?.state.last;
    assert.equal(looked, 2 * COUNT);
    assert.equal(second?.destinations, first?.destinations);
    assert.equal(second?.counts, first?.counts);
    failing = 3;
    looked = 0;
    await store.refresh();
    const third = store.entry('a')?.state.last;
    assert.equal(looked, 2 * COUNT + failing);
    assert.deepEqual(third?.counts, { failing, healthy: 0, unused: COUNT - failing });
    assert.deepEqual(
      third?.destinations.map((destination, index) => destination === first?.destinations[index]),
      Array.from({ length: COUNT }, (_, index) => index >= failing),
    );
  });

  it('keeps totals over all accounts', async () => {
    const { store } = makeStore();
    const answers: Record<string, () => Promise<readonly Destination[]>> = {
      a: async () => [makeDestination('1', { lastFailure: '2026-01-01T00:00:00Z' }), makeDestination('2')],
      b: async () => [makeDestination('3', { lastSuccess: '2026-01-01T00:00:00Z' })],
      c: failWith({ kind: 'network' }),
    };
    const api = makeApi({ listDestinations: async (id) => (answers[id] ?? assert.fail)() });
    const connections = ['a', 'b', 'c'].map((id) => makeConnection(id, api));
    store.setConnections(connections);
    await store.refresh();
    assert.deepEqual(store.totals(), {
      accounts: 3,
      states: { idle: 0, loading: 0, ready: 2, failed: 1 },
      health: { failing: 1, healthy: 1, unused: 1 },
      cached: 0,
      unreachable: 1,
      incomplete: 0,
    });
    store.removeDestination('a', '1');
    store.setConnections(connections.slice(0, 2));
    assert.deepEqual(store.totals(), {
      accounts: 2,
      states: { idle: 0, loading: 0, ready: 2, failed: 0 },
      health: { failing: 0, healthy: 1, unused: 1 },
      cached: 0,
      unreachable: 0,
      incomplete: 0,
    });
  });

  it('sends no other request once a refresh of many is canceled, and keeps what it has', async () => {
    const { store } = makeStore();
    const { api, pending } = makeListing();
    store.setConnections(['a', 'b', 'c', 'd'].map((id) => makeConnection(id, api)));
    const controller = new AbortController();
    const ended: string[] = [];
    const done = store.refresh(undefined, { signal: controller.signal, onDone: (id) => ended.push(id) });
    await tick();
    controller.abort();
    for (const answer of pending) {
      answer.resolve([]);
    }
    await done;
    assert.equal(pending.length, 2);
    assert.deepEqual(
      store.entries().map(({ state }) => state.kind),
      ['ready', 'ready', 'idle', 'idle'],
    );
    assert.deepEqual(ended.toSorted(), ['a', 'b', 'c', 'd']);
    const again = store.refresh();
    await tick();
    assert.equal(pending.length, 4);
    void again;
  });

  it('sends nothing for accounts that wait until they may be read, once a refresh of many is canceled', async () => {
    const cancel = new AbortController();
    const { store } = makeStore(undefined, {
      async admit(_connection, signal) {
        cancel.abort();
        signal?.throwIfAborted();
      },
    });
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api), makeConnection('b', api)]);
    await store.refresh(undefined, { signal: cancel.signal });
    assert.deepEqual([pending.length, store.entries().map(({ state }) => state.kind)], [0, ['idle', 'idle']]);
  });

  it('refreshes an account all the same if the refresh that it joined is canceled', async () => {
    const { store } = makeStore(undefined, { concurrency: { perToken: 1, total: 1 } });
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api), makeConnection('b', api)]);
    const cancel = new AbortController();
    const all = store.refresh(undefined, { signal: cancel.signal });
    const joined = store.refresh(['b']);
    await tick();
    cancel.abort();
    pending[0]?.resolve([]);
    await all;
    await tick();
    pending[1]?.resolve([]);
    await joined;
    assert.equal(store.entry('b')?.state.kind, 'ready');
  });

  it('sends the refresh of one account at once while a refresh of many waits to be admitted', async () => {
    const { store } = makeStore(undefined, { admit: async () => new Promise(() => {}) });
    const { api, pending } = makeListing();
    store.setConnections(['a', 'b', 'c', 'd'].map((id) => makeConnection(id, api)));
    void store.refresh(['a', 'b', 'c']);
    const single = Promise.all(['a', 'c', 'd'].map(async (id) => store.refresh([id])));
    for (let at = 0; at < 3; at += 1) {
      await tick();
      pending[at]?.resolve([]);
    }
    await single;
    await tick();
    assert.equal(pending.length, 3);
  });

  it('waits to be admitted with a refresh of many in the background too', async () => {
    let asked = 0;
    const { store } = makeStore(undefined, { admit: async () => new Promise(() => void (asked += 1)) });
    const { api, pending } = makeListing();
    store.setConnections(['a', 'b'].map((id) => makeConnection(id, api)));
    void store.refresh(undefined, { background: true });
    await tick();
    assert.deepEqual([asked, pending.length], [2, 0]);
  });

  it('sends once for a save whose account waits in a refresh of many, also if that is canceled then', async () => {
    for (const isQueued of [false, true]) {
      const { store } = makeStore(undefined, {
        admit: async (_connection, signal) =>
          new Promise((_, reject) => {
            signal?.addEventListener('abort', () => reject(signal.reason));
          }),
      });
      const { api, pending } = makeListing();
      const ids = isQueued ? ['x', 'y', 'a'] : ['a', 'x'];
      store.setConnections(ids.map((id) => makeConnection(id, api)));
      const many = new AbortController();
      const all = store.refresh(undefined, { signal: many.signal });
      store.putDestination('a', makeDestination('new'));
      const saved = store.refresh(['a']);
      await tick();
      many.abort();
      await tick();
      pending[0]?.resolve([makeDestination('new')]);
      await saved;
      await all;
      assert.equal(pending.length, 1);
      assert.deepEqual(store.entry('a')?.state.last?.destinations, [makeDestination('new')]);
    }
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

  it('fetches again if a destination was created while the first list of its account was in flight', async () => {
    const { store } = makeStore();
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api)]);
    const first = store.refresh();
    store.putDestination('a', makeDestination('new'));
    pending[0]?.resolve([]);
    await tick();
    pending[1]?.resolve([makeDestination('new')]);
    await first;
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

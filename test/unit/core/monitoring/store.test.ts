import assert from 'node:assert/strict';
import { ApiError, type ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { isIncomplete, mayExist } from '../../../../src/core/monitoring/account-state.ts';
import { createStore, type Store, type StoreOptions } from '../../../../src/core/monitoring/store.ts';
import type { Change } from '../../../../src/core/monitoring/store-events.ts';
import { failWith, makeApi, makeConnection, makeDestination, noteSignals } from '../api/fake-api.ts';

/** A list call that the test answers one by one, in call order. */
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

const NOTHING = { failing: 0, healthy: 0, unused: 0 };

function makeStore(now: () => number = () => 1000, options: Partial<StoreOptions> = {}) {
  const changes: Change[] = [];
  const deferred: (() => void)[] = [];
  const logged: string[] = [];
  const store: Store = createStore({
    now,
    toApiError: (error) => (error instanceof ApiError ? error : new ApiError({ kind: 'protocol' })),
    defer: (work) => deferred.push(work),
    log: (_, text) => logged.push(text),
    concurrency: { perToken: 2, total: 3 },
    ...options,
  });
  store.onChanged((change) => changes.push(change));
  /** Runs the deferred macrotasks. */
  const runDeferred = (): void => {
    for (const work of deferred.splice(0)) {
      work();
    }
  };
  return { store, changes, deferred, runDeferred, logged };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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

  it('leaves a refused token alone in the background, with all its accounts, until the user tries again', async () => {
    const { store } = makeStore();
    const calls: string[] = [];
    let refused = true;
    const api = makeApi({
      verifyUserToken: failWith({ kind: 'auth', status: 401 }),
      listDestinations: async (id) => {
        calls.push(id);
        return refused ? failWith({ kind: 'auth', status: 401 })() : [];
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

  for (const [when, isEarly] of [
    ['from the start', true],
    ['from now on', false],
  ] as const) {
    it(`refreshes the other accounts of a valid token that may not use four of its accounts ${when}`, async () => {
      const { store } = makeStore();
      let isRefused = isEarly;
      const asked: string[] = [];
      const api = makeApi({
        verifyUserToken: async () => (asked.push('user'), { status: 'active' }),
        listDestinations: async (id) => (id < 'e' && isRefused ? failWith({ kind: 'auth', status: 401 })() : []),
      });
      const connections = ['a', 'b', 'c', 'd', 'e'].map((id) => makeConnection(id, api));
      store.setConnections(connections);
      for (let round = 0; round < 3; round += 1) {
        for (const { account } of connections) {
          await store.refresh([account.id], { background: true });
        }
        isRefused = true;
        assert.ok(connections.every((each) => store.refusalOf(each) === undefined));
      }
      assert.deepEqual(
        store.entries().map(({ state }) => (state.kind === 'failed' ? state.error.kind : state.kind)),
        ['forbidden', 'forbidden', 'forbidden', 'forbidden', 'ready'],
      );
      assert.equal(asked.length, isEarly ? 12 : 8);
    });
  }

  it('asks once whether a token is valid that several accounts are refused with at the same time', async () => {
    const { store } = makeStore();
    const question = Promise.withResolvers<never>();
    let asked = 0;
    const api = makeApi({
      verifyUserToken: async () => ((asked += 1), question.promise),
      listDestinations: failWith({ kind: 'auth', status: 401 }),
    });
    store.setConnections([makeConnection('a', api), makeConnection('b', api)]);
    const done = store.refresh();
    await tick();
    question.reject(new ApiError({ kind: 'auth', status: 401 }));
    await done;
    assert.equal(asked, 1);
    assert.ok(store.entries().every(({ state }) => state.kind === 'failed' && state.error.kind === 'auth'));
  });

  it('goes on with a token of which Cloudflare could not say whether it is valid, and asks again', async () => {
    const { store } = makeStore();
    let verdict: ApiErrorDetails = { kind: 'timeout' };
    const api = makeApi({
      verifyUserToken: async () => failWith(verdict)(),
      listDestinations: failWith({ kind: 'auth', status: 401 }),
    });
    const connection = makeConnection('a', api);
    store.setConnections([connection]);
    await store.refresh();
    const { state } = store.entry('a') ?? assert.fail();
    assert.deepEqual(
      [state.kind === 'failed' && state.error.kind, store.refusalOf(connection) !== undefined],
      ['auth', false],
    );
    verdict = { kind: 'auth', status: 401 };
    await store.refresh(undefined, { background: true });
    assert.equal(store.refusalOf(connection) !== undefined, true);
  });

  it('takes a refused token as valid again once only the account is refused', async () => {
    const { store } = makeStore();
    let isValid = false;
    const api = makeApi({
      verifyUserToken: async () => (isValid ? { status: 'active' } : { status: 'expired' }),
      listDestinations: failWith({ kind: 'auth', status: 401 }),
    });
    const connection = makeConnection('a', api);
    store.setConnections([connection]);
    await store.refresh();
    assert.equal(store.refusalOf(connection) !== undefined, true);
    isValid = true;
    await store.refresh();
    assert.equal(store.refusalOf(connection) !== undefined, false);
  });

  it('asks all accounts of a token that one of them owns, and leaves that one alone', async () => {
    const { store } = makeStore();
    const refuse = failWith({ kind: 'auth', status: 401 });
    const api = makeApi({
      verifyAccountToken: async (id) => (id === 'a' ? { status: 'active' } : refuse()),
      listDestinations: async (id) => (id === 'a' ? [] : refuse()),
    });
    const token = { id: 't', owner: 'account' } as const;
    store.setConnections(['a', 'b'].map((id) => ({ ...makeConnection(id, api), token })));
    for (let round = 0; round < 3; round += 1) {
      await store.refresh(['a'], { background: true });
      await store.refresh(['b'], { background: true });
    }
    const kinds = store.entries().map(({ state }) => (state.kind === 'failed' ? state.error.kind : state.kind));
    assert.deepEqual(kinds, ['ready', 'forbidden']);
  });

  it('does not ask about a token after the refresh was canceled', async () => {
    const { store } = makeStore();
    const { api, pending } = makeListing();
    let asked = 0;
    const verifyUserToken = async (): Promise<{ status: 'active' }> => ((asked += 1), { status: 'active' });
    store.setConnections(['a', 'b'].map((id) => makeConnection(id, { ...api, verifyUserToken })));
    const controller = new AbortController();
    const done = store.refresh(undefined, { signal: controller.signal });
    await tick();
    controller.abort();
    for (const answer of pending) {
      answer.reject(new ApiError({ kind: 'auth', status: 401 }));
    }
    await done;
    assert.equal(asked, 0);
  });

  it('takes what is newer from another window also after the clock was set back', async () => {
    const HOUR = 3_600_000;
    let time = 10 * HOUR;
    const { store } = makeStore(() => time);
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1')] }))]);
    await store.refresh();
    time = 9 * HOUR;
    const { url: _url, ...facts } = makeDestination('1', { lastFailure: '2026-01-01T00:00:00Z' });
    const destinations = [{ ...facts, host: 'hooks.slack.com' }];
    assert.equal(store.adopt('a', { at: time, destinations }), 'adopted');
    assert.equal(store.totals().health.failing, 1);
  });

  it('reads an account itself of which another window could not read the whole list, or the first one that could', async () => {
    let time = 1000;
    let skipped = 0;
    const { store } = makeStore(() => time);
    const listDestinations = async () => noteSkipped([makeDestination('1')], skipped);
    store.setConnections([makeConnection('a', makeApi({ listDestinations }))]);
    await store.refresh();
    time = 2000;
    const { url: _url, ...facts } = makeDestination('1');
    const destinations = [{ ...facts, host: 'hooks.slack.com' }];
    assert.equal(store.adopt('a', { at: time, destinations, skipped: 1 }), 'differs');
    skipped = 1;
    await store.refresh();
    time = 3000;
    assert.equal(store.adopt('a', { at: time, destinations }), 'differs');
    assert.equal(store.adopt('a', { at: time, destinations, skipped: 1 }), 'adopted');
  });

  it('asks the account about a token that it owns', async () => {
    const { store } = makeStore();
    const asked: string[] = [];
    const api = makeApi({
      verifyAccountToken: async (id) => (asked.push(id), { status: 'active' }),
      listDestinations: failWith({ kind: 'auth', status: 401 }),
    });
    store.setConnections([{ ...makeConnection('a', api), token: { id: 't', owner: 'account' } }]);
    await store.refresh();
    assert.deepEqual(asked, ['a']);
  });

  it('shows what another window has fetched until the first answer, only where that is newer', async () => {
    const { store, changes } = makeStore();
    const old = { id: 'old', name: 'Old', type: 'slack', host: 'hooks.slack.com' };
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1')] }))]);
    assert.equal(store.adopt('a', { at: 500, destinations: [old] }), 'adopted');
    assert.equal(store.adopt('a', { at: 400, destinations: [] }), 'ignored');
    assert.equal(store.adopt('a', { at: 1000 + 300_001, destinations: [] }), 'ignored');
    assert.deepEqual(store.entry('a')?.state, {
      kind: 'idle',
      cached: { at: 500, destinations: [old], counts: { ...NOTHING, unused: 1 }, skipped: 0, doubtful: 0 },
    });
    assert.equal(store.totals().health.unused, 1);
    await store.refresh();
    changes.length = 0;
    assert.equal(store.adopt('a', { at: 999, destinations: [] }), 'ignored');
    assert.equal(store.adopt('nobody', { at: 2000, destinations: [] }), 'ignored');
    assert.deepEqual(changes, []);
    assert.deepEqual(store.entry('a')?.state.last?.destinations, [makeDestination('1')]);
    assert.equal(store.entry('a')?.state.cached, undefined);
  });

  it('takes over newer timestamps, and asks for a refresh where more than those differs', async () => {
    let time = 1000;
    const { store, runDeferred, changes } = makeStore(() => time);
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1')] }))]);
    await store.refresh();
    changes.length = 0;
    const { url, ...facts } = makeDestination('1', { lastFailure: '2026-01-01T00:00:00Z' });
    const cached = { ...facts, host: 'hooks.slack.com' };
    time = 2000;
    assert.equal(store.adopt('a', { at: 9999, destinations: [cached] }), 'adopted');
    assert.deepEqual(store.entry('a')?.state.last, {
      at: 2000,
      destinations: [{ ...facts, url }],
      counts: { ...NOTHING, failing: 1 },
      skipped: 0,
      doubtful: 0,
    });
    time = 3000;
    for (const other of [
      { ...cached, host: 'example.com' },
      { ...cached, name: 'Other' },
      { ...cached, id: '2' },
    ]) {
      assert.equal(store.adopt('a', { at: 3000, destinations: [other] }), 'differs');
    }
    assert.equal(store.adopt('a', { at: 3000, destinations: [] }), 'differs');
    runDeferred();
    assert.equal(changes.length, 1);
  });

  it('keeps a failure that is newer than what another window has fetched', async () => {
    let time = 1000;
    const { store } = makeStore(() => time);
    store.setConnections([makeConnection('a', makeApi({ listDestinations: failWith({ kind: 'timeout' }) }))]);
    await store.refresh();
    store.adopt('a', { at: 999, destinations: [{ id: '1', name: '', type: '', host: '' }] });
    const { state } = store.entry('a') ?? assert.fail();
    assert.deepEqual([state.kind, state.cached?.destinations.length], ['failed', 1]);
    time = 2000;
    store.adopt('a', { at: 2000, destinations: [] });
    assert.deepEqual(store.entry('a')?.state, {
      kind: 'idle',
      cached: { at: 2000, destinations: [], counts: NOTHING, skipped: 0, doubtful: 0 },
    });
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

  it('lets a token whose requests hang hold up no other', async () => {
    const { store } = makeStore();
    const hanging = makeListing();
    store.setConnections([
      ...['a', 'b', 'c', 'd'].map((id) => makeConnection(id, hanging.api)),
      makeConnection('e', makeApi({ listDestinations: async () => [] })),
    ]);
    void store.refresh();
    await tick();
    assert.equal(hanging.pending.length, 2);
    assert.equal(store.entry('e')?.state.kind, 'ready');
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

  it('keeps showing the data of an account that gets a new token, until the first answer to that one', async () => {
    const { store } = makeStore();
    store.setConnections([makeConnection('a', makeApi({ listDestinations: async () => [makeDestination('1')] }))]);
    await store.refresh();
    const { state } = store.entry('a') ?? assert.fail();
    const { api, pending } = makeListing();
    store.setConnections([makeConnection('a', api)]);
    const done = store.refresh();
    assert.equal(store.entry('a')?.state, state);
    pending[0]?.resolve([makeDestination('2')]);
    await done;
    assert.deepEqual(store.entry('a')?.state.last?.destinations, [makeDestination('2')]);
  });

  it('says of no other token that it is refused', async () => {
    const { store } = makeStore();
    const [refused, works] = [
      makeConnection(
        'a',
        makeApi({ verifyUserToken: failWith({ kind: 'auth' }), listDestinations: failWith({ kind: 'auth' }) }),
      ),
      makeConnection('b', makeApi({ listDestinations: async () => [] })),
    ];
    store.setConnections([refused, works]);
    await store.refresh();
    assert.deepEqual([store.refusalOf(refused) !== undefined, store.refusalOf(works) !== undefined], [true, false]);
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

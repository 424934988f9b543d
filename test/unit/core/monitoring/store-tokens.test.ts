import assert from 'node:assert/strict';
import { ApiError, type ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import { failWith, makeApi, makeConnection, makeDestination } from '../api/fake-api.ts';
import { makeListing, makeStore, tick } from './make-store.ts';

describe('store and the tokens of its accounts', () => {
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

  it('has one error for all accounts of a refused token, until Cloudflare says something else', async () => {
    const { store } = makeStore();
    let status = 401;
    let ray = 0;
    const refuse = async () => failWith({ kind: 'auth', status, rayId: `ray ${(ray += 1)}` })();
    const api = makeApi({ verifyUserToken: refuse, listDestinations: refuse });
    store.setConnections(Array.from({ length: 20 }, (_, at) => makeConnection(`${at}`, api)));
    const errors = () =>
      new Set(store.entries().map(({ state }) => (state.kind === 'failed' ? state.error : undefined)));
    await store.refresh();
    const [first] = errors();
    await store.refresh();
    assert.deepEqual([...errors()], [first]);
    status = 400;
    await store.refresh();
    const [second, ...others] = errors();
    assert.deepEqual([second?.details.status, others.length], [400, 0]);
  });

  it('does not look at all accounts for each one of a user token that is refused', async () => {
    const { store } = makeStore();
    const refuse = failWith({ kind: 'auth', status: 401 });
    const api = makeApi({ verifyUserToken: refuse, listDestinations: refuse });
    const count = 200;
    let looks = 0;
    store.setConnections(
      Array.from({ length: count }, (_, at) => ({
        ...makeConnection(`${at}`, api),
        get api() {
          looks += 1;
          return api;
        },
      })),
    );
    await store.refresh();
    assert.ok(looks < 10 * count, `${looks} looks`);
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

  it('sends nothing more for a removed account, or with a replaced token, once its request has waited', async () => {
    const { store } = makeStore();
    const [old, fresh] = [makeListing(), makeListing()];
    const connections = ['a', 'b', 'c', 'd'].map((id) => makeConnection(id, old.api));
    store.setConnections(connections);
    const refresh = store.refresh();
    await tick();
    assert.equal(old.pending.length, 2);
    // `c` is removed, and `d` gets another token.
    store.setConnections([...connections.slice(0, 2), makeConnection('d', fresh.api)]);
    old.pending.forEach(({ resolve }) => resolve([]));
    await tick();
    fresh.pending.forEach(({ resolve }) => resolve([]));
    await refresh;
    assert.deepEqual([old.pending.length, fresh.pending.length], [2, 1]);
    assert.deepEqual(
      store.entries().map(({ state }) => state.kind),
      ['ready', 'ready', 'ready'],
    );
  });

  it('does not wait for the rate limit of a token that was replaced, or of a removed account', async () => {
    const admitted: string[] = [];
    const { store } = makeStore(() => 1000, {
      admit: async ({ account, token }) => {
        if (token?.id === 'new') {
          admitted.push(account.id);
        } else {
          await new Promise<never>(() => {});
        }
      },
    });
    const [old, fresh] = [makeListing(), makeListing()];
    store.setConnections(['a', 'b', 'c'].map((id) => makeConnection(id, old.api)));
    const refresh = store.refresh();
    await tick();
    store.setConnections(
      ['a', 'b'].map((id) => ({ ...makeConnection(id, fresh.api), token: { id: 'new', owner: 'user' } })),
    );
    await tick();
    fresh.pending.forEach(({ resolve }) => resolve([]));
    await refresh;
    assert.deepEqual([old.pending.length, fresh.pending.length, admitted], [0, 2, ['a', 'b']]);
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
});

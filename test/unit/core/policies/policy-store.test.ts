import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { createCanceledError } from '../../../../src/core/async/canceled.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { createPolicyStore } from '../../../../src/core/policies/policy-store.ts';
import { failWith, makeApi, makeConnection, noteSignals } from '../api/fake-api.ts';

const makePolicy = (name: string): Policy => ({
  id: 'p',
  name,
  enabled: true,
  alertType: 'x',
  mechanisms: {},
  whole: { id: 'p', name },
});

function makeCountingConnection(names: Api['listAlertNames'] = async () => new Map([['ssl', 'Certificates']])) {
  const calls = { policies: 0, names: 0 };
  const api = makeApi({
    async listPolicies() {
      calls.policies += 1;
      return [];
    },
    async listAlertNames(...args) {
      calls.names += 1;
      return names(...args);
    },
  });
  return { calls, connection: makeConnection('a', api) };
}

/** `answers`: answers the reads of policies, each when the test wants. */
function makeAnsweredConnection() {
  const answers: ((policies: readonly Policy[]) => void)[] = [];
  const api = makeApi({
    listPolicies: async () => new Promise((resolve) => answers.push(resolve)),
    listAlertNames: async () => new Map(),
  });
  return { connection: makeConnection('a', api), answers };
}

describe('policy store', () => {
  it('fetches the policies of an account once for many concurrent and later requests', async () => {
    const { calls, connection } = makeCountingConnection();
    const store = createPolicyStore();
    await Promise.all(Array.from({ length: 40 }, async () => store.get(connection)));
    await store.get(connection);
    assert.deepEqual(calls, { policies: 1, names: 1 });
    assert.equal(store.known('a')?.alertNames.get('ssl'), 'Certificates');
  });

  it('fetches the policies again after a reset or a token change, but not the alert names', async () => {
    const { calls, connection } = makeCountingConnection();
    const store = createPolicyStore();
    await store.get(connection);
    store.forget(['a']);
    assert.equal(store.known('a'), undefined);
    await store.get(connection);
    store.forget();
    await store.get(connection);
    const other = makeCountingConnection();
    await store.get(other.connection);
    assert.deepEqual(
      [calls, other.calls],
      [
        { policies: 3, names: 1 },
        { policies: 1, names: 0 },
      ],
    );
  });

  it('says that policies can be fetched again after a failure, at a reset and once a fetch succeeds', async () => {
    let isBroken = true;
    const api = makeApi({
      listPolicies: async () => (isBroken ? failWith({ kind: 'timeout' })() : []),
      listAlertNames: async () => new Map(),
    });
    const connection = makeConnection('a', api);
    for (const recover of ['forget', 'read'] as const) {
      const store = createPolicyStore();
      const told: string[] = [];
      store.onChanged((id) => told.push(id));
      isBroken = true;
      await assert.rejects(store.get(connection));
      isBroken = false;
      await (recover === 'forget' ? store.forget() : store.read(connection));
      assert.deepEqual(told, ['a'], recover);
      store.forget();
      await store.get(connection);
      assert.deepEqual(told.length, recover === 'forget' ? 1 : 2);
    }
  });

  it('always fetches when fresh policies are required', async () => {
    const { calls, connection } = makeCountingConnection();
    const store = createPolicyStore();
    await store.get(connection);
    await store.read(connection);
    assert.equal(calls.policies, 2);
  });

  it('hands the signal to every call of a read', async () => {
    const { signal } = new AbortController();
    const { api, handed } = noteSignals(
      makeApi({ listPolicies: async () => [], listAlertNames: async () => new Map(), request: async () => [] }),
    );
    await createPolicyStore().read(makeConnection('a', api), signal);
    assert.deepEqual(handed.toSorted(), ['listAlertNames', 'listPolicies', 'request']);
  });

  it('keeps nothing where it is aborted while the silences are fetched', async () => {
    const stop = new AbortController();
    const api = makeApi({
      listPolicies: async () => [],
      listAlertNames: async () => new Map(),
      async request() {
        stop.abort();
        throw createCanceledError();
      },
    });
    const store = createPolicyStore();
    await assert.rejects(store.read(makeConnection('a', api), stop.signal), { name: 'AbortError' });
    assert.equal(store.known('a'), undefined);
  });

  it('returns the policies if fetching the alert names fails', async () => {
    const { connection } = makeCountingConnection(failWith({ kind: 'forbidden' }));
    assert.deepEqual((await createPolicyStore().get(connection)).alertNames, new Map());
  });

  it('does not cache a failure', async () => {
    let available = false;
    const api = makeApi({
      listPolicies: async () => (available ? [] : failWith({ kind: 'network' })()),
      listAlertNames: async () => new Map(),
    });
    const store = createPolicyStore();
    const connection = makeConnection('a', api);
    await assert.rejects(store.get(connection), { kind: 'network' });
    available = true;
    assert.deepEqual((await store.get(connection)).policies, []);
  });

  it('keeps no slow answer that is older than a newer one', async () => {
    const store = createPolicyStore();
    const { connection, answers } = makeAnsweredConnection();
    const [slow, fast] = [store.read(connection), store.read(connection)];
    answers[1]?.([makePolicy('new')]);
    await fast;
    answers[0]?.([makePolicy('old')]);
    assert.equal((await slow).policies[0]?.name, 'old');
    assert.deepEqual(
      store.known('a')?.policies.map(({ name }) => name),
      ['new'],
    );
  });

  for (const accountIds of [['a'], undefined]) {
    it(`joins no read that began before a reset of ${accountIds ? 'the account' : 'all accounts'}, but the next one`, async () => {
      const store = createPolicyStore();
      const { connection, answers } = makeAnsweredConnection();
      const before = store.get(connection);
      store.forget(accountIds);
      const after = store.get(connection);
      answers[0]?.([makePolicy('old')]);
      assert.equal((await before).policies[0]?.name, 'old');
      const joined = store.get(connection);
      answers[1]?.([makePolicy('new')]);
      assert.deepEqual(
        [(await after).policies[0]?.name, (await joined).policies[0]?.name, answers.length],
        ['new', 'new', 2],
      );
    });
  }

  it('joins no read of another client', async () => {
    const slow = makeConnection(
      'a',
      makeApi({ listPolicies: async () => new Promise(() => {}), listAlertNames: async () => new Map() }),
    );
    const { calls, connection } = makeCountingConnection();
    const store = createPolicyStore();
    void store.get(slow);
    await store.get(connection);
    assert.equal(calls.policies, 1);
  });

  it('tells of a change, and not of an equal answer', async () => {
    let name = 'one';
    let silences: readonly object[] = [];
    const api = makeApi({
      listPolicies: async () => [makePolicy(name)],
      listAlertNames: async () => new Map(),
      request: async () => silences,
    });
    const store = createPolicyStore();
    const told: string[] = [];
    const stop = store.onChanged((accountId) => told.push(accountId));
    const connection = makeConnection('a', api);
    await store.get(connection);
    await store.read(connection);
    assert.deepEqual(told, []);
    name = 'two';
    await store.read(connection);
    assert.deepEqual(told, ['a']);
    silences = [{ policy_id: 'p', start_time: '2026-11-23T00:00:00Z', end_time: '2026-11-24T00:00:00Z' }];
    await store.read(connection);
    assert.deepEqual(told, ['a', 'a']);
    stop();
    store.forget();
    assert.deepEqual(told, ['a', 'a']);
  });

  it('tells that policies can be read, or cannot be read any more', async () => {
    let skipped = 1;
    const api = makeApi({
      listPolicies: async () => noteSkipped([makePolicy('One')], skipped),
      listAlertNames: async () => new Map(),
    });
    const store = createPolicyStore();
    const changed: string[] = [];
    store.onChanged((accountId) => changed.push(accountId));
    await store.get(makeConnection('a', api));
    await store.read(makeConnection('a', api));
    assert.deepEqual(changed, []);
    skipped = 0;
    await store.read(makeConnection('a', api));
    assert.deepEqual(changed, ['a']);
  });

  it('keeps no answer that is older than a reset', async () => {
    let answer: (policies: never[]) => void = () => {};
    const api = makeApi({
      listPolicies: async () => new Promise((resolve) => (answer = resolve)),
      listAlertNames: async () => new Map(),
    });
    const store = createPolicyStore();
    const told: string[] = [];
    store.onChanged((accountId) => told.push(accountId));
    const started = store.get(makeConnection('a', api));
    store.forget(['a']);
    answer([]);
    assert.deepEqual((await started).policies, []);
    assert.deepEqual([store.known('a'), told], [undefined, ['a']]);
  });
});

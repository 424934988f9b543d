import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { createPolicyStore } from '../../../../src/core/policies/policy-store.ts';
import { failWith, makeApi, makeConnection } from '../api/fake-api.ts';

function makeCounting(names: Api['listAlertNames'] = async () => new Map([['ssl', 'Certificates']])) {
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

describe('policy store', () => {
  it('reads the policies of an account once, however many ask, at once or later', async () => {
    const { calls, connection } = makeCounting();
    const store = createPolicyStore();
    await Promise.all(Array.from({ length: 40 }, async () => store.get(connection)));
    await store.get(connection);
    assert.deepEqual(calls, { policies: 1, names: 1 });
    assert.equal(store.known('a')?.alertNames.get('ssl'), 'Certificates');
  });

  it('reads again what was forgotten, or through another token, but not the names of alerts', async () => {
    const { calls, connection } = makeCounting();
    const store = createPolicyStore();
    await store.get(connection);
    store.forget(['a']);
    assert.equal(store.known('a'), undefined);
    await store.get(connection);
    store.forget();
    await store.get(connection);
    const other = makeCounting();
    await store.get(other.connection);
    assert.deepEqual(
      [calls, other.calls],
      [
        { policies: 3, names: 1 },
        { policies: 1, names: 0 },
      ],
    );
  });

  it('reads anew for what must be right', async () => {
    const { calls, connection } = makeCounting();
    const store = createPolicyStore();
    await store.get(connection);
    await store.read(connection);
    assert.equal(calls.policies, 2);
  });

  it('does without the names of alerts', async () => {
    const { connection } = makeCounting(failWith({ kind: 'forbidden' }));
    assert.deepEqual((await createPolicyStore().get(connection)).alertNames, new Map());
  });

  it('keeps no failure', async () => {
    let works = false;
    const api = makeApi({
      listPolicies: async () => (works ? [] : failWith({ kind: 'network' })()),
      listAlertNames: async () => new Map(),
    });
    const store = createPolicyStore();
    const connection = makeConnection('a', api);
    await assert.rejects(store.get(connection), { kind: 'network' });
    works = true;
    assert.deepEqual((await store.get(connection)).policies, []);
  });
});

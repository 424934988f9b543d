import assert from 'node:assert/strict';
import { withApiNow } from '../../../../src/core/monitoring/connection-now.ts';
import { makeApi, makeConnection } from '../api/fake-api.ts';
import { makeStore } from './make-store.ts';

describe('options with the present client of an account', () => {
  it('follow the account until it is removed', () => {
    const { store } = makeStore();
    const [before, after] = [makeConnection('a', makeApi()), makeConnection('a', makeApi())];
    store.setConnections([before]);
    const options = withApiNow<typeof before>(store, before, { account: before.account, token: before.token });
    assert.equal(options.api, before.api);
    store.setConnections([after]);
    assert.equal(options.api, after.api);
    assert.equal(options.account, before.account);
    store.setConnections([]);
    assert.throws(() => options.api, { name: 'AccountRemovedError' });
  });
});

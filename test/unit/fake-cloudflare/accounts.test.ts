import assert from 'node:assert/strict';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import { startFakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { FakeCloudflare } from '../../fake-cloudflare/server.ts';
import { brightwater, callApi, halden, webhooksPath } from './api-caller.ts';

describe('fake Cloudflare: accounts and tokens', () => {
  let fake: FakeCloudflare;
  before(async () => {
    fake = await startFakeCloudflare();
  });
  after(() => fake.close());

  const verify = (token: string | null, account?: string) =>
    callApi<{ id: string; status: string; expires_on?: string } | null>(
      fake,
      'GET',
      account === undefined ? '/user/tokens/verify' : `/accounts/${account}/tokens/verify`,
      { token },
    );
  const list = (token: string, query = '') =>
    callApi<{ id: string; name: string }[]>(fake, 'GET', `/accounts${query}`, { token });
  const enter = (token: string, account: string) => callApi(fake, 'GET', webhooksPath(account), { token });

  it('verifies a user token and returns its expiry', async () => {
    assert.deepEqual((await verify(demoTokens.demo)).result?.status, 'active');
    const soon = await verify(demoTokens.expiringSoon);
    assert.equal(soon.result?.status, 'active');
    assert.match(soon.result?.expires_on ?? '', /\.\d{6}Z$/);
  });

  it('verifies an account-owned token only with the verify call of its account', async () => {
    const refused = await verify(demoTokens.accountOwned);
    assert.deepEqual([refused.status, refused.codes], [401, [1000]]);
    assert.equal((await verify(demoTokens.accountOwned, halden)).result?.status, 'active');
    assert.equal((await verify(demoTokens.accountOwned, brightwater)).status, 401);
  });

  it('rejects a user token in the verify call for account-owned tokens', async () => {
    assert.deepEqual((await verify(demoTokens.demo, halden)).codes, [1000]);
  });

  it('reports expired and disabled tokens in the verify call, and rejects both in other calls', async () => {
    for (const status of ['expired', 'disabled'] as const) {
      const verified = await verify(demoTokens[status]);
      assert.deepEqual([verified.status, verified.result?.status], [200, status]);
      const refused = await list(demoTokens[status]);
      assert.deepEqual([refused.status, refused.codes], [401, [10000]]);
    }
  });

  it('rejects an unknown token with code 1000 in the verify call and code 10000 in other calls', async () => {
    const unknown = 'cfut_nobody_knows_this_token_at_all';
    assert.deepEqual((await verify(unknown)).codes, [1000]);
    assert.deepEqual((await list(unknown)).codes, [10000]);
  });

  it('rejects a missing token, a malformed token and a Global API Key as a malformed header', async () => {
    for (const token of [null, 'short', 'with a space in the middle of it', demoTokens.globalKey]) {
      const refused = await verify(token);
      assert.deepEqual([refused.status, refused.codes], [400, [6003]]);
      assert.match(refused.text, /"error_chain":\[\{"code":6111,/);
    }
  });

  it('lists accounts in pages', async () => {
    const { result, result_info } = await list(demoTokens.demo);
    assert.deepEqual(
      result.map(({ name }) => name),
      ['Halden Logistics', 'Brightwater Media', 'Tern & Co. Labs'],
    );
    assert.equal(result_info?.['total_count'], 3);
    assert.deepEqual((await list(demoTokens.demo, '?page=2&per_page=5')).result, []);
    assert.equal((await list(demoTokens.demo, '?per_page=51')).status, 400);
  });

  it('returns an empty list of accounts for a narrow token and code 1001 for an account-owned token', async () => {
    const narrow = await list(demoTokens.narrow);
    assert.deepEqual([narrow.status, narrow.result], [200, []]);
    const owned = await list(demoTokens.accountOwned);
    assert.deepEqual([owned.status, owned.codes], [400, [1001]]);
  });

  it('rejects a token without access to the account', async () => {
    assert.equal((await enter(demoTokens.narrow, brightwater)).status, 200);
    assert.equal((await enter(demoTokens.accountOwned, halden)).status, 200);
    const refused = await enter(demoTokens.narrow, halden);
    assert.deepEqual([refused.status, refused.codes], [403, [9109]]);
  });

  it('returns 404 for an account that does not exist', async () => {
    for (const account of ['0'.repeat(32), 'typo']) {
      const { status, codes } = await callApi(fake, 'GET', webhooksPath(account));
      assert.deepEqual([status, codes], [404, [7003, 7000]]);
    }
  });

  it('allows a read-only token to read, and rejects its changes', async () => {
    const token = demoTokens.readOnly;
    assert.equal((await callApi(fake, 'GET', webhooksPath(halden), { token })).status, 200);
    const body = { name: 'New', url: `${fake.receiversUrl}/generic/hook` };
    const refused = await callApi(fake, 'POST', webhooksPath(halden), { token, body });
    assert.deepEqual([refused.status, refused.codes], [403, [10000]]);
    assert.equal(fake.world.received.length, 0);
  });
});

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

  it('verifies a user token and says when it ends', async () => {
    assert.deepEqual((await verify(demoTokens.demo)).result?.status, 'active');
    const soon = await verify(demoTokens.expiringSoon);
    assert.equal(soon.result?.status, 'active');
    assert.match(soon.result?.expires_on ?? '', /\.\d{6}Z$/);
  });

  it('verifies an account-owned token on its own account only', async () => {
    const refused = await verify(demoTokens.accountOwned);
    assert.deepEqual([refused.status, refused.codes], [401, [1000]]);
    assert.equal((await verify(demoTokens.accountOwned, halden)).result?.status, 'active');
    assert.equal((await verify(demoTokens.accountOwned, brightwater)).status, 401);
  });

  it('refuses a user token on the route for account-owned ones', async () => {
    assert.deepEqual((await verify(demoTokens.demo, halden)).codes, [1000]);
  });

  it('tells expired and disabled tokens apart when verifying, and refuses both elsewhere', async () => {
    for (const status of ['expired', 'disabled'] as const) {
      const verified = await verify(demoTokens[status]);
      assert.deepEqual([verified.status, verified.result?.status], [200, status]);
      const refused = await list(demoTokens[status]);
      assert.deepEqual([refused.status, refused.codes], [401, [10000]]);
    }
  });

  it('refuses an unknown token with 1000 when verifying and 10000 elsewhere', async () => {
    const unknown = 'cfut_nobody_knows_this_token_at_all';
    assert.deepEqual((await verify(unknown)).codes, [1000]);
    assert.deepEqual((await list(unknown)).codes, [10000]);
  });

  it('calls a missing, malformed or global key a bad header', async () => {
    for (const token of [null, 'short', 'with a space in the middle of it', demoTokens.globalKey]) {
      const refused = await verify(token);
      assert.deepEqual([refused.status, refused.codes], [400, [6003]]);
      assert.match(refused.text, /"error_chain":\[\{"code":6111,/);
    }
  });

  it('lists accounts by page', async () => {
    const { result, result_info } = await list(demoTokens.demo);
    assert.deepEqual(
      result.map(({ name }) => name),
      ['Halden Logistics', 'Brightwater Media', 'Tern & Co. Labs'],
    );
    assert.equal(result_info?.['total_count'], 3);
    assert.deepEqual((await list(demoTokens.demo, '?page=2&per_page=5')).result, []);
    assert.equal((await list(demoTokens.demo, '?per_page=51')).status, 400);
  });

  it('gives a narrow token an empty list and an account-owned one code 1001', async () => {
    const narrow = await list(demoTokens.narrow);
    assert.deepEqual([narrow.status, narrow.result], [200, []]);
    const owned = await list(demoTokens.accountOwned);
    assert.deepEqual([owned.status, owned.codes], [400, [1001]]);
  });

  it('keeps tokens out of accounts that are not theirs', async () => {
    assert.equal((await enter(demoTokens.narrow, brightwater)).status, 200);
    assert.equal((await enter(demoTokens.accountOwned, halden)).status, 200);
    const refused = await enter(demoTokens.narrow, halden);
    assert.deepEqual([refused.status, refused.codes], [403, [9109]]);
  });

  it('does not route to an account that does not exist', async () => {
    for (const account of ['0'.repeat(32), 'typo']) {
      const { status, codes } = await callApi(fake, 'GET', webhooksPath(account));
      assert.deepEqual([status, codes], [404, [7003, 7000]]);
    }
  });

  it('lets a read-only token read and change nothing', async () => {
    const token = demoTokens.readOnly;
    assert.equal((await callApi(fake, 'GET', webhooksPath(halden), { token })).status, 200);
    const body = { name: 'New', url: `${fake.receiversUrl}/generic/hook` };
    const refused = await callApi(fake, 'POST', webhooksPath(halden), { token, body });
    assert.deepEqual([refused.status, refused.codes], [403, [10000]]);
    assert.equal(fake.world.received.length, 0);
  });
});

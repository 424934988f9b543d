import assert from 'node:assert/strict';
import { checkToken, discoverAccounts } from '../../../../src/core/accounts/onboarding.ts';
import { failWith, makeApi, noteSignals } from '../api/fake-api.ts';

const active = async () => ({ id: 'tag', status: 'active', expiresOn: '2027-01-01T00:00:00Z' }) as const;
const unknown = failWith({ kind: 'auth', status: 401, codes: [1000] });

describe('onboarding', () => {
  it('verifies a user token with the user endpoint', async () => {
    const verified = await checkToken(makeApi({ verifyUserToken: active }), 'cfut_x', undefined);
    assert.deepEqual(verified, {
      token: 'cfut_x',
      owner: 'user',
      cloudflareId: 'tag',
      expiresOn: '2027-01-01T00:00:00Z',
    });
  });

  it('requires an account ID if the prefix marks an account token', async () => {
    assert.equal(await checkToken(makeApi(), 'cfat_x', undefined), undefined);
    const verified = await checkToken(makeApi({ verifyAccountToken: active }), 'cfat_x', 'a');
    assert.equal(verified?.owner, 'account');
  });

  it('verifies a token without a prefix as an account token after the user endpoint rejects it', async () => {
    assert.equal(await checkToken(makeApi({ verifyUserToken: unknown }), 'x', undefined), undefined);
    const api = makeApi({ verifyUserToken: unknown, verifyAccountToken: active });
    assert.equal((await checkToken(api, 'x', 'a'))?.owner, 'account');
  });

  it('does not try the account endpoint for a user token or after another failure', async () => {
    await assert.rejects(checkToken(makeApi({ verifyUserToken: unknown }), 'cfut_x', 'a'), { kind: 'auth' });
    const malformed = failWith({ kind: 'auth', status: 400, codes: [6003] });
    await assert.rejects(checkToken(makeApi({ verifyUserToken: malformed }), 'x', 'a'), { kind: 'auth' });
    const offline = failWith({ kind: 'network' });
    await assert.rejects(checkToken(makeApi({ verifyUserToken: offline }), 'x', 'a'), { kind: 'network' });
  });

  for (const status of ['expired', 'disabled'] as const) {
    it(`reports a token with the status ${status}`, async () => {
      const api = makeApi({ verifyUserToken: async () => ({ status }) });
      await assert.rejects(checkToken(api, 'cfut_x', undefined), {
        kind: 'auth',
        details: { kind: 'auth', tokenStatus: status },
      });
    });
  }

  it('hands the signal to every call', async () => {
    const { api, handed } = noteSignals(
      makeApi({ verifyUserToken: unknown, verifyAccountToken: active, listAccounts: async () => [] }),
    );
    const { signal } = new AbortController();
    await checkToken(api, 'x', 'a', signal);
    await discoverAccounts(api, signal);
    assert.deepEqual(handed, ['verifyUserToken', 'verifyAccountToken', 'listAccounts']);
  });

  it('returns no accounts for a token without permission to list accounts', async () => {
    const refusal = failWith({ kind: 'rejected', status: 400, codes: [1001] });
    assert.deepEqual(await discoverAccounts(makeApi({ listAccounts: refusal })), []);
    assert.deepEqual(
      await discoverAccounts(makeApi({ listAccounts: failWith({ kind: 'forbidden', status: 403 }) })),
      [],
    );
    await assert.rejects(discoverAccounts(makeApi({ listAccounts: failWith({ kind: 'timeout' }) })), {
      kind: 'timeout',
    });
  });
});

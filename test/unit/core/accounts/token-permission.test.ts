import assert from 'node:assert/strict';
import { isReadOnly } from '../../../../src/core/accounts/token-permission.ts';
import { createApi } from '../../../../src/core/api/client.ts';
import { demoTokens } from '../../../fake-cloudflare/demo-tokens.ts';
import { demoAccountId } from '../../../fake-cloudflare/demo-world.ts';
import { startFakeCloudflare } from '../../../fake-cloudflare/server.ts';
import { failWith, makeApi } from '../api/fake-api.ts';

const host = {
  fetch: globalThis.fetch,
  now: Date.now,
  sleep: async () => new Promise<void>(() => {}),
  random: () => 0,
  log: () => {},
};

describe('permission of a token', () => {
  it('is found by a change that is not possible, which changes nothing', async () => {
    const fake = await startFakeCloudflare({ seed: 'demo' });
    try {
      const account = demoAccountId('Halden Logistics');
      const before = JSON.stringify(fake.world.accounts);
      const check = async (token: string) =>
        isReadOnly(createApi({ baseUrl: fake.baseUrl, token, userAgent: 'test/1', host }), account);
      assert.equal(await check(demoTokens.readOnly), true);
      assert.equal(await check(demoTokens.demo), false);
      assert.equal(JSON.stringify(fake.world.accounts), before);
    } finally {
      await fake.close();
    }
  });

  it('is not judged by any other failure', async () => {
    for (const kind of ['network', 'timeout', 'notFound', 'rejected', 'unavailable', 'addressFilter'] as const) {
      assert.equal(await isReadOnly(makeApi({ updateDestination: failWith({ kind }) }), 'a'), false, kind);
    }
  });
});

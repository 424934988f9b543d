import assert from 'node:assert/strict';
import { controls } from '../../fake-cloudflare/control.ts';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import { startFakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { FakeCloudflare } from '../../fake-cloudflare/server.ts';
import { callApi } from './api-caller.ts';

describe('fake Cloudflare: rate limit', () => {
  let fake: FakeCloudflare;
  let now = Date.parse('2026-10-01T12:00:00Z');
  before(async () => {
    fake = await startFakeCloudflare({ clock: () => now });
  });
  after(() => fake.close());

  const call = (token: string = demoTokens.demo) => callApi(fake, 'GET', '/accounts', { token });

  it('returns the remaining calls, then rejects all calls for one window', async () => {
    assert.equal((await call()).headers.get('ratelimit'), '"default";r=1199;t=300');
    controls.changeSettings(fake.world, { rateLimit: { calls: 3, windowSeconds: 60 } });
    now += 300_000;
    const first = await call();
    assert.equal(first.headers.get('ratelimit'), '"default";r=2;t=60');
    assert.equal(first.headers.get('ratelimit-policy'), '"default";q=3;w=60');
    await call();
    now += 20_000;
    assert.equal((await call()).status, 200);
    const refused = await call();
    assert.deepEqual([refused.status, refused.codes, refused.headers.get('retry-after')], [429, [971], '60']);
    now += 59_000;
    assert.deepEqual([(await call()).status, (await call(demoTokens.readOnly)).status], [429, 200]);
    now += 1_000;
    assert.equal((await call()).status, 200);
  });
});

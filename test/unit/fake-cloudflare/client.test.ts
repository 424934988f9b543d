import assert from 'node:assert/strict';
import { connectControl } from '../../fake-cloudflare/client.ts';
import type { ControlClient } from '../../fake-cloudflare/client.ts';
import { controls } from '../../fake-cloudflare/control.ts';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import { startFakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { FakeCloudflare } from '../../fake-cloudflare/server.ts';
import { callApi, webhooksPath } from './api-caller.ts';

describe('fake Cloudflare: control from another process', () => {
  let fake: FakeCloudflare;
  let control: ControlClient;
  before(async () => {
    fake = await startFakeCloudflare();
    control = connectControl(fake.controlUrl);
  });
  beforeEach(() => control.reset({ seed: 'empty' }));
  after(() => fake.close());

  it('has every control', () => {
    assert.deepEqual(Object.keys(control), Object.keys(controls));
  });

  it('adds, changes and removes tokens, accounts, destinations and policies', async () => {
    const { value } = await control.putToken({ value: 'cfut_my_own_token_for_this_test' });
    const { id: account } = await control.putAccount({ name: 'Mine' });
    const destination = await control.putDestination({ account, name: 'Future', type: 'carrier-pigeon' });
    const { result } = await callApi(fake, 'GET', webhooksPath(account), { token: value });
    assert.deepEqual(result, [destination]);
    const mechanisms = { webhooks: [{ id: destination.id }] };
    const policy = await control.putPolicy({ account, name: 'P', mechanisms });
    assert.deepEqual(await control.policies({ account }), [policy]);
    await control.putPolicy({ account, id: policy.id, enabled: false });
    assert.deepEqual(await control.policies({ account }), [{ ...policy, enabled: false }]);
    await control.removePolicy({ account, id: policy.id });
    await control.removeDestination({ account, id: destination.id });
    assert.deepEqual([await control.policies({ account }), await control.destinations({ account })], [[], []]);
  });

  it('changes an existing token', async () => {
    await control.reset({ seed: 'demo' });
    await control.putToken({ value: demoTokens.demo, disabled: true });
    assert.equal((await callApi(fake, 'GET', '/accounts')).status, 401);
    assert.equal((await control.tokens()).length, Object.keys(demoTokens).length);
  });

  it('records successful and failed deliveries with increasing timestamps', async () => {
    const { id: account } = await control.putAccount({ name: 'Mine' });
    const { id } = await control.putDestination({ account });
    await control.recordDelivery({ account, id, succeeded: true });
    await control.recordDelivery({ account, id, succeeded: false });
    await control.recordDelivery({ account, id, succeeded: true });
    const [destination] = await control.destinations({ account });
    assert.ok((destination?.last_success ?? '') > (destination?.last_failure ?? '-'));
  });

  it('returns a request log without tokens and secrets', async () => {
    await control.reset({ seed: 'demo' });
    const [account] = await control.accounts();
    const body = { name: 'A', url: `${fake.receiversUrl}/slack/services/T/B/hush`, secret: 'hush' };
    await callApi(fake, 'POST', webhooksPath(account?.id ?? ''), { body });
    const log = await control.log();
    assert.equal(log.length, 1);
    assert.partialDeepStrictEqual(log[0], {
      method: 'POST',
      path: webhooksPath(account?.id ?? ''),
      account: account?.id,
      fields: ['name', 'url', 'secret'],
      status: 201,
      aborted: false,
    });
    const text = JSON.stringify(log);
    assert.ok(!text.includes('hush') && !text.includes(demoTokens.demo));
    assert.equal((await control.received())[0]?.path, '/services/T/B/hush');
    await control.clear({ part: 'log' });
    assert.deepEqual(await control.log(), []);
  });

  it('resets settings, faults and accounts', async () => {
    await control.changeSettings({ putMode: 'as-documented' });
    await control.addFault({ fault: { kind: 'hang' } });
    await control.reset({ seed: 'demo' });
    assert.equal((await control.accounts()).length, 3);
    assert.equal(fake.world.settings.putMode, 'rename-only');
    assert.deepEqual(fake.world.faults, []);
  });

  it('rejects an invalid call with the reason', async () => {
    await assert.rejects(control.destinations({ account: 'none' }), /no account none/);
  });
});

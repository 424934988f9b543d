import assert from 'node:assert/strict';
import { controls } from '../../fake-cloudflare/control.ts';
import { demoDestinationId, demoPolicyId } from '../../fake-cloudflare/demo-world.ts';
import { startFakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { FakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { Destination, Policy } from '../../fake-cloudflare/world.ts';
import { callApi, halden, policiesPath } from './api-caller.ts';

describe('fake Cloudflare: policies', () => {
  let fake: FakeCloudflare;
  before(async () => {
    fake = await startFakeCloudflare();
  });
  beforeEach(() => controls.reset(fake.world, { seed: 'demo' }));
  after(() => fake.close());

  const get = (name: string) => callApi<Policy>(fake, 'GET', policiesPath(halden, demoPolicyId(name)));
  const put = (name: string, body: unknown) => callApi(fake, 'PUT', policiesPath(halden, demoPolicyId(name)), { body });
  const test = (name: string) => callApi(fake, 'POST', `${policiesPath(halden, demoPolicyId(name))}/test`);
  const stored = (name: string): Destination | undefined =>
    controls.destinations(fake.world, { account: halden }).find((one) => one.id === demoDestinationId(name));

  it('lists policies and gets one policy, with mechanisms by kind', async () => {
    const { result } = await callApi<Policy[]>(fake, 'GET', policiesPath(halden));
    assert.equal(result.length, 10);
    const one = (await get('Certificates')).result;
    assert.deepEqual(
      one,
      result.find(({ name }) => name === 'Certificates'),
    );
    assert.deepEqual(one.mechanisms, {
      webhooks: [{ id: demoDestinationId('Platform team') }, { id: demoDestinationId('Edge metrics') }],
      email: [{ id: 'certificates@halden.example' }],
    });
  });

  it('replaces the complete policy and removes missing fields', async () => {
    const { result: before } = await get('Certificates');
    const mechanisms = { webhooks: [{ id: demoDestinationId('SIEM') }] };
    const { status } = await put('Certificates', {
      name: 'Certs',
      alert_type: before.alert_type,
      enabled: false,
      mechanisms,
    });
    assert.equal(status, 200);
    const { modified, ...rest } = (await get('Certificates')).result;
    const { id, created, alert_type } = before;
    assert.deepEqual(rest, { id, name: 'Certs', enabled: false, alert_type, mechanisms, created });
    assert.ok(modified > before.modified);
  });

  it('accepts an unchanged policy as an update', async () => {
    const { result: before } = await get('Checkout origin errors');
    await put('Checkout origin errors', before);
    assert.deepEqual((await get('Checkout origin errors')).result, { ...before, modified: stampOf(before.id) });
  });

  it('rejects a policy without a mechanism, a required filter or a known alert type', async () => {
    const { result: sound } = await get('Checkout origin errors');
    const refusals = [
      [{ ...sound, mechanisms: { webhooks: [], email: [] } }, 17102],
      [{ ...sound, mechanisms: undefined }, 17102],
      [{ ...sound, filters: { slo: ['99.8'] } }, 17103],
      [{ ...sound, alert_type: 'no_such_alert' }, 17004],
    ] as const;
    for (const [body, code] of refusals) {
      const { status, codes } = await put('Checkout origin errors', body);
      assert.deepEqual([status, codes], [400, [code]]);
    }
    assert.deepEqual((await get('Checkout origin errors')).result, sound);
  });

  it('returns 404 for a policy that does not exist', async () => {
    assert.equal((await get('None')).status, 404);
    assert.equal((await put('None', {})).status, 404);
    assert.equal((await test('None')).status, 404);
  });

  it('tests a policy: sends to every destination and updates its last success or failure', async () => {
    const before = { good: stored('Incident room'), bad: stored('SIEM') };
    const { status } = await test('HTTP DDoS');
    assert.equal(status, 200);
    assert.deepEqual(
      new Set(fake.world.received.map(({ type, meantFor }) => `${type} ${meantFor}`)),
      new Set(['discord discord.com', 'opsgenie api.opsgenie.com', 'splunk splunk.halden.example']),
    );
    assert.ok((stored('Incident room')?.last_success ?? '') > (before.good?.last_success ?? ''));
    assert.equal(stored('Incident room')?.last_failure, before.good?.last_failure);
    assert.ok((stored('SIEM')?.last_failure ?? '') > (before.bad?.last_failure ?? ''));
    assert.equal(stored('SIEM')?.last_success, null);
  });

  it('reports success for the test of a policy whose only destination was deleted', async () => {
    assert.equal((await test('Log jobs')).status, 200);
    assert.equal(fake.world.received.length, 0);
  });

  it('fails the test if a destination is unreachable', async () => {
    controls.putDestination(fake.world, {
      account: halden,
      id: demoDestinationId('Payments on-call'),
      url: 'https://nowhere.invalid/hook',
      type: 'generic',
    });
    const { status, codes } = await test('Checkout origin errors');
    assert.deepEqual([status, codes], [400, [undefined]]);
  });

  function stampOf(id: string): string | undefined {
    return controls.policies(fake.world, { account: halden }).find((policy) => policy.id === id)?.modified;
  }
});

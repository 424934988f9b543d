import assert from 'node:assert/strict';
import { controls } from '../../fake-cloudflare/control.ts';
import { demoDestinationId } from '../../fake-cloudflare/demo-world.ts';
import { startFakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { FakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { Destination } from '../../fake-cloudflare/world.ts';
import { callApi, halden, policiesPath, webhooksPath } from './api-caller.ts';

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

describe('fake Cloudflare: webhook destinations', () => {
  let fake: FakeCloudflare;
  before(async () => {
    fake = await startFakeCloudflare();
  });
  beforeEach(() => controls.reset(fake.world, { seed: 'demo' }));
  after(() => fake.close());

  const create = (body: unknown) => callApi<{ id: string }>(fake, 'POST', webhooksPath(halden), { body });
  const put = (id: string, body: unknown) => callApi(fake, 'PUT', webhooksPath(halden, id), { body });
  const remove = (id: string) => callApi(fake, 'DELETE', webhooksPath(halden, id));
  const get = (id: string) => callApi<Destination>(fake, 'GET', webhooksPath(halden, id));
  const stored = (id: string) => controls.destinations(fake.world, { account: halden }).find((one) => one.id === id);

  it('lists destinations without secrets and with redacted URLs', async () => {
    const { result, text } = await callApi<Destination[]>(fake, 'GET', webhooksPath(halden));
    assert.equal(result.length, 15);
    assert.ok(!text.includes('"secret"'));
    assert.match(result[0]?.url ?? '', /^https:\/\/hooks\.slack\.com\/services\/T0\w+\/B0\w+$/);
    assert.match(result[0]?.last_failure ?? '', timestamp);
  });

  it('returns complete URLs if the setting says so', async () => {
    controls.changeSettings(fake.world, { urlSecrets: 'returned' });
    const id = demoDestinationId('Payments on-call');
    assert.equal((await get(id)).result.url, stored(id)?.url);
  });

  it('tests the URL and creates a destination with the type of the URL', async () => {
    const url = `${fake.receiversUrl}/slack/services/T1/B1/good`;
    const { status, result, text } = await create({ name: 'Shifts', url, secret: 'kept to itself' });
    assert.equal(status, 201);
    assert.deepEqual(Object.keys(result), ['id']);
    assert.ok(!text.includes('kept'));
    const [test] = fake.world.received;
    assert.deepEqual([test?.type, test?.path], ['slack', '/services/T1/B1/good']);
    assert.deepEqual(Object.keys(JSON.parse(test?.body ?? '')), ['text']);
    const { created_at, ...rest } = (await get(result.id)).result;
    assert.match(created_at ?? '', timestamp);
    assert.deepEqual(rest, {
      id: result.id,
      name: 'Shifts',
      type: 'slack',
      url: `${fake.receiversUrl}/slack/services/T1/B1`,
      last_success: null,
      last_failure: null,
    });
    assert.equal(stored(result.id)?.secret, 'kept to itself');
  });

  it('sends a generic secret in the cf-webhook-auth header', async () => {
    await create({ name: 'Router', url: `${fake.receiversUrl}/generic/secured`, secret: 'open sesame' });
    assert.equal(fake.world.received[0]?.headers['cf-webhook-auth'], 'open sesame');
  });

  it('rejects a destination whose test fails, with 422 and no code', async () => {
    for (const url of [
      `${fake.receiversUrl}/slack/services/T1/B1/wrong`,
      'https://nowhere.invalid/hook',
      'https://hooks.example.com:8443/hook',
      'http://127.0.0.1:1/closed',
    ]) {
      const { status, errors } = await create({ name: 'Broken', url });
      assert.equal(status, 422, url);
      assert.match(errors[0]?.message ?? '', /^Webhook test failed/);
      assert.deepEqual(Object.keys(errors[0] ?? {}), ['message']);
    }
    assert.equal(controls.destinations(fake.world, { account: halden }).length, 15);
  });

  it('rejects a body without a valid name and URL', async () => {
    const url = `${fake.receiversUrl}/generic/hook`;
    for (const body of [{ url }, { name: ' ', url }, { name: 'A' }, { name: 'A', url: 'ftp://x' }, '{', '[]']) {
      assert.equal((await create(body)).status, 400);
    }
    assert.equal(fake.world.received.length, 0);
  });

  it('renames a destination and ignores a changed URL and secret', async () => {
    const id = demoDestinationId('Status page hook');
    const before = stored(id);
    const { status, result } = await put(id, { name: 'Status', url: 'https://new.example/hook', secret: 'new' });
    assert.deepEqual([status, result], [200, { id }]);
    assert.deepEqual(stored(id), { ...before, name: 'Status' });
  });

  it('changes URL, secret and type if PUT works as documented', async () => {
    controls.changeSettings(fake.world, { putMode: 'as-documented' });
    const id = demoDestinationId('Status page hook');
    const before = stored(id);
    await put(id, { name: 'Status', url: `${fake.receiversUrl}/splunk/services/collector`, secret: 'new' });
    assert.deepEqual([stored(id)?.type, stored(id)?.secret], ['splunk', 'new']);
    await put(id, { name: 'Status', url: before?.url });
    assert.equal(stored(id)?.secret, 'new');
    controls.changeSettings(fake.world, { omittedSecret: 'cleared' });
    await put(id, { name: 'Status', url: before?.url });
    assert.equal(stored(id)?.secret, undefined);
  });

  it('treats a redacted URL from a response as unchanged', async () => {
    controls.changeSettings(fake.world, { putMode: 'as-documented' });
    const id = demoDestinationId('Platform team');
    const before = stored(id);
    await put(id, { name: 'Platform', url: (await get(id)).result.url });
    assert.equal(stored(id)?.url, before?.url);
  });

  it('deletes a destination without a result and leaves its id in policies', async () => {
    const id = demoDestinationId('Payments on-call');
    const { status, text } = await remove(id);
    assert.deepEqual([status, JSON.parse(text)], [200, { success: true, errors: [], messages: [] }]);
    const policies = await callApi(fake, 'GET', policiesPath(halden));
    assert.ok(policies.text.includes(id));
  });

  it('returns the error of each call for an unknown id', async () => {
    const id = 'f'.repeat(32);
    const got = await get(id);
    assert.deepEqual([got.status, got.errors], [404, [{ message: 'Webhook not found' }]]);
    const changed = await put(id, { name: 'A', url: 'https://a.example' });
    assert.deepEqual([changed.status, changed.errors], [404, [{ message: 'invalid Webhook ID' }]]);
    const removed = await remove(id);
    assert.deepEqual([removed.status, removed.codes], [500, [15000]]);
  });
});

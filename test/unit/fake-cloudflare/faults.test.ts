import assert from 'node:assert/strict';
import { controls } from '../../fake-cloudflare/control.ts';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import type { Fault } from '../../fake-cloudflare/faults.ts';
import { fitsPath } from '../../fake-cloudflare/faults.ts';
import { startFakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { FakeCloudflare } from '../../fake-cloudflare/server.ts';
import { brightwater, callApi, halden, webhooksPath } from './api-caller.ts';

describe('fake Cloudflare: faults', () => {
  let fake: FakeCloudflare;
  before(async () => {
    fake = await startFakeCloudflare();
  });
  beforeEach(() => controls.reset(fake.world, { seed: 'demo' }));
  after(() => fake.close());

  const list = (account = halden, signal?: AbortSignal) =>
    fetch(fake.baseUrl + webhooksPath(account), {
      headers: { authorization: `Bearer ${demoTokens.demo}` },
      ...(signal ? { signal } : {}),
    });
  const addFault = (fault: Fault) => controls.addFault(fake.world, { fault });

  it('matches paths by segment', () => {
    assert.ok(fitsPath('/accounts/*/alerting/v3/policies', '/accounts/a1/alerting/v3/policies'));
    assert.ok(!fitsPath('/accounts/*/alerting/v3/policies', '/accounts/a1/alerting/v3/policies/p1'));
    assert.ok(fitsPath('**/webhooks/*', '/accounts/a1/alerting/v3/destinations/webhooks/w1'));
    assert.ok(!fitsPath('**/webhooks', '/accounts/a1/alerting/v3/destinations/webhooks/w1'));
  });

  it('applies a rule only to its method, path and account, and only the given number of times', async () => {
    const fault = { kind: 'status', status: 503 } as const;
    controls.addFault(fake.world, { fault, method: 'get', path: '**/webhooks', account: halden, times: 2 });
    const statuses = [];
    for (const account of [brightwater, halden, halden, halden]) statuses.push((await list(account)).status);
    assert.deepEqual(statuses, [200, 503, 503, 200]);
  });

  it('returns any status, body and header, and logs the status', async () => {
    addFault({ kind: 'status', status: 418, body: { mine: true }, headers: { 'x-mine': 'yes' } });
    const response = await list();
    assert.deepEqual(
      [response.status, response.headers.get('x-mine'), await response.json()],
      [418, 'yes', { mine: true }],
    );
    assert.ok(response.headers.has('cf-ray'));
    assert.equal(fake.world.log.at(-1)?.status, 418);
  });

  it('returns 429 with retry-after', async () => {
    addFault({ kind: 'throttle', retryAfter: 7 });
    const response = await list();
    assert.deepEqual([response.status, response.headers.get('retry-after')], [429, '7']);
  });

  it('returns HTML', async () => {
    addFault({ kind: 'html' });
    const response = await list();
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await response.text(), /^<!DOCTYPE html>/);
  });

  it('truncates the regular response', async () => {
    addFault({ kind: 'truncated' });
    const text = await (await list()).text();
    assert.match(text, /^\{"success":true/);
    assert.throws(() => JSON.parse(text), SyntaxError);
  });

  it('returns JSON with wrong types', async () => {
    addFault({ kind: 'wrong-type', result: 'no list' });
    assert.deepEqual(await (await list()).json(), { success: true, errors: [], messages: [], result: 'no list' });
  });

  it('delays the response', async () => {
    controls.addFault(fake.world, { delayMs: 60 });
    const start = performance.now();
    assert.equal((await list()).status, 200);
    assert.ok(performance.now() - start >= 55);
  });

  it('resets the connection before or after processing the request', async () => {
    const body = { name: 'Twice?', url: `${fake.receiversUrl}/generic/hook` };
    const count = () => controls.destinations(fake.world, { account: halden }).length;
    controls.addFault(fake.world, { method: 'POST', fault: { kind: 'reset' }, times: 1 });
    controls.addFault(fake.world, { method: 'POST', fault: { kind: 'reset' }, times: 1, after: true });
    await assert.rejects(callApi(fake, 'POST', webhooksPath(halden), { body }), isReset);
    assert.equal(count(), 15);
    await assert.rejects(callApi(fake, 'POST', webhooksPath(halden), { body }), isReset);
    assert.equal(count(), 16);
  });

  it('hangs until the caller times out, and logs the request as aborted', async () => {
    addFault({ kind: 'hang' });
    await assert.rejects(list(halden, AbortSignal.timeout(50)), { name: 'TimeoutError' });
    // The server detects the closed connection with a delay. Mocha's timeout limits this loop.
    while (fake.world.log[0]?.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(fake.world.log[0].status, null);
  });

  it('sends single bytes, without end or up to a number of bytes', async () => {
    addFault({ kind: 'drip', everyMs: 5, bytes: 4 });
    assert.equal(await (await list()).text(), ' '.repeat(4));
    controls.clear(fake.world, { part: 'faults' });
    addFault({ kind: 'drip', everyMs: 5 });
    const endless = await list(halden, AbortSignal.timeout(60));
    await assert.rejects(endless.text(), { name: 'TimeoutError' });
  });

  it('returns a body of the given size', async () => {
    addFault({ kind: 'huge', bytes: 10_000_000 });
    assert.equal((await (await list()).arrayBuffer()).byteLength, 10_000_000);
  });

  it('closes while requests are pending', async () => {
    const another = await startFakeCloudflare({ seed: 'empty' });
    controls.addFault(another.world, { fault: { kind: 'hang' } });
    const pending = fetch(`${another.baseUrl}/accounts`).then(
      () => 'answered',
      () => 'cut',
    );
    while (another.world.log.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await another.close();
    assert.equal(await pending, 'cut');
  });
});

function isReset(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && ['ECONNRESET', 'UND_ERR_SOCKET'].includes(String(cause.code));
}

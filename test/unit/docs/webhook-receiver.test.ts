import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver } from '../../../docs/examples/webhook-receiver.ts';
import { typeOrGeneric } from '../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../src/core/model/destination-types/test-request.ts';
import { EXAMPLE_VALUES, SAMPLE_ALERTS, toPayload } from '../../../src/core/testing/sample-payloads.ts';
import { sendTest } from '../../../src/core/testing/send-test.ts';
import { startFakeCloudflare } from '../../fake-cloudflare/server.ts';
import { callApi, halden, webhooksPath } from '../fake-cloudflare/api-caller.ts';

const SECRET = 'the-right-secret';
const START = toPayload(SAMPLE_ALERTS[0] ?? assert.fail(), EXAMPLE_VALUES);
const END = { ...START, alert_event: 'ALERT_STATE_EVENT_END' };

describe('the example of a receiver', () => {
  let server: Server;
  let url: string;
  let handled: Readonly<Record<string, unknown>>[];
  let fail = false;

  beforeEach((done) => {
    handled = [];
    fail = false;
    server = createReceiver(
      SECRET,
      (alert) => {
        handled.push(alert);
        if (fail) {
          throw new Error('A bug of the handler');
        }
      },
      2,
    ).listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cloudflare`;
      done();
    });
  });
  afterEach((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });

  async function post(body: string, secret: string | undefined = SECRET): Promise<number> {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...(secret === '' ? {} : { 'cf-webhook-auth': secret }) },
    });
    await response.body?.cancel();
    return response.status;
  }

  it('handles each state of an alert once, and an alert without an ID each time', async () => {
    const test = { text: 'Hello' };
    for (const body of [START, START, END, START, END, test, test]) {
      assert.equal(await post(JSON.stringify(body)), 200);
    }
    assert.deepEqual(handled, [START, END, test, test]);
  });

  it('refuses a wrong, a missing and a longer secret before the body arrives', async () => {
    for (const secret of ['', 'wrong', `${SECRET}x`, SECRET.toUpperCase()]) {
      assert.equal(await post(JSON.stringify(START), secret), 401);
    }
    assert.deepEqual(handled, []);
  });

  it('refuses a body that is not JSON, or too large', async () => {
    assert.equal(await post('{"text":'), 400);
    assert.equal(await post(''), 400);
    assert.equal(await post('null'), 400);
    assert.equal(await post(JSON.stringify({ text: 'x'.repeat(1_000_000) })), 413);
    assert.deepEqual(handled, []);
    assert.equal(await post(JSON.stringify(START)), 200);
  });

  it('remembers a limited number of alerts', async () => {
    const send = async (id: string): Promise<number> => post(JSON.stringify({ ...START, alert_correlation_id: id }));
    for (const id of ['a', 'b', 'b', 'c', 'c', 'a']) {
      assert.equal(await send(id), 200);
    }
    assert.deepEqual(
      handled.map((alert) => alert['alert_correlation_id']),
      ['a', 'b', 'c', 'a'],
    );
  });

  it('answers before it handles an alert, and survives a bug of the handler', async () => {
    fail = true;
    const { error } = console;
    console.error = () => {};
    try {
      assert.equal(await post(JSON.stringify(START)), 200);
      assert.equal(await post(JSON.stringify(END)), 200);
    } finally {
      console.error = error;
    }
    assert.equal(handled.length, 2);
  });

  it('accepts the test that Cloudflare sends before it creates a destination, and a test from this machine', async () => {
    const fake = await startFakeCloudflare();
    try {
      const create = async (secret: string): Promise<number> =>
        (await callApi(fake, 'POST', webhooksPath(halden), { body: { name: 'Receiver', url, secret } })).status;
      assert.equal(await create(SECRET), 201);
      assert.equal(await create('wrong'), 422);
      const request = makeTestRequest(typeOrGeneric('generic'), url, SECRET);
      const sleep = async (): Promise<void> => new Promise(() => {});
      const outcome = await sendTest({ fetch, now: Date.now, sleep }, request, 'test');
      assert.equal(outcome.kind === 'answered' && outcome.status, 200);
      assert.equal(handled.length, 2);
      assert.ok(handled.every((alert) => Object.keys(alert).join(',') === 'text'));
    } finally {
      await fake.close();
    }
  });
});

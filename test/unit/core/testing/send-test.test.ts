import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { sendTest, type SendOutcome } from '../../../../src/core/testing/send-test.ts';
import { typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../../src/core/model/destination-types/test-request.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { type FakeCloudflare, startFakeCloudflare } from '../../../fake-cloudflare/server.ts';

const generic = typeOrGeneric('generic');

/** The world, with a deadline that comes sooner. */
function makeHost(deadline = 10_000) {
  return {
    fetch: globalThis.fetch,
    now: Date.now,
    sleep: async (milliseconds: number, signal?: AbortSignal) =>
      delay(Math.min(milliseconds, deadline), undefined, signal ? { signal } : {}),
  };
}

async function send(url: string, deadline?: number): Promise<SendOutcome> {
  return sendTest(makeHost(deadline), makeTestRequest(generic, url, 'good'), 'test/1');
}

async function problemOf(url: string, deadline?: number): Promise<string> {
  const outcome = await send(url, deadline);
  return outcome.kind === 'failed' ? outcome.problem : `answered ${outcome.status}`;
}

describe('send test', () => {
  let fake: FakeCloudflare;
  let hook: string;

  before(async () => {
    fake = await startFakeCloudflare();
    hook = `${fake.receiversUrl}/generic/hook`;
  });
  after(() => fake.close());
  beforeEach(() => controls.reset(fake.world, { seed: 'empty' }));

  it('sends the request once, without any data about this machine', async () => {
    const outcome = await send(hook);
    assert.ok(outcome.kind === 'answered' && outcome.status === 200 && outcome.milliseconds >= 0);
    const [received, ...others] = controls.received(fake.world);
    assert.equal(others.length, 0);
    assert.deepEqual(JSON.parse(received?.body ?? ''), JSON.parse(makeTestRequest(generic, hook, 'good').body));
    const { host: _host, 'content-length': _length, connection: _connection, ...headers } = received?.headers ?? {};
    assert.deepEqual(headers, {
      accept: '*/*',
      'accept-encoding': 'gzip, deflate',
      'accept-language': '*',
      'cf-webhook-auth': 'good',
      'content-type': 'application/json',
      'sec-fetch-mode': 'cors',
      'user-agent': 'test/1',
    });
  });

  it('allows http to this machine only', async () => {
    const detail = 'example.com';
    assert.deepEqual(await send('http://example.com/c4n4ry'), { kind: 'failed', problem: 'insecure', detail });
    assert.equal(await problemOf('ftp://127.0.0.1/hook'), 'insecure');
  });

  it('says that no header can carry a secret', async () => {
    const request = makeTestRequest(generic, hook, 'zwölf\n中');
    const outcome = await sendTest(makeHost(), request, 'test/1');
    assert.deepEqual(outcome, { kind: 'failed', problem: 'unsendable', detail: '' });
  });

  it('reports credentials in the URL, also a user or a password alone', async () => {
    for (const credentials of ['user:password', 'user', ':password']) {
      const outcome = await send(hook.replace('//', `//${credentials}@`));
      assert.deepEqual(outcome, { kind: 'failed', problem: 'credentials', detail: new URL(hook).host });
    }
  });

  it('measures the time until the answer arrives, also if it redirects to another host', async () => {
    for (const answer of [
      () => new Response('ok'),
      () => Response.redirect('https://script.googleusercontent.com/macros/echo', 302),
    ]) {
      let time = 5000;
      const fetch = async (): Promise<Response> => {
        time += 1234.6;
        return answer();
      };
      const sleep = async () => new Promise<void>(() => {});
      const request = makeTestRequest(generic, 'https://script.google.com/macros/s/AKfy/exec', undefined);
      const outcome = await sendTest({ fetch, now: () => time, sleep }, request, 'test/1');
      assert.ok(outcome.kind !== 'failed');
      assert.equal(outcome.milliseconds, 1235);
    }
  });

  it('ends after ten seconds, without a detail', async () => {
    const waited: number[] = [];
    const sleep = async (milliseconds: number): Promise<void> => void waited.push(milliseconds);
    const fetch: typeof globalThis.fetch = async (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')));
      });
    const outcome = await sendTest({ ...makeHost(), fetch, sleep }, makeTestRequest(generic, hook, 'good'), 'test/1');
    assert.deepEqual(outcome, { kind: 'failed', problem: 'timeout', detail: '' });
    assert.deepEqual(waited, [10_000]);
  });

  it('reports a host name that cannot be resolved', async () => {
    assert.equal(await problemOf('https://no-such-host.invalid/hook'), 'noAddress');
  });

  it('reports a refused connection', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await problemOf(`http://127.0.0.1:${port}/hook`), 'refused');
  });

  it('reports an untrusted certificate', async () => {
    const pem = (name: string) => readFileSync(new URL(`../../../fixtures/${name}.pem`, import.meta.url));
    const server = createTlsServer({ key: pem('untrusted-key'), cert: pem('untrusted-certificate') }).listen(0);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const outcome = await send(`https://localhost:${port}/hook`);
    server.close();
    assert.ok(outcome.kind === 'failed' && outcome.problem === 'certificate', JSON.stringify(outcome));
  });

  for (const [what, fault, expected] of [
    ['that resets the connection', { kind: 'reset' }, 'broken'],
    ['that never responds', { kind: 'hang' }, 'timeout'],
    ['that responds byte by byte', { kind: 'drip', everyMs: 20 }, 'timeout'],
    [
      'that redirects to another host',
      { kind: 'redirect', location: 'https://example.com/x', status: 307 },
      'redirected',
    ],
    [
      'that redirects with a status that changes the method',
      { kind: 'redirect', location: '/elsewhere' },
      'redirectedHere',
    ],
    [
      'that redirects endlessly',
      { kind: 'redirect', location: '/receivers/generic/hook', status: 308 },
      'redirectedHere',
    ],
  ] as const) {
    it(`reports ${expected} for a receiver ${what}`, async () => {
      controls.addReceiverRule(fake.world, { type: 'generic', fault });
      assert.equal(await problemOf(hook, 300), expected);
    });
  }

  it('follows a redirect to the same host with the same request', async () => {
    const location = '/receivers/generic/moved';
    controls.addReceiverRule(fake.world, {
      type: 'generic',
      fault: { kind: 'redirect', location, status: 308 },
      times: 1,
    });
    assert.equal(await problemOf(hook), 'answered 200');
    const [first, second] = controls.received(fake.world);
    assert.deepEqual([second?.path, second?.body], ['/moved', first?.body]);
  });

  it('reads only the first 64 kB of a response', async () => {
    controls.addReceiverRule(fake.world, { type: 'generic', fault: { kind: 'huge', bytes: 10_000_000 } });
    const outcome = await send(hook);
    assert.ok(outcome.kind === 'answered' && outcome.text.length === 65_536);
  });

  it('leaves no timer behind, however it ends', async () => {
    const cancel = new AbortController();
    for (const fetch of [
      async () => new Response('ok'),
      async () => Promise.reject(new TypeError('Failed to fetch')),
      async () => Response.redirect('https://example.com/', 307),
      async () => {
        cancel.abort(new Error('enough'));
        throw cancel.signal.reason;
      },
    ]) {
      const timers: (AbortSignal | undefined)[] = [];
      const sleep = async (_milliseconds: number, signal?: AbortSignal): Promise<void> => {
        timers.push(signal);
        return new Promise(() => {});
      };
      const request = makeTestRequest(generic, hook, undefined);
      await sendTest({ fetch, now: () => 0, sleep }, request, 'test/1', cancel.signal).catch((error: unknown) => {
        assert.equal(error, cancel.signal.reason);
      });
      assert.deepEqual(
        timers.map((signal) => signal?.aborted),
        [true],
      );
    }
  });

  it('tells a code of a failure, and nothing of its message', async () => {
    const tunnel = new Error('net::ERR_TUNNEL_CONNECTION_FAILED at c4n4ry');
    const unreachable = Object.assign(new Error('c4n4ry'), { code: 'EHOSTUNREACH' });
    for (const [error, detail] of [
      [new TypeError('Failed to fetch https://example.com/c4n4ry'), ''],
      [new TypeError('c4n4ry', { cause: tunnel }), 'ERR_TUNNEL_CONNECTION_FAILED'],
      [new AggregateError([unreachable], 'c4n4ry'), 'EHOSTUNREACH'],
      ['c4n4ry', ''],
      [Object.assign(new Error('c4n4ry'), { code: 42 }), ''],
    ] as const) {
      const fetch = async () => Promise.reject(error);
      const outcome = await sendTest({ ...makeHost(), fetch }, makeTestRequest(generic, hook, undefined), 'test/1');
      assert.deepEqual(outcome, { kind: 'failed', problem: 'unreachable', detail });
    }
  });

  it('maps the error codes of Node, and Chromium errors without their prefix', async () => {
    for (const [code, expected] of [
      ['ENOTFOUND', 'noAddress'],
      ['EAI_AGAIN', 'noAddress'],
      ['ECONNREFUSED', 'refused'],
      ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
      ['ETIMEDOUT', 'timeout'],
      ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
      ['ECONNRESET', 'broken'],
      ['UND_ERR_SOCKET', 'broken'],
      ['ERR_CONNECTION_TIMED_OUT', 'timeout'],
      ['ERR_EMPTY_RESPONSE', 'broken'],
    ] as const) {
      const cause = code.startsWith('ERR_')
        ? new Error(`c4n4ry ${code} c4n4ry`)
        : Object.assign(new Error('c4n4ry'), { code });
      const fetch = () => Promise.reject(new TypeError('Failed to fetch', { cause }));
      const outcome = await sendTest({ ...makeHost(), fetch }, makeTestRequest(generic, hook, undefined), 'test/1');
      assert.deepEqual(outcome, { kind: 'failed', problem: expected, detail: code });
    }
  });

  it('stops immediately when the user cancels after the request has arrived', async () => {
    controls.addReceiverRule(fake.world, { type: 'generic', fault: { kind: 'hang' } });
    const late = new AbortController();
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const answer = globalThis.fetch(input, init);
      while (controls.received(fake.world).length === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      late.abort(new Error('enough'));
      return answer;
    };
    const request = makeTestRequest(generic, hook, undefined);
    await assert.rejects(sendTest({ ...makeHost(), fetch }, request, 'test/1', late.signal), /enough/);
  });

  it('stops immediately when the user cancels', async () => {
    controls.addReceiverRule(fake.world, { type: 'generic', fault: { kind: 'hang' } });
    const cancel = new AbortController();
    const sending = sendTest(makeHost(), makeTestRequest(generic, hook, undefined), 'test/1', cancel.signal);
    cancel.abort(new Error('enough'));
    await assert.rejects(sending, /enough/);
  });

  it('maps Chromium network errors, which occur behind a proxy', async () => {
    for (const [message, expected] of [
      ['net::ERR_NAME_NOT_RESOLVED', 'noAddress'],
      ['net::ERR_CERT_DATE_INVALID', 'certificate'],
      ['net::ERR_CONNECTION_REFUSED', 'refused'],
      ['net::ERR_TUNNEL_CONNECTION_FAILED', 'unreachable'],
    ] as const) {
      const fetch = () => Promise.reject(new TypeError('Failed to fetch', { cause: new Error(message) }));
      const outcome = await sendTest({ ...makeHost(), fetch }, makeTestRequest(generic, hook, undefined), 'test/1');
      assert.ok(outcome.kind === 'failed' && outcome.problem === expected, JSON.stringify(outcome));
    }
  });
});

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { CallLimits } from '../../../../src/core/api/call-meter.ts';
import { createApi, type Api } from '../../../../src/core/api/client.ts';
import { createTransport, type Fetch, type Host } from '../../../../src/core/api/transport.ts';
import { isCanceled } from '../../../../src/core/async/canceled.ts';

const DEADLINE = 15_000;
const GOOD = { success: true, errors: [], messages: [], result: [] };

/** A host whose fetch is the test's own. `timers` has the signal of every timer that was started. */
function makeHost(fetch: Fetch) {
  const lines: string[] = [];
  const timers: (AbortSignal | undefined)[] = [];
  const host: Host = {
    fetch,
    now: () => 0,
    sleep: async (_milliseconds, signal) =>
      new Promise((_resolve, reject) => {
        timers.push(signal);
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
    random: () => 0.5,
    log: (_level, message) => lines.push(message),
  };
  return { host, lines, timers };
}

const answering =
  (body: unknown, init: ResponseInit = {}): Fetch =>
  async () =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), init);

async function failureOf(fetch: Fetch): Promise<{ readonly error: ApiError; readonly lines: readonly string[] }> {
  const { host, lines } = makeHost(fetch);
  const error: unknown = await createTransport(
    host,
    'test/1',
    DEADLINE,
  )('https://api.example.com/x').catch((reason: unknown) => reason);
  assert.ok(error instanceof ApiError);
  return { error, lines };
}

describe('transport', () => {
  it('leaves no timer behind after a success, a failure and an abort', async () => {
    for (const fetch of [
      answering(GOOD),
      answering('<html>', { status: 502 }),
      () => Promise.reject(new TypeError('fetch failed')),
    ]) {
      const { host, timers } = makeHost(fetch);
      await createTransport(host, 'test/1', DEADLINE)('https://api.example.com/x').catch(() => undefined);
      assert.deepEqual(
        timers.map((signal) => signal?.aborted),
        [true],
      );
    }
  });

  it('aborts a request that was sent, and says that it was canceled, whatever the reason', async () => {
    const cancel = new AbortController();
    let aborted = false;
    const { host, timers } = makeHost(
      async (_input, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => {
            aborted = true;
            reject(init.signal?.reason);
          });
          cancel.abort(new Error('a reason of its own'));
        }),
    );
    const transport = createTransport(host, 'test/1', DEADLINE);
    await assert.rejects(transport('https://api.example.com/x', { signal: cancel.signal }), isCanceled);
    assert.deepEqual([aborted, timers.map((signal) => signal?.aborted)], [true, [true]]);
  });

  it('redacts the message of a network failure, in the error and in the log', async () => {
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND for https://hooks.example.com/services/c4n4ry'), {
      code: 'ENOTFOUND',
    });
    const { error, lines } = await failureOf(() => Promise.reject(new TypeError('fetch failed', { cause })));
    assert.equal(
      error.details.reason,
      'ENOTFOUND: getaddrinfo ENOTFOUND for https://hooks.example.com/•••',
      'system code and message',
    );
    assert.doesNotMatch(`${String(error)} ${lines.join()}`, /c4n4ry/);
  });

  it('reads the code of the first of several failed attempts to connect', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const cause = new AggregateError([refused, new Error('other')], 'all failed');
    const { error } = await failureOf(() => Promise.reject(new TypeError('fetch failed', { cause })));
    assert.equal(error.details.reason, 'ECONNREFUSED: connect');
  });

  for (const thrown of ['a text', new Error(''), undefined]) {
    it(`reports a failure without any words as such (${String(thrown)})`, async () => {
      const { error } = await failureOf(async () => {
        throw thrown;
      });
      assert.deepEqual([error.kind, error.details.reason], ['network', 'the connection failed']);
    });
  }

  it('redacts the ray ID, which is a header that any proxy can set', async () => {
    const refusal = { success: false, errors: [{ code: 10000, message: 'no' }] };
    const headers = { 'cf-ray': 'Bearer abcdef0123456789' };
    const { error } = await failureOf(answering(refusal, { status: 403, headers }));
    assert.equal(error.details.rayId, 'Bearer •••');
  });

  for (const [body, reason] of [
    ['', 'an empty answer'],
    ['hello', 'text that is not JSON'],
    ['{"success":tr', 'broken JSON, or JSON that is not the API’s'],
    ['  <!doctype html>', 'a web page (HTML) instead of an answer of the API'],
  ] as const) {
    it(`describes ${JSON.stringify(body)} without quoting it`, async () => {
      const { error } = await failureOf(answering(body, { status: 200 }));
      assert.deepEqual([error.kind, error.details.reason], ['protocol', reason]);
    });
  }

  it('describes text that says it is HTML, and a redirect', async () => {
    const html = await failureOf(answering('hello', { status: 502, headers: { 'content-type': 'text/html' } }));
    assert.match(html.error.details.reason ?? '', /^a web page/);
    const redirect = await failureOf(answering('', { status: 307, headers: { location: 'https://c4n4ry/' } }));
    assert.equal(redirect.error.details.reason, 'a redirect instead of an answer');
  });

  for (const [headers, expected] of [
    [{ ratelimit: '"default";r=50;t=30' }, { left: 50, resetsIn: 30_000 }],
    [{ ratelimit: '"default"; r=0 ; t=1' }, { left: 0, resetsIn: 1000 }],
    [{ ratelimit: '"default";r=50' }, {}],
    [{ ratelimit: '"default";r=99999999999;t=30' }, {}],
    [{ 'retry-after': '7' }, { retryAfter: 7000 }],
    [{ 'retry-after': ' 7 ' }, { retryAfter: 7000 }],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, {}],
    [{ 'retry-after': '-1' }, {}],
    [{ 'retry-after': '99999999' }, {}],
  ] as const) {
    it(`reads the limits ${JSON.stringify(headers)} in milliseconds`, async () => {
      const told: CallLimits[] = [];
      const { host } = makeHost(answering(GOOD, { headers }));
      const meter = { sent: () => {}, answered: (limits: CallLimits) => told.push(limits) };
      await createTransport(host, 'test/1', DEADLINE, meter)('https://api.example.com/x');
      assert.deepEqual(told, [expected]);
    });
  }

  it('refuses an answer that is larger than any real one, and stops reading it', async () => {
    let canceled = false;
    const body = new ReadableStream({
      pull: (stream) => stream.enqueue(new Uint8Array(1024 * 1024).fill(32)),
      cancel: () => void (canceled = true),
    });
    const { error } = await failureOf(async () => new Response(body));
    assert.deepEqual([error.kind, error.details.reason, canceled], ['protocol', 'the answer is too large', true]);
  });

  it('reads an answer without a body', async () => {
    const { error } = await failureOf(async () => new Response(null, { status: 204 }));
    assert.deepEqual([error.kind, error.details.reason], ['protocol', 'an empty answer']);
  });
});

describe('the SDK', () => {
  const connect = (fetch: Fetch): Api =>
    createApi({
      baseUrl: 'https://api.example.com',
      token: 't0k3n-of-a-test-of-forty-characters-0000',
      userAgent: 'test/1',
      host: makeHost(fetch).host,
    });

  it('logs nothing to the console, even where the environment asks for it', async () => {
    const written: unknown[] = [];
    // The SDK binds the functions of the console when it first logs, so what they write is what counts.
    const streams = [process.stdout, process.stderr];
    process.env['CLOUDFLARE_LOG'] = 'debug';
    try {
      for (const stream of streams) {
        stream.write = (text: unknown): boolean => written.push(text) > 0;
      }
      await connect(answering(GOOD)).listDestinations('a');
      await connect(answering('', { status: 500 }))
        .deleteDestination('a', 'b')
        .catch(() => undefined);
    } finally {
      for (const stream of streams) {
        Reflect.deleteProperty(stream, 'write');
      }
      delete process.env['CLOUDFLARE_LOG'];
    }
    assert.deepEqual(written, []);
  });

  it('leaves no listener at the signal of the caller, which may live for long', async () => {
    const { signal } = new AbortController();
    const api = connect(answering(GOOD));
    for (let call = 0; call < 20; call += 1) {
      await api.listDestinations('a', signal);
      await api.testPolicy('a', 'p', signal);
      await api.request('a', 'x', { body: {}, signal });
    }
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  const once: readonly [string, (api: Api) => Promise<unknown>][] = [
    ['createDestination', async (api) => api.createDestination('a', { name: 'n', url: 'https://e.com' })],
    ['updateDestination', async (api) => api.updateDestination('a', 'b', { name: 'n', url: 'https://e.com' })],
    ['deleteDestination', async (api) => api.deleteDestination('a', 'b')],
    ['updatePolicy', async (api) => api.updatePolicy('a', 'b', {})],
    ['testPolicy', async (api) => api.testPolicy('a', 'b')],
    ['a request with a body', async (api) => api.request('a', 'policies', { body: {} })],
  ];
  for (const [name, call] of once) {
    it(`sends ${name} once, whatever fails`, async () => {
      for (const failure of [503, 500, 429, 0]) {
        let sent = 0;
        const api = connect(async () => {
          sent += 1;
          if (failure === 0) {
            throw new TypeError('fetch failed');
          }
          const body = { success: false, errors: [{ message: 'no' }] };
          return new Response(JSON.stringify(body), { status: failure, headers: { 'retry-after': '1' } });
        });
        await assert.rejects(call(api), { name: 'ApiError' });
        assert.equal(sent, 1, `status ${failure}`);
      }
    });
  }
});

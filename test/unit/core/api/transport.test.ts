import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { CallLimits } from '../../../../src/core/api/call-meter.ts';
import { createApi, type Api } from '../../../../src/core/api/client.ts';
import { createRedactor } from '../../../../src/core/api/redaction.ts';
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

  const coded = (message: string, code: unknown, cause?: unknown): Error =>
    Object.assign(new Error(message, { cause }), code === undefined ? {} : { code });
  for (const [what, thrown, reason] of [
    ['a code without a message', coded('', 'ECONNRESET'), 'ECONNRESET'],
    ['a message without a code', coded('socket closed', undefined), 'socket closed'],
    ['a code that is a number', coded('socket closed', 5), 'socket closed'],
    ['a code that is also the message', coded('ECONNRESET', 'ECONNRESET'), 'ECONNRESET'],
    ['a deepest cause without words', coded('fetch failed', undefined, coded('', '')), 'fetch failed'],
    ['a cause that is no error', coded('fetch failed', undefined, 'text'), 'fetch failed'],
    [
      'no attempt to connect, but a cause',
      new AggregateError([], 'all failed', { cause: coded('no route', 'EHOSTUNREACH') }),
      'EHOSTUNREACH: no route',
    ],
  ] as const) {
    it(`describes a network failure with ${what}`, async () => {
      const { error } = await failureOf(() => Promise.reject(thrown));
      assert.deepEqual([error.kind, error.details.reason], ['network', reason]);
    });
  }

  it('knows that nothing was sent only where the connection itself failed', async () => {
    for (const [code, syscall, isUnsent] of [
      ['ECONNREFUSED', 'connect', true],
      ['ENETUNREACH', 'connect', true],
      ['EHOSTUNREACH', 'connect', true],
      ['ENOTFOUND', 'getaddrinfo', true],
      ['EAI_AGAIN', 'getaddrinfo', true],
      ['UND_ERR_CONNECT_TIMEOUT', undefined, true],
      ['EHOSTUNREACH', 'read', undefined],
      ['ENETUNREACH', 'write', undefined],
      ['ECONNREFUSED', undefined, undefined],
      ['ECONNRESET', 'connect', undefined],
    ] as const) {
      const cause = Object.assign(new Error('broken'), { code, ...(syscall ? { syscall } : {}) });
      const { error } = await failureOf(() => Promise.reject(new TypeError('fetch failed', { cause })));
      assert.equal(error.details.isUnsent, isUnsent, `${code} ${syscall}`);
    }
  });

  it('follows eight causes and no more, because causes can form a circle', async () => {
    let chain = new Error('level 20');
    for (let level = 19; level > 0; level -= 1) {
      chain = new Error(`level ${level}`, { cause: chain });
    }
    const { error } = await failureOf(() => Promise.reject(chain));
    assert.equal(error.details.reason, 'level 8');
  });

  it('fails with a timeout once the deadline has passed', async () => {
    const { host } = makeHost(
      async (_input, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
        }),
    );
    const waited: number[] = [];
    const sleep = async (milliseconds: number): Promise<void> => void waited.push(milliseconds);
    const error: unknown = await createTransport(
      { ...host, sleep },
      'test/1',
    )('https://api.example.com/x').catch((reason: unknown) => reason);
    assert.ok(error instanceof ApiError);
    assert.deepEqual(
      [error.kind, error.details.reason, error.details.forLog],
      ['timeout', undefined, 'no whole answer within 15 s'],
    );
    assert.deepEqual(waited, [DEADLINE]);
  });

  it('logs method, path, outcome and duration of every call, and never the query', async () => {
    const cancel = new AbortController();
    const fetches: readonly Fetch[] = [
      answering(GOOD),
      () => Promise.reject(new Error('no route')),
      () => {
        cancel.abort();
        return Promise.reject(new Error('aborted'));
      },
    ];
    const logged: string[] = [];
    for (const fetch of fetches) {
      let now = 5000;
      const { host } = makeHost(fetch);
      await createTransport(
        { ...host, now: () => (now += 20.4), log: (level, message) => logged.push(`${level} ${message}`) },
        'test/1',
      )('https://api.example.com/x?y=z', { signal: cancel.signal }).catch(() => undefined);
    }
    assert.deepEqual(logged, [
      `debug GET /x: status 200, ${JSON.stringify(GOOD).length} characters (20 ms)`,
      'warn GET /x: network; no route (20 ms)',
      'debug GET /x: canceled (20 ms)',
    ]);
  });

  it('keeps the codes and messages that the errors of an answer have', async () => {
    const errors = [{ message: ' a ' }, { code: 1000, message: '' }, { code: 1001, message: 'b\n' }];
    const { error } = await failureOf(answering({ success: false, errors }, { status: 422 }));
    assert.deepEqual(error.details, { kind: 'rejected', status: 422, codes: [1000, 1001], reason: 'a ; b' });
  });

  it('has no reason where no error has a message', async () => {
    const { error } = await failureOf(answering({ success: false, errors: [{ code: 7 }, {}] }, { status: 422 }));
    assert.deepEqual(error.details, { kind: 'rejected', status: 422, codes: [7] });
  });

  it('rejects an envelope without success, although the status is 200', async () => {
    const { error } = await failureOf(answering({ success: false, errors: [] }, { status: 200 }));
    assert.deepEqual(error.details, { kind: 'rejected', status: 200, codes: [] });
  });

  it('reads only the beginning of long messages for the kind of an error', async () => {
    const errors = [{ code: 9109, message: `${'x'.repeat(3000)} from location` }];
    const { error } = await failureOf(answering({ success: false, errors }, { status: 403 }));
    assert.equal(error.kind, 'forbidden');
  });

  it('reads how long a refused call has to wait', async () => {
    const refusal = { success: false, errors: [] };
    const { error } = await failureOf(answering(refusal, { status: 429, headers: { 'retry-after': '120' } }));
    assert.deepEqual(error.details, {
      kind: 'rateLimited',
      status: 429,
      codes: [],
      retryAfter: 120_000,
      retryAt: 120_000,
    });
  });

  for (const [status, isRedirect] of [
    [299, false],
    [300, true],
    [399, true],
    [400, false],
  ] as const) {
    it(`describes status ${status} ${isRedirect ? 'as a redirect' : 'by its body'}`, async () => {
      const { error } = await failureOf(answering('hello', { status }));
      assert.equal(error.details.answer, isRedirect ? 'redirect' : 'text');
      assert.ok(!('retryAfter' in error.details));
    });
  }

  for (const thrown of ['a text', new Error(''), undefined]) {
    it(`reports a failure without any words as such (${String(thrown)})`, async () => {
      const { error } = await failureOf(async () => {
        throw thrown;
      });
      assert.deepEqual([error.kind, error.details.reason], ['network', 'the connection failed']);
    });
  }

  it('shows no part of a secret at any position where a long message is cut', async () => {
    const redactor = createRedactor();
    redactor.remember('s3cr3t-of-a-webhook');
    for (let before = 2020; before < 2060; before += 1) {
      const refusal = { success: false, errors: [{ message: `${'x'.repeat(before)} s3cr3t-of-a-webhook` }] };
      const { host } = makeHost(answering(refusal, { status: 422 }));
      const redacting: Host = { ...host, redact: (words, most) => redactor.redact(words, most) };
      const call = createTransport(redacting, 'test/1', DEADLINE)('https://api.example.com/x');
      await assert.rejects(call, (error: ApiError) => !/s3c/.test(error.details.reason ?? 's3c'), `after ${before}`);
    }
  });

  it('redacts the ray ID, which is a header that any proxy can set', async () => {
    const refusal = { success: false, errors: [{ code: 10000, message: 'no' }] };
    const headers = { 'cf-ray': 'Bearer abcdef0123456789' };
    const { error } = await failureOf(answering(refusal, { status: 403, headers }));
    assert.equal(error.details.rayId, 'Bearer •••');
  });

  for (const [body, answer] of [
    ['', 'empty'],
    ['hello', 'text'],
    ['{"success":tr', 'otherJson'],
    ['  <!doctype html>', 'html'],
  ] as const) {
    it(`names ${JSON.stringify(body)} without quoting it`, async () => {
      const { error } = await failureOf(answering(body, { status: 200 }));
      assert.deepEqual([error.kind, error.details.answer, error.details.reason], ['protocol', answer, undefined]);
    });
  }

  it('recognizes text that says it is HTML, and a redirect', async () => {
    const html = await failureOf(answering('hello', { status: 502, headers: { 'content-type': 'text/html' } }));
    assert.equal(html.error.details.answer, 'html');
    assert.match(html.error.message, /a web page \(HTML\) instead of an answer/);
    const redirect = await failureOf(answering('', { status: 307, headers: { location: 'https://c4n4ry/' } }));
    assert.equal(redirect.error.details.answer, 'redirect');
  });

  for (const [headers, expected] of [
    [{ ratelimit: '"default";r=50;t=30' }, { left: 50, resetsIn: 30_000 }],
    [{ ratelimit: '"default"; r=0 ; t=1' }, { left: 0, resetsIn: 1000 }],
    [{ ratelimit: '"default";r=50' }, {}],
    [{ ratelimit: '"default";r=99999999999;t=30' }, {}],
    [{ 'retry-after': '7' }, { retryAfter: 7000 }],
    [{ 'retry-after': ' 7 ' }, { retryAfter: 7000 }],
    [{ 'retry-after': '120' }, { retryAfter: 120_000 }],
    [{ 'retry-after': '7s' }, {}],
    [{ 'retry-after': '7.5' }, { retryAfter: 7500 }],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:05:00 GMT' }, { retryAfter: 300_000 }],
    [{ 'retry-after': 'Wed, 31 Dec 1969 23:00:00 GMT' }, {}],
    [{ 'retry-after': '2026 GMT0' }, {}],
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

  for (const [what, status, errors, isPaused] of [
    ['status 429', 429, [], true],
    ['code 971', 400, [{ code: 971, message: 'throttled' }], true],
    ['status 429 of a proxy', 429, undefined, true],
    ['status 500', 500, [], false],
  ] as const) {
    it(`${isPaused ? 'pauses' : 'does not pause'} the calls of a token after ${what} that names no pause`, async () => {
      const told: CallLimits[] = [];
      const { host } = makeHost(answering({ ...(errors && { success: false, errors }) }, { status }));
      const meter = { sent: () => {}, answered: (limits: CallLimits) => told.push(limits) };
      const transport = createTransport(host, 'test/1', DEADLINE, meter);
      await assert.rejects(
        transport('https://api.example.com/x'),
        (error: ApiError) => !('retryAfter' in error.details),
      );
      assert.deepEqual(told, isPaused ? [{}, { retryAfter: 60_000 }] : [{}]);
    });
  }

  it('takes no pause from what stands in front of the API, unless it says that there were too many calls', async () => {
    const headers = { 'retry-after': '1800', ratelimit: '"default";r=0;t=1800', 'content-type': 'text/html' };
    for (const status of [200, 302, 429, 503]) {
      const told: CallLimits[] = [];
      const { host } = makeHost(answering('<html>Log in</html>', { status, headers }));
      const meter = { sent: () => {}, answered: (limits: CallLimits) => told.push(limits) };
      await assert.rejects(createTransport(host, 'test/1', DEADLINE, meter)('https://api.example.com/x'));
      assert.deepEqual(told, status === 429 ? [{ left: 0, resetsIn: 1_800_000, retryAfter: 1_800_000 }] : []);
    }
  });

  it('counts status 429 also where the body of the answer breaks', async () => {
    const told: CallLimits[] = [];
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('broken')) });
    const { host } = makeHost(async () => new Response(body, { status: 429, headers: { 'retry-after': '300' } }));
    const meter = { sent: () => {}, answered: (limits: CallLimits) => told.push(limits) };
    await assert.rejects(createTransport(host, 'test/1', DEADLINE, meter)('https://api.example.com/x'));
    assert.deepEqual(told, [{ retryAfter: 300_000 }]);
  });

  it('refuses an answer that is larger than any real one, and stops reading it', async () => {
    let canceled = false;
    const body = new ReadableStream({
      pull: (stream) => stream.enqueue(new Uint8Array(1024 * 1024).fill(32)),
      cancel: () => void (canceled = true),
    });
    const { error } = await failureOf(async () => new Response(body));
    assert.deepEqual([error.kind, error.details.answer, canceled], ['protocol', 'tooLarge', true]);
  });

  it('reads an answer without a body', async () => {
    const { error } = await failureOf(async () => new Response(null, { status: 204 }));
    assert.deepEqual([error.kind, error.details.answer], ['protocol', 'empty']);
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

  const draft = { name: 'n', url: 'https://e.com' };
  const every: readonly [string, (api: Api, signal: AbortSignal) => Promise<unknown>][] = [
    ['verifyUserToken', async (api, signal) => api.verifyUserToken(signal)],
    ['verifyAccountToken', async (api, signal) => api.verifyAccountToken('a', signal)],
    ['listAccounts', async (api, signal) => api.listAccounts(signal)],
    ['listDestinations', async (api, signal) => api.listDestinations('a', signal)],
    ['getDestination', async (api, signal) => api.getDestination('a', 'b', signal)],
    ['createDestination', async (api, signal) => api.createDestination('a', draft, signal)],
    ['updateDestination', async (api, signal) => api.updateDestination('a', 'b', draft, signal)],
    ['deleteDestination', async (api, signal) => api.deleteDestination('a', 'b', signal)],
    ['listPolicies', async (api, signal) => api.listPolicies('a', signal)],
    ['getPolicy', async (api, signal) => api.getPolicy('a', 'b', signal)],
    ['updatePolicy', async (api, signal) => api.updatePolicy('a', 'b', {}, signal)],
    ['testPolicy', async (api, signal) => api.testPolicy('a', 'b', signal)],
    ['listSentAlerts', async (api, signal) => api.listSentAlerts('a', 0, signal)],
    ['listAlertNames', async (api, signal) => api.listAlertNames('a', signal)],
    ['a request', async (api, signal) => api.request('a', 'x', { signal })],
    ['a request with a body', async (api, signal) => api.request('a', 'x', { body: {}, signal })],
  ];
  for (const [name, call] of every) {
    it(`cuts off ${name} where its signal aborts after it was sent`, async () => {
      const cancel = new AbortController();
      const api = connect(async (_input, init) => {
        cancel.abort();
        init?.signal?.throwIfAborted();
        return Response.json(GOOD);
      });
      await assert.rejects(call(api, cancel.signal), isCanceled);
    });
  }

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

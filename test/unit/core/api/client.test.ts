import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { skippedIn } from '../../../../src/core/api/skipped.ts';
import { createApi, type Api } from '../../../../src/core/api/client.ts';
import { ApiError, type ApiErrorKind } from '../../../../src/core/api/api-error.ts';
import { createRedactor } from '../../../../src/core/api/redaction.ts';
import { isCanceled } from '../../../../src/core/async/canceled.ts';
import { deleteDestination } from '../../../../src/core/destinations/delete-destination.ts';
import type { Host } from '../../../../src/core/api/transport.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { demoTokens } from '../../../fake-cloudflare/demo-tokens.ts';
import type { Fault } from '../../../fake-cloudflare/faults.ts';
import { type FakeCloudflare, startFakeCloudflare } from '../../../fake-cloudflare/server.ts';

const WEBHOOKS = '/accounts/*/alerting/v3/destinations/webhooks';
/** In milliseconds. Longer than any response takes, also on a busy machine. */
const LONG_DEADLINE = 20_000;
/** In milliseconds, for responses that never arrive. */
const SHORT_DEADLINE = 200;

/** An answer of the API that is no success, with this error. */
function failing(status: number, error: unknown): Fault {
  return { kind: 'status', status, body: { success: false, errors: [error], messages: [], result: null } };
}

describe('API client against the fake Cloudflare', () => {
  let fake: FakeCloudflare;
  let accountId: string;
  let lines: string[];
  let pauses: number[];

  before(async () => {
    fake = await startFakeCloudflare({ seed: 'demo' });
  });
  after(() => fake.close());
  beforeEach(() => {
    controls.reset(fake.world, { seed: 'demo' });
    accountId = fake.world.accounts[0]?.id ?? assert.fail();
    lines = [];
    pauses = [];
  });

  function connect(token: string = demoTokens.demo, host: Partial<Host> = {}, deadline = LONG_DEADLINE): Api {
    return createApi({
      baseUrl: fake.baseUrl,
      token,
      userAgent: 'test/1',
      deadline,
      host: {
        fetch: globalThis.fetch,
        now: Date.now,
        sleep: async (milliseconds, signal) => {
          if (milliseconds !== deadline) {
            pauses.push(milliseconds);
            return;
          }
          await delay(milliseconds, undefined, signal ? { signal } : {});
        },
        random: () => 0.5,
        log: (level, message) => lines.push(`${level} ${message}`),
        ...host,
      },
    });
  }

  const requests = () => controls.log(fake.world).map(({ method, path, status }) => ({ method, path, status }));

  it('lists the destinations of an account', async () => {
    const listed = await connect().listDestinations(accountId);
    const real = controls.destinations(fake.world, { account: accountId });
    assert.deepEqual(listed.map(({ id }) => id).toSorted(), real.map(({ id }) => id).toSorted());
    for (const destination of listed) {
      const expected = real.find(({ id }) => id === destination.id);
      assert.equal(destination.name, expected?.name);
      assert.equal(destination.type, expected?.type);
      assert.equal(destination.lastFailure ?? null, expected?.last_failure ?? null);
    }
    assert.equal(requests().length, 1);
  });

  it('reports every call, including retries, and the remaining call budget to the meter', async () => {
    const told: unknown[] = [];
    const meter = { sent: () => told.push('sent'), answered: (limits: object) => told.push(limits) };
    const host: Host = {
      fetch: globalThis.fetch,
      now: Date.now,
      sleep: async (milliseconds) => (milliseconds === LONG_DEADLINE ? new Promise(() => {}) : undefined),
      random: () => 0.5,
      log: () => {},
    };
    const { baseUrl } = fake;
    const api = createApi({
      baseUrl,
      token: demoTokens.demo,
      userAgent: 'test/1',
      host,
      deadline: LONG_DEADLINE,
      meter,
    });
    controls.addFault(fake.world, { path: WEBHOOKS, fault: { kind: 'throttle', retryAfter: 2 }, times: 1 });
    await api.listDestinations(accountId);
    assert.equal(told.length, 4);
    const [, throttled, , good] = told;
    assert.equal((throttled as { retryAfter: number }).retryAfter, 2000);
    const { left, resetsIn } = good as { left: number; resetsIn: number };
    assert.ok(left > 1000 && left < 1200 && resetsIn > 0 && resetsIn <= 300_000);
  });

  it('fetches a destination and deletes a destination', async () => {
    const [first] = await connect().listDestinations(accountId);
    assert.deepEqual(await connect().getDestination(accountId, first?.id ?? ''), first);
    await connect().deleteDestination(accountId, first?.id ?? '');
    await assert.rejects(connect().getDestination(accountId, first?.id ?? ''), { kind: 'notFound' });
    await assert.rejects(
      connect().deleteDestination(accountId, first?.id ?? ''),
      (error: { details: { codes: readonly number[] } }) => error.details.codes.includes(15000),
    );
  });

  it('lists the accounts of all pages', async () => {
    for (let index = 0; index < 120; index += 1) {
      controls.putAccount(fake.world, { name: `Account ${index}` });
    }
    assert.equal((await connect().listAccounts()).length, 123);
    assert.equal(requests().length, 3);
  });

  it('lists no accounts with a narrow token and is rejected with an account token', async () => {
    assert.deepEqual(await connect(demoTokens.narrow).listAccounts(), []);
    await assert.rejects(connect(demoTokens.accountOwned).listAccounts(), { kind: 'rejected' });
  });

  it('verifies user tokens and account tokens', async () => {
    assert.equal((await connect().verifyUserToken()).status, 'active');
    assert.equal((await connect(demoTokens.expired).verifyUserToken()).status, 'expired');
    assert.equal((await connect(demoTokens.disabled).verifyUserToken()).status, 'disabled');
    assert.ok((await connect(demoTokens.expiringSoon).verifyUserToken()).expiresOn);
    assert.equal((await connect(demoTokens.accountOwned).verifyAccountToken(accountId)).status, 'active');
    await assert.rejects(connect('cfut_unknown').verifyUserToken(), { kind: 'auth' });
    await assert.rejects(connect(demoTokens.accountOwned).verifyUserToken(), { kind: 'auth' });
  });

  it('distinguishes an invalid token from a missing permission', async () => {
    await assert.rejects(connect('cfut_unknown').listDestinations(accountId), { kind: 'auth' });
    const [first] = await connect().listDestinations(accountId);
    await assert.rejects(connect(demoTokens.readOnly).deleteDestination(accountId, first?.id ?? ''), {
      kind: 'forbidden',
    });
  });

  it('reports an unknown account as not found', async () => {
    await assert.rejects(connect().listDestinations('f'.repeat(32)), { kind: 'notFound' });
  });

  const faults: readonly [string, Fault, ApiErrorKind, number][] = [
    ['a 500', { kind: 'status', status: 500 }, 'unavailable', 3],
    ['a 400', { kind: 'status', status: 400 }, 'rejected', 1],
    ['a 429 with a long Retry-After', { kind: 'throttle', retryAfter: 300 }, 'rateLimited', 1],
    ['a 429 with a short Retry-After', { kind: 'throttle', retryAfter: 1 }, 'rateLimited', 3],
    ['a web page', { kind: 'html' }, 'protocol', 1],
    ['a web page with status 502', { kind: 'html', status: 502 }, 'protocol', 3],
    ['a web page with status 403', { kind: 'html', status: 403 }, 'protocol', 1],
    ['a web page with status 401', { kind: 'html', status: 401 }, 'protocol', 1],
    ['a web page with status 404', { kind: 'html', status: 404 }, 'protocol', 1],
    ['a text with status 429', { kind: 'status', status: 429, body: 'slow down' }, 'protocol', 1],
    ['the JSON of a gateway', { kind: 'status', status: 404, body: { message: 'no Route matched' } }, 'protocol', 1],
    ['an error whose code is null', failing(403, { code: null, message: 'no' }), 'forbidden', 1],
    ['an error whose code is a text', failing(400, { code: '10000', message: 'no' }), 'auth', 1],
    [
      'errors that are no list',
      { kind: 'status', status: 403, body: { success: false, errors: 'no' } },
      'forbidden',
      1,
    ],
    [
      'an address filter',
      failing(403, { code: 9109, message: 'Cannot use the access token from location: 192.0.2.1' }),
      'addressFilter',
      1,
    ],
    ['code 9109 for an invalid token', failing(403, { code: 9109, message: 'Invalid access token' }), 'auth', 1],
    [
      'code 9109 for a missing permission',
      failing(403, { code: 9109, message: 'Unauthorized to access requested resource' }),
      'forbidden',
      1,
    ],
    ['truncated JSON', { kind: 'truncated' }, 'protocol', 1],
    ['a result of another type', { kind: 'wrong-type' }, 'protocol', 1],
    ['a redirect', { kind: 'redirect', location: 'https://example.com/' }, 'protocol', 1],
    ['a connection reset', { kind: 'reset' }, 'network', 3],
    ['a missing response', { kind: 'hang' }, 'timeout', 1],
    ['a response that arrives byte by byte', { kind: 'drip', everyMs: 20 }, 'timeout', 1],
    ['a response that is too large', { kind: 'huge', bytes: 20_000_000 }, 'protocol', 1],
  ];
  for (const [what, fault, kind, attempts] of faults) {
    it(`reports ${what} as ${kind} after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`, async () => {
      controls.addFault(fake.world, { path: WEBHOOKS, fault });
      const api = connect(demoTokens.demo, {}, kind === 'timeout' ? SHORT_DEADLINE : LONG_DEADLINE);
      await assert.rejects(api.listDestinations(accountId), { name: 'ApiError', kind });
      assert.equal(pauses.length, attempts - 1);
    });
  }

  it('retries a temporary failure with increasing backoff', async () => {
    controls.addFault(fake.world, { path: WEBHOOKS, fault: { kind: 'status', status: 503 }, times: 2 });
    assert.ok((await connect().listDestinations(accountId)).length > 0);
    assert.deepEqual(pauses, [300, 600]);
  });

  it('never retries a deletion', async () => {
    const [first] = await connect().listDestinations(accountId);
    for (const fault of [
      { kind: 'status', status: 503 },
      { kind: 'reset' },
      { kind: 'throttle', retryAfter: 1 },
    ] as const) {
      controls.clear(fake.world, { part: 'log' });
      controls.addFault(fake.world, { method: 'DELETE', fault, times: 1 });
      await assert.rejects(connect().deleteDestination(accountId, first?.id ?? ''));
      assert.equal(requests().filter(({ method }) => method === 'DELETE').length, 1);
    }
  });

  it('stops immediately when canceled, also during backoff', async () => {
    controls.addFault(fake.world, { path: WEBHOOKS, fault: { kind: 'hang' } });
    const cancel = new AbortController();
    const fetch: Host['fetch'] = async (input, init) => {
      const answer = globalThis.fetch(input, init);
      while (requests().length === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      cancel.abort(new Error('canceled by the test'));
      return answer;
    };
    await assert.rejects(connect(demoTokens.demo, { fetch }).listDestinations(accountId, cancel.signal), isCanceled);
    assert.equal(requests().length, 1);

    controls.reset(fake.world, { seed: 'demo' });
    controls.addFault(fake.world, { path: WEBHOOKS, fault: { kind: 'status', status: 503 } });
    const late = new AbortController();
    const sleep: Host['sleep'] = async (milliseconds) => {
      if (milliseconds !== LONG_DEADLINE) {
        late.abort();
        throw late.signal.reason;
      }
      await new Promise(() => {});
    };
    await assert.rejects(connect(demoTokens.demo, { sleep }).listDestinations(accountId, late.signal), {
      name: 'AbortError',
    });
  });

  it('throws the same error for an abort before the request, during it, and in a pause', async () => {
    const reasons: unknown[] = [];
    const before = new AbortController();
    before.abort(new Error('a reason of its own'));
    const canceled = connect().listDestinations(accountId, before.signal);
    await canceled.catch((error: unknown) => reasons.push(error));
    assert.deepEqual(requests(), []);

    controls.addFault(fake.world, { path: WEBHOOKS, fault: { kind: 'hang' } });
    const during = new AbortController();
    const listing = connect().listDestinations(accountId, during.signal);
    during.abort(new Error('a reason of its own'));
    await listing.catch((error: unknown) => reasons.push(error));

    controls.reset(fake.world, { seed: 'demo' });
    controls.addFault(fake.world, { path: WEBHOOKS, fault: { kind: 'status', status: 503 } });
    const late = new AbortController();
    const sleep: Host['sleep'] = async (milliseconds, signal) => {
      if (milliseconds !== LONG_DEADLINE) {
        late.abort(new Error('a reason of its own'));
        throw signal?.reason;
      }
      await new Promise(() => {});
    };
    const pausing = connect(demoTokens.demo, { sleep }).listDestinations(accountId, late.signal);
    await pausing.catch((error: unknown) => reasons.push(error));

    assert.equal(reasons.length, 3);
    for (const error of reasons) {
      assert.ok(isCanceled(error));
      assert.equal(String(error), 'AbortError: The operation was canceled');
    }
  });

  it('shows what it can of a list, tells of the rest, and logs its places once and no values', async () => {
    const [good] = await connect().listDestinations(accountId);
    const result = [
      { id: 42, name: 'n0-id-canary' },
      'text-canary',
      null,
      {
        id: 'constructor',
        name: 7,
        type: null,
        url: { a: 'url-canary' },
        last_failure: 1_790_000_000,
        last_success: true,
      },
      { id: 'b', name: 'B', type: 'slack', url: 'https://hooks.slack.com/', created_at: '2025-03-12T17:31:52.88075Z' },
    ];
    controls.addFault(fake.world, { path: WEBHOOKS, fault: { kind: 'wrong-type', result } });
    const api = createApi({
      baseUrl: fake.baseUrl,
      token: demoTokens.demo,
      userAgent: 'test/1',
      host: {
        fetch: globalThis.fetch,
        now: Date.now,
        sleep: async () => new Promise(() => {}),
        random: () => 0.5,
        log: (level, message) => lines.push(`${level} ${message}`),
      },
    });
    const list = await api.listDestinations(accountId);
    assert.equal(skippedIn(list), 3);
    assert.deepEqual(list, [
      {
        id: 'constructor',
        name: '',
        type: '',
        url: '',
        lastSuccess: 'unreadable',
        lastFailure: '2026-09-21T14:13:20.000Z',
      },
      {
        id: 'b',
        name: 'B',
        type: 'slack',
        url: 'https://hooks.slack.com/',
        createdAt: '2025-03-12T17:31:52.88075Z',
      },
    ]);
    await api.listDestinations(accountId);
    const warnings = lines.filter((line) => line.startsWith('warn'));
    assert.equal(warnings.length, 1);
    const [, places = ''] = /cannot read (.+); 3 entries are left out$/.exec(warnings[0] ?? '') ?? [];
    assert.deepEqual(new Set(places.split(', ')), new Set(['0.id', '1', '2', '3.name', '3.url', '3.last_success']));
    assert.doesNotMatch(lines.join(), /canary/);

    controls.reset(fake.world, { seed: 'demo' });
    assert.equal(skippedIn(await api.listDestinations(accountId)), 0);
    assert.ok(good);
  });

  it('has remembered secrets redacted in whatever an error holds', async () => {
    const redactor = createRedactor();
    redactor.remember('https://example.com/hooks/s3cr3t');
    controls.addFault(fake.world, {
      path: WEBHOOKS,
      fault: failing(422, { message: `Webhook test failed: Post /hooks/s3cr3t: 404\n\u202E${'x'.repeat(9000)}` }),
    });
    const error: unknown = await connect(demoTokens.demo, { redact: (words, most) => redactor.redact(words, most) })
      .listDestinations(accountId)
      .catch((reason: unknown) => reason);
    assert.ok(error instanceof ApiError);
    assert.match(error.details.reason ?? '', /^Webhook test failed: Post •••: 404 x+…$/);
    assert.ok((error.details.reason ?? '').length < 2100);
  });

  it('never takes the page of a proxy for a deletion that is confirmed', async () => {
    const [first] = await connect().listDestinations(accountId);
    controls.addFault(fake.world, { path: `${WEBHOOKS}/*`, fault: { kind: 'html', status: 404 } });
    await assert.rejects(
      deleteDestination({
        api: connect(),
        host: { sleep: async () => {} },
        accountId,
        destinationId: first?.id ?? '',
      }),
      { kind: 'protocol' },
    );
  });

  it('sends no header from environment variables', async () => {
    const environment = {
      CLOUDFLARE_API_KEY: 'key-of-the-environment',
      CLOUDFLARE_EMAIL: 'somebody@example.com',
      CLOUDFLARE_BASE_URL: 'https://example.com',
      CLOUDFLARE_CUSTOM_HEADERS: 'x-secret: value-of-the-environment',
      CLOUDFLARE_LOG: 'debug',
    };
    Object.assign(process.env, environment);
    try {
      const sent: Headers[] = [];
      const fetch: Host['fetch'] = async (input, init) => {
        sent.push(new Headers(init?.headers));
        return globalThis.fetch(input, init);
      };
      await connect(demoTokens.demo, { fetch }).listDestinations(accountId);
      assert.deepEqual([...(sent[0]?.keys() ?? [])].toSorted(), ['accept', 'authorization', 'user-agent']);
      assert.equal(sent[0]?.get('user-agent'), 'test/1');
    } finally {
      for (const name of Object.keys(environment)) {
        delete process.env[name];
      }
    }
  });

  it('redacts the token, secrets and URLs in the log and in errors', async () => {
    const leaky = {
      success: false,
      errors: [{ message: 'Webhook test failed: Post "https://hooks.slack.com/services/T/B/x1y2z3": 404' }],
    };
    controls.addFault(fake.world, {
      method: 'GET',
      path: WEBHOOKS,
      fault: { kind: 'status', status: 422, body: leaky },
    });
    const error: unknown = await connect()
      .listDestinations(accountId)
      .catch((reason: unknown) => reason);
    const text = `${String(error)} ${JSON.stringify(error)} ${lines.join('\n')}`;
    assert.match(text, /Webhook test failed: Post \\?"https:\/\/hooks\.slack\.com\/•••/);
    assert.doesNotMatch(text, /x1y2z3/);
    assert.ok(!text.includes(demoTokens.demo));
  });

  it('rejects an ID that would change the request path', async () => {
    await assert.rejects(connect().getDestination(accountId, '..'));
    assert.deepEqual(requests(), []);
  });
});

import assert from 'node:assert/strict';
import { controls } from '../../fake-cloudflare/control.ts';
import { destinationTypes } from '../../fake-cloudflare/destination-types.ts';
import type { DestinationType } from '../../fake-cloudflare/destination-types.ts';
import { startFakeCloudflare } from '../../fake-cloudflare/server.ts';
import type { FakeCloudflare } from '../../fake-cloudflare/server.ts';

type Post = {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
/** The expected status, and the body, parsed if it is JSON. */
type Expected = readonly [status: number, body: unknown];

const text = 'Test';
const requestId = { took: 0.016, requestId: '43a29c5c-3dbf-4fa4-9c26-f4f71023e120' };
const feishuHook = '/open-apis/bot/v2/hook/';
const gchatMessages = '/v1/spaces/AAAA/messages';

const right: Readonly<Record<DestinationType, readonly [Post, number]>> = {
  slack: [{ path: '/services/T/B/good', body: { text } }, 200],
  discord: [{ path: '/api/webhooks/1/good', body: { content: text } }, 204],
  gchat: [{ path: `${gchatMessages}?key=k&token=t`, body: { text } }, 200],
  feishu: [{ path: `${feishuHook}good`, body: { msg_type: 'text', content: { text } } }, 200],
  datadog: [{ path: '/api/v1/events', headers: { 'DD-API-KEY': 'k' }, body: { title: text, text } }, 202],
  opsgenie: [{ path: '/v2/alerts', headers: { authorization: 'GenieKey k' }, body: { message: text } }, 202],
  splunk: [{ path: '/services/collector', headers: { authorization: 'Splunk k' }, body: { event: text } }, 200],
  generic: [{ path: '/secured', headers: { 'cf-webhook-auth': 'k' }, body: { text } }, 200],
};

const wrong: readonly (readonly [DestinationType, Post, Expected])[] = [
  ['slack', { path: '/services/T/B' }, [404, 'no_service']],
  ['slack', { path: '/services/T/B/wrong', body: { text } }, [403, 'invalid_token']],
  ['slack', { path: '/services/T/B/good', body: 'plain' }, [400, 'invalid_payload']],
  ['slack', { path: '/services/T/B/good', body: {} }, [400, 'no_text']],
  ['discord', { path: '/api/webhooks/wrong/x' }, [404, { message: 'Unknown Webhook', code: 10015 }]],
  ['discord', { path: '/api/webhooks/1/wrong' }, [401, { message: 'Invalid Webhook Token', code: 50027 }]],
  [
    'discord',
    { path: '/api/webhooks/1/x', body: { text } },
    [400, { message: 'Cannot send an empty message', code: 50006 }],
  ],
  ['feishu', { path: `${feishuHook}x`, body: { text } }, [200, { code: 9499, data: {}, msg: 'Bad Request' }]],
  ['datadog', { path: '/api/v1/events', body: { title: text, text } }, [403, { errors: ['Forbidden'] }]],
  [
    'opsgenie',
    { path: '/v2/alerts', body: { message: text } },
    [401, { message: 'Could not authenticate', ...requestId }],
  ],
  ['splunk', { path: '/services/collector' }, [401, { text: 'Token is required', code: 2 }]],
  [
    'splunk',
    { path: '/services/collector', headers: { authorization: 'Splunk wrong' } },
    [403, { text: 'Invalid token', code: 4 }],
  ],
  [
    'splunk',
    { path: '/services/collector', headers: { authorization: 'Splunk k' }, body: { text } },
    [400, { text: 'Invalid data format', code: 6 }],
  ],
  ['generic', { path: '/secured', body: { text } }, [401, { error: 'unauthorized' }]],
  ['generic', { path: '/open', headers: { 'cf-webhook-auth': 'wrong' } }, [401, { error: 'unauthorized' }]],
];

describe('fake Cloudflare: webhook receivers', () => {
  let fake: FakeCloudflare;
  before(async () => {
    fake = await startFakeCloudflare({ seed: 'empty' });
  });
  beforeEach(() => controls.reset(fake.world, { seed: 'empty' }));
  after(() => fake.close());

  async function post(type: DestinationType, { path, headers = {}, body = '' }: Post): Promise<Expected> {
    const response = await fetch(`${fake.receiversUrl}/${type}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      redirect: 'manual',
    });
    const answer = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return [response.status, isJson ? JSON.parse(answer) : answer];
  }

  for (const type of destinationTypes) {
    it(`${type} accepts and records a valid request`, async () => {
      const [request, status] = right[type];
      assert.equal((await post(type, request))[0], status);
      const [kept] = fake.world.received;
      assert.deepEqual([kept?.type, kept?.path], [type, request.path.split('?')[0]]);
      assert.deepEqual(JSON.parse(kept?.body ?? ''), request.body);
      for (const [name, value] of Object.entries(request.headers ?? {})) {
        assert.equal(kept?.headers[name.toLowerCase()], value);
      }
    });
  }

  for (const [type, request, expected] of wrong) {
    it(`${type} rejects ${JSON.stringify(request)}`, async () => {
      assert.deepEqual(await post(type, request), expected);
    });
  }

  it('gchat rejects a request without key and token, feishu one with a wrong token', async () => {
    assert.equal((await post('gchat', { path: gchatMessages, body: { text } }))[0], 401);
    const [status, body] = await post('feishu', { path: `${feishuHook}wrong`, body: right.feishu[0].body });
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(body, { code: 19001 });
  });

  it('returns an error response by name, the given number of times', async () => {
    controls.addReceiverRule(fake.world, { type: 'slack', answer: 'channel_is_archived', times: 1 });
    const answers = [await post('slack', right.slack[0]), await post('slack', right.slack[0])];
    assert.deepEqual(answers, [
      [410, 'channel_is_archived'],
      [200, 'ok'],
    ]);
  });

  it('rejects a rule with an error response that the vendor does not have', () => {
    assert.throws(() => controls.addReceiverRule(fake.world, { type: 'slack', answer: 'busy' }), /busy/);
    assert.throws(() => controls.addReceiverRule(fake.world, { answer: 'busy' }), /busy/);
  });

  it('applies a fault to the paths of its rule', async () => {
    controls.addReceiverRule(fake.world, {
      path: '/away/*',
      fault: { kind: 'redirect', location: 'https://a.example' },
    });
    assert.equal((await post('generic', { path: '/away/x' }))[0], 302);
    assert.equal((await post('generic', { path: '/here' }))[0], 200);
  });

  it('accepts only POST', async () => {
    assert.equal((await fetch(`${fake.receiversUrl}/generic/hook`)).status, 405);
    assert.equal(fake.world.received.length, 0);
  });
});

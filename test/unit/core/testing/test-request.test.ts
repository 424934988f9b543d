import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { DESTINATION_TYPES } from '../../../../src/core/model/destination-types/index.ts';
import { makeTestRequest, toCurl } from '../../../../src/core/testing/test-request.ts';
import { lacksSecret } from '../../../../src/core/model/whole-url.ts';

const TEXT = 'Test from Cloudflare Webhook Destinations in VS Code. No alert was raised.';

/** The header with the secret and the body, from the vendors' documentation (cloudflare-api.md, section 3). */
const shapes: readonly [string, Readonly<Record<string, string>>, unknown][] = [
  ['slack', {}, { text: TEXT }],
  ['discord', {}, { content: TEXT }],
  ['gchat', {}, { text: TEXT }],
  ['feishu', {}, { msg_type: 'text', content: { text: TEXT } }],
  ['datadog', { 'DD-API-KEY': 'key' }, { title: 'Webhook test', text: TEXT }],
  [
    'opsgenie',
    { Authorization: 'GenieKey key' },
    { message: TEXT.replace('No alert was raised.', 'Nothing is wrong; this alert can be closed.') },
  ],
  ['splunk', { Authorization: 'Splunk key' }, { event: TEXT }],
  ['generic', { 'cf-webhook-auth': 'key' }, { text: TEXT }],
  ['unknown', { 'cf-webhook-auth': 'key' }, { text: TEXT }],
];

describe('test request', () => {
  it('has an expected format for every type', () => {
    assert.deepEqual(
      DESTINATION_TYPES.map(({ type }) => type).filter((type) => !shapes.some(([known]) => known === type)),
      [],
    );
  });

  for (const [type, secretHeaders, body] of shapes) {
    it(`matches the format of ${type} with and without a secret`, () => {
      const request = makeTestRequest(type, 'https://example.com/x', 'key');
      assert.deepEqual(request.headers, { 'content-type': 'application/json', ...secretHeaders });
      assert.deepEqual(JSON.parse(request.body), body);
      assert.deepEqual(makeTestRequest(type, 'https://example.com/x', undefined).headers, {
        'content-type': 'application/json',
      });
    });
  }

  for (const [type, whole, cut] of [
    ['slack', 'https://hooks.slack.com/services/T1/B1/secret', 'https://hooks.slack.com/services/T1/B1'],
    ['discord', 'https://discord.com/api/webhooks/1/secret', 'https://discord.com/api/webhooks/1'],
    [
      'gchat',
      'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t',
      'https://chat.googleapis.com/v1/spaces/A/messages',
    ],
    ['feishu', 'https://open.feishu.cn/open-apis/bot/v2/hook/secret', 'https://open.feishu.cn/open-apis/bot/v2/hook/'],
  ] as const) {
    it(`detects a ${type} URL without its secret`, () => {
      assert.deepEqual([lacksSecret(type, whole), lacksSecret(type, cut)], [false, true]);
    });
  }

  it('treats URLs of other types as complete', () => {
    for (const type of ['generic', 'datadog', 'unknown']) {
      assert.equal(lacksSecret(type, 'https://example.com/'), false);
    }
  });
});

describe('curl command', () => {
  it('contains neither the URL nor the secret', () => {
    const curl = toCurl(makeTestRequest('splunk', 'https://example.com/very-secret-path', 'very-secret-token'));
    assert.doesNotMatch(curl, /very-secret|example/);
    assert.match(curl, /--header "Authorization: Splunk \$WEBHOOK_SECRET"/);
  });

  it('passes the exact request through a shell', () => {
    const run = (curl: string, env: Readonly<Record<string, string>>): readonly string[] =>
      execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }; ${curl}`], { env, encoding: 'utf8' })
        .split('\0')
        .slice(0, -1);
    for (const { type } of DESTINATION_TYPES) {
      const request = makeTestRequest(type, 'https://example.com/$x `y` "z"', 'k$e"y');
      const args = run(toCurl(request), { WEBHOOK_URL: request.url, WEBHOOK_SECRET: 'k$e"y' });
      assert.ok(args.includes(request.url) && args.includes(request.body));
      for (const [name, value] of Object.entries(request.headers)) {
        assert.ok(args.includes(`${name}: ${value}`), `${type}: ${name}`);
      }
    }
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        (body) => {
          assert.equal(run(toCurl({ url: 'x', headers: {}, body }), { WEBHOOK_URL: 'x' }).at(-1), body);
        },
      ),
      { numRuns: 20 },
    );
  });
});

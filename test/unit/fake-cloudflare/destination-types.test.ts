import assert from 'node:assert/strict';
import { receiverUrl, typeOf, withoutSecret } from '../../fake-cloudflare/destination-types.ts';

const receivers = 'http://127.0.0.1:4000/receivers';

/** The URL, its type, and the URL with its secret redacted. */
const table = [
  ['https://hooks.slack.com/services/T1/B1/secret', 'slack', 'https://hooks.slack.com/services/T1/B1'],
  ['https://hooks.slack.com/services/T1/B1', 'slack', 'https://hooks.slack.com/services/T1/B1'],
  ['https://hooks.slack.com/triggers/T1/1/secret', 'generic', 'https://hooks.slack.com/triggers/T1/1/secret'],
  ['https://discord.com/api/webhooks/12/secret', 'discord', 'https://discord.com/api/webhooks/12'],
  [
    'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=secret',
    'gchat',
    'https://chat.googleapis.com/v1/spaces/A/messages',
  ],
  ['https://open.feishu.cn/open-apis/bot/v2/hook/secret', 'feishu', 'https://open.feishu.cn/open-apis/bot/v2/hook'],
  ['https://api.datadoghq.com/api/v1/events', 'datadog', 'https://api.datadoghq.com/api/v1/events'],
  ['https://api.opsgenie.com/v2/alerts', 'opsgenie', 'https://api.opsgenie.com/v2/alerts'],
  ['https://s.example:8088/services/collector/raw', 'splunk', 'https://s.example:8088/services/collector/raw'],
  ['https://hook.example/a?b=c', 'generic', 'https://hook.example/a?b=c'],
  [`${receivers}/slack/services/T1/B1/secret`, 'slack', `${receivers}/slack/services/T1/B1`],
  [`${receivers}/splunk/services/collector`, 'splunk', `${receivers}/splunk/services/collector`],
  [`${receivers}/slack/elsewhere`, 'generic', `${receivers}/slack/elsewhere`],
  [
    'https://hook.example/receivers/slack/services/T/B/x',
    'generic',
    'https://hook.example/receivers/slack/services/T/B/x',
  ],
] as const;

describe('fake Cloudflare: destination types', () => {
  for (const [url, type, shown] of table) {
    it(`classifies ${url} as ${type} and redacts its secret`, () => {
      assert.equal(typeOf(new URL(url)), type);
      assert.equal(withoutSecret(url), shown);
    });
  }

  it('maps every URL outside loopback to a receiver', () => {
    const outside = new URL('https://chat.googleapis.com/v1/spaces/A/messages?key=k');
    assert.equal(receiverUrl(receivers, outside), `${receivers}/gchat/v1/spaces/A/messages?key=k`);
    for (const url of ['http://127.0.0.1:81/x', 'http://localhost/x', 'http://[::1]:4/x']) {
      assert.equal(receiverUrl(receivers, new URL(url)), url);
    }
    for (const url of ['https://127.0.0.1.example/x', 'https://localhost.example/x', 'http://10.0.0.1/x']) {
      assert.equal(receiverUrl(receivers, new URL(url)), `${receivers}/generic/x`);
    }
  });
});

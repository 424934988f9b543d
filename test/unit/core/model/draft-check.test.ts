import assert from 'node:assert/strict';
import { assert as forAll, property, string } from 'fast-check';
import { anyUrl } from '../../any-text.ts';
import { guessType } from '../../../../src/core/model/destination-types/index.ts';
import type { Draft } from '../../../../src/core/model/destination.ts';
import { checkDraft } from '../../../../src/core/model/draft-check.ts';

const types: readonly [string, string | undefined][] = [
  ['https://hooks.slack.com/services/T/B/x', 'slack'],
  ['https://hooks.slack.com/triggers/T/1/x', 'generic'],
  ['https://discord.com/api/webhooks/1/x', 'discord'],
  ['https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t', 'gchat'],
  ['https://open.feishu.cn/open-apis/bot/v2/hook/x', 'feishu'],
  ['https://api.datadoghq.com/api/v1/events', 'datadog'],
  ['https://api.datadoghq.eu/api/v1/events', 'datadog'],
  ['https://api.opsgenie.com/v2/alerts', 'opsgenie'],
  ['https://splunk.example.com:8088/services/collector/event', 'splunk'],
  ['https://splunk.example.com/services/collector', 'splunk'],
  ['https://example.com/', 'generic'],
  ['ftp://example.com/', undefined],
  ['nonsense', undefined],
];

const drafts: readonly [string, Partial<Draft>, boolean, string][] = [
  ['no problem in a valid draft', { url: 'https://example.com/hook' }, false, ''],
  ['an empty name', { name: ' ', url: 'https://example.com/' }, false, 'error name empty'],
  ['an empty URL', { url: ' ' }, false, 'error url empty'],
  ['a URL without a scheme', { url: 'example.com' }, false, 'error url notAnAddress'],
  ['a scheme other than http and https', { url: 'mailto:a@example.com' }, false, 'error url notHttp'],
  ['http for Slack', { url: 'http://hooks.slack.com/services/T/B/x' }, false, 'error url insecure'],
  ['http for a generic endpoint', { url: 'http://example.com/' }, false, ''],
  ['a port Cloudflare does not use', { url: 'https://example.com:8443/' }, false, 'warning url port'],
  ['a host of this network', { url: 'https://10.0.0.1/' }, false, 'warning url privateHost'],
  ['a user in the URL', { url: 'https://user:pass@example.com/' }, false, 'warning url credentials'],
  ['a workflow trigger of Slack', { url: 'https://hooks.slack.com/triggers/T/1/x' }, false, 'warning url otherProduct'],
  ['a missing API key', { url: 'https://api.datadoghq.com/api/v1/events' }, false, 'error secret missing'],
  ['no problem if the API key is already stored', { url: 'https://api.datadoghq.com/api/v1/events' }, true, ''],
  [
    'a secret for a type that has its secret in the URL',
    { url: 'https://discord.com/api/webhooks/1/x', secret: 's' },
    false,
    'warning secret unused',
  ],
];

describe('draft check', () => {
  for (const [url, type] of types) {
    it(`detects ${type ?? 'no type'} from ${url}`, () => {
      assert.equal(guessType(url)?.type, type);
    });
  }

  for (const [what, draft, secret, expected] of drafts) {
    it(`finds ${what}`, () => {
      const findings = checkDraft({ name: 'Ops', url: '', ...draft }, { secret });
      const found = findings.map(({ severity, problem }) => `${severity} ${problem.field} ${problem.kind}`);
      assert.equal(found.join(', '), expected);
    });
  }

  it('never throws for any input', () => {
    forAll(
      property(string(), string(), string(), (name, url, secret) => {
        assert.doesNotThrow(() => checkDraft({ name, url, secret }, { secret: false }));
      }),
    );
    forAll(property(anyUrl(), (url) => assert.ok(guessType(url))));
  });
});

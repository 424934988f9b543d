import assert from 'node:assert/strict';
import { guessType } from '../../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../../src/core/model/destination-types/test-request.ts';
import { checkDraft } from '../../../../src/core/model/draft-check.ts';
import { lacksSecret } from '../../../../src/core/model/whole-url.ts';
import { redactPatterns } from '../../../../src/core/api/redaction.ts';
import { judgeAnswer } from '../../../../src/core/testing/test-verdict.ts';

type Row = {
  readonly url: string;
  readonly type: string;
  /** Severity and kind of each finding; empty for none. A secret is entered where the type requires one. */
  readonly findings?: string;
  readonly incomplete?: true;
  /** The keys of the body and, after a slash, the header with the secret. */
  readonly request: string;
  /** Status and text of an answer, and the verdict on it. */
  readonly answer: readonly [status: number, text: string, verdict: string];
};

const SLACK_OK = [200, 'ok', 'accepted'] as const;
const GENERIC = { type: 'generic', request: 'text/cf-webhook-auth', answer: [200, '', 'accepted'] } as const;
const DISCORD = { type: 'discord', request: 'content', answer: [204, '', 'accepted'] } as const;
const CHAT = { type: 'gchat', request: 'text', answer: [200, '{"name":"spaces/A/messages/1"}', 'accepted'] } as const;
const EVENTS = {
  type: 'datadog',
  request: 'title,text/DD-API-KEY',
  answer: [202, '{"status":"ok"}', 'accepted'],
} as const;
const ALERTS = { type: 'opsgenie', request: 'message/Authorization', answer: [202, '{}', 'accepted'] } as const;

const rows: readonly Row[] = [
  { url: 'https://hooks.slack.com/services/T0/B0/x', type: 'slack', request: 'text', answer: SLACK_OK },
  { url: 'https://hooks.slack-gov.com/services/T0/B0/x', type: 'slack', request: 'text', answer: SLACK_OK },
  { url: 'https://hooks.slack.com/workflows/T0/A0/1/x', ...GENERIC, findings: 'warning otherProduct' },
  { url: 'https://hooks.slack.com/triggers/T0/1/x', ...GENERIC, findings: 'warning otherProduct' },
  {
    url: 'https://hooks.slack-gov.com/triggers/T0/1/x',
    ...GENERIC,
    findings: 'warning otherProduct',
    answer: [200, '{"ok":false,"error":"invalid_auth"}', 'refused'],
  },
  { url: 'https://discord.com/api/webhooks/1/x', ...DISCORD },
  { url: 'https://discordapp.com/api/webhooks/1/x', ...DISCORD },
  { url: 'https://canary.discord.com/api/v10/webhooks/1/x', ...DISCORD },
  { url: 'https://ptb.discord.com/api/webhooks/1/x', ...DISCORD },
  { url: 'https://ptb.discordapp.com/api/webhooks/1/x', ...DISCORD },
  { url: 'https://beta.discord.com/api/webhooks/1/x', ...GENERIC },
  { url: 'https://discord.com/api/webhooks/1/x?thread_id=2&wait=true', ...DISCORD },
  { url: 'https://discord.com/api/webhooks/1/x/slack', ...DISCORD, findings: 'warning otherProduct' },
  { url: 'https://ptb.discord.com/api/webhooks/1/x/slack', ...DISCORD, findings: 'warning otherProduct' },
  { url: 'https://discord.com/api/webhooks/1/x/github', ...DISCORD, findings: 'warning otherProduct' },
  {
    url: 'https://discord.com/api/webhooks/1/slack',
    ...DISCORD,
    findings: 'warning otherProduct, error incomplete',
    incomplete: true,
  },
  { url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t', ...CHAT },
  { url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t&threadKey=ops', ...CHAT },
  {
    url: 'https://chat.googleapis.com/v1/spaces/A/messages?threadKey=ops&messageReplyOption=REPLY_MESSAGE_OR_FAIL',
    ...CHAT,
    findings: 'error incomplete',
    incomplete: true,
  },
  { url: 'https://api.datadoghq.com/api/v1/events', ...EVENTS },
  { url: 'https://api.datadoghq.eu/api/v1/events', ...EVENTS },
  { url: 'https://api.us3.datadoghq.com/api/v1/events', ...EVENTS },
  { url: 'https://api.us5.datadoghq.com/api/v1/events', ...EVENTS },
  { url: 'https://api.ap1.datadoghq.com/api/v1/events', ...EVENTS },
  { url: 'https://api.ddog-gov.com/api/v1/events', ...EVENTS, answer: [403, '{"errors":["Forbidden"]}', 'refused'] },
  { url: 'https://api.datadoghq.com/api/v1/events?api_key=k', ...EVENTS, findings: 'warning keyInQuery' },
  { url: 'https://api.opsgenie.com/v2/alerts', ...ALERTS },
  { url: 'https://api.eu.opsgenie.com/v2/alerts', ...ALERTS },
  { url: 'https://api.us.opsgenie.com/v2/alerts', ...GENERIC },
  { url: 'https://api.atlassian.com/jsm/ops/integration/v2/alerts', ...GENERIC, findings: 'warning otherProduct' },
  {
    url: 'https://http-inputs-acme.splunkcloud.com/services/collector/event',
    type: 'splunk',
    request: 'event/Authorization',
    answer: [200, '{"text":"Success","code":0}', 'accepted'],
  },
  {
    url: 'https://events.pagerduty.com/v2/enqueue',
    ...GENERIC,
    findings: 'error refused',
    answer: [400, '{"status":"invalid event","message":"Event object is invalid"}', 'refused'],
  },
  { url: 'https://events.eu.pagerduty.com/integration/x/enqueue', ...GENERIC, findings: 'error refused' },
  {
    url: 'https://prod-1.westus.logic.azure.com/workflows/f/triggers/manual/paths/invoke?sig=s',
    ...GENERIC,
    findings: 'warning silent',
    answer: [202, '', 'unclear'],
  },
  { url: 'https://10.example.com/hook', ...GENERIC },
  { url: 'https://127.example.com/hook', ...GENERIC },
  { url: 'https://192.168.example.com/hook', ...GENERIC },
  { url: 'https://10.1.2.3/hook', ...GENERIC, findings: 'warning privateHost' },
  { url: 'https://0x0a000001/hook', ...GENERIC, findings: 'warning privateHost' },
  { url: 'https://172.32.0.1/hook', ...GENERIC },
  { url: 'https://172.15.0.1/hook', ...GENERIC },
  ...[
    '0.0.0.0',
    '127.0.0.1',
    '169.254.1.1',
    '192.168.1.1',
    '172.16.0.1',
    '172.29.0.1',
    '172.31.255.255',
    '[::1]',
    '[fc00::1]',
    '[fd12::1]',
    '[fe80::1]',
    'localhost',
    'a.localhost',
    'nas.local',
    'ci.internal',
    'router.lan',
    'NAS.LOCAL',
  ].map((host): Row => ({ url: new URL(`https://${host}/hook`).href, ...GENERIC, findings: 'warning privateHost' })),
  { url: 'https://169.255.1.1/hook', ...GENERIC },
  { url: 'https://[2001:db8::1]/hook', ...GENERIC },
  { url: 'https://local.example.com/hook', ...GENERIC },
  { url: 'https://notlocal/hook', ...GENERIC },
  { url: 'http://example.com/hook', ...GENERIC },
  { url: 'http://example.com:443/hook', ...GENERIC },
  { url: 'http://example.com:8080/hook', ...GENERIC, findings: 'warning port' },
  { url: 'https://example.com:80/hook', ...GENERIC },
  { url: 'https://example.com:8443/hook', ...GENERIC, findings: 'warning port' },
  { url: 'https://8.8.8.8/hook', ...GENERIC },
];

describe('real URLs', () => {
  for (const { url, type: name, findings = '', incomplete = false, request, answer } of rows) {
    it(`knows ${url}`, () => {
      const type = guessType(url) ?? assert.fail();
      assert.equal(type.type, name);
      assert.equal(lacksSecret(type, url), incomplete);
      const secret = type.secret === 'required' ? { secret: 's3cret' } : {};
      const found = checkDraft({ name: 'Ops', url, ...secret }, { secret: false });
      assert.equal(found.map(({ severity, problem }) => `${severity} ${problem.kind}`).join(', '), findings);
      const sent = makeTestRequest(type, url, type.secret === 'url' ? undefined : 's3cret');
      const header = sent.secretHeader ? `/${sent.secretHeader.name}` : '';
      assert.equal(Object.keys(Object(JSON.parse(sent.body))).join() + header, request);
      assert.equal(sent.url, url);
      const [status, text, verdict] = answer;
      assert.equal(judgeAnswer(type, { status, text, url }, redactPatterns).kind, verdict);
    });
  }
});

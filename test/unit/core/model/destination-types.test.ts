import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { redactPatterns } from '../../../../src/core/api/redaction.ts';
import {
  DESTINATION_TYPES,
  guessType,
  typeNamed,
  typeOrGeneric,
} from '../../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../../src/core/model/destination-types/test-request.ts';
import { joinUrl, lacksSecret, wholeUrlOf } from '../../../../src/core/model/whole-url.ts';
import { judgeAnswer } from '../../../../src/core/testing/test-verdict.ts';

/** The types whose secret the user invents. The others issue it. */
const INVENTED = ['generic'];

const TEXT = 'Test from Cloudflare Webhook Destinations in VS Code. No alert was raised.';

type Row = {
  readonly whole: string;
  /** Without its secret part, and with the secret `s3cret` joined to it. */
  readonly cut?: readonly [cut: string, joined: string];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly accepted: readonly [status: number, text: string];
  /** Refused, with the reason to show. */
  readonly rejected: readonly [status: number, text: string, reason: string];
  readonly pagesPeople?: true;
};

/** As the vendors document it (cloudflare-api.md, sections 3 and 6). */
const rows: Readonly<Record<string, Row>> = {
  slack: {
    whole: 'https://hooks.slack.com/services/T1/B1/secret',
    cut: ['https://hooks.slack.com/services/T1/B1', 'https://hooks.slack.com/services/T1/B1/s3cret'],
    headers: {},
    body: { text: TEXT },
    accepted: [200, 'ok'],
    rejected: [200, '<html>Sign in</html>', ''],
  },
  discord: {
    whole: 'https://discord.com/api/webhooks/1/secret',
    cut: ['https://discord.com/api/webhooks/1', 'https://discord.com/api/webhooks/1/s3cret'],
    headers: {},
    body: { content: TEXT },
    accepted: [204, ''],
    rejected: [404, '{"message":"Unknown Webhook","code":10015}', 'Unknown Webhook (code 10015)'],
  },
  gchat: {
    whole: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t',
    cut: [
      'https://chat.googleapis.com/v1/spaces/A/messages',
      'https://chat.googleapis.com/v1/spaces/A/messages?s3cret',
    ],
    headers: {},
    body: { text: TEXT },
    accepted: [200, '{"name":"spaces/A/messages/1"}'],
    rejected: [403, '{"error":{"code":403,"message":"No permission"}}', 'No permission'],
  },
  feishu: {
    whole: 'https://open.feishu.cn/open-apis/bot/v2/hook/secret',
    cut: ['https://open.feishu.cn/open-apis/bot/v2/hook/', 'https://open.feishu.cn/open-apis/bot/v2/hook/s3cret'],
    headers: {},
    body: { msg_type: 'text', content: { text: TEXT } },
    accepted: [200, '{"code":0,"msg":"success"}'],
    rejected: [200, '{"code":9499,"msg":"Bad Request"}', 'Bad Request (code 9499)'],
  },
  datadog: {
    whole: 'https://api.datadoghq.com/api/v1/events',
    headers: { 'DD-API-KEY': 's3cret' },
    body: { title: 'Webhook test', text: TEXT },
    accepted: [202, '{"status":"ok"}'],
    rejected: [403, '{"errors":["Forbidden"]}', 'Forbidden'],
  },
  opsgenie: {
    whole: 'https://api.opsgenie.com/v2/alerts',
    headers: { Authorization: 'GenieKey s3cret' },
    body: { message: TEXT.replace('No alert was raised.', 'Nothing is wrong; this alert can be closed.') },
    accepted: [202, '{"result":"Request will be processed"}'],
    rejected: [401, '{"message":"Could not authenticate"}', 'Could not authenticate'],
    pagesPeople: true,
  },
  splunk: {
    whole: 'https://splunk.example.com:8088/services/collector/event',
    headers: { Authorization: 'Splunk s3cret' },
    body: { event: TEXT },
    accepted: [200, '{"text":"Success","code":0}'],
    rejected: [200, '{"text":"Server is busy","code":9}', 'Server is busy (code 9)'],
  },
  generic: {
    whole: 'https://example.com/hook',
    headers: { 'cf-webhook-auth': 's3cret' },
    body: { text: TEXT },
    accepted: [200, ''],
    rejected: [404, 'Not Found', 'Not Found'],
  },
};

const JSON_HEADER = { 'content-type': 'application/json' };

describe('the destination types', () => {
  it('let the user generate a secret only where the user invents it', () => {
    const invented = DESTINATION_TYPES.filter((type) => type.secret !== 'url' && type.isSecretInvented);
    assert.deepEqual(
      invented.map(({ type }) => type),
      INVENTED,
    );
  });

  it('have a row each in this table, and the one that matches every URL is the last', () => {
    assert.deepEqual(
      DESTINATION_TYPES.map(({ type }) => type),
      Object.keys(rows),
    );
  });

  for (const [name, row] of Object.entries(rows)) {
    const type = typeNamed(name) ?? assert.fail(name);

    it(`derive ${name} from its URL, with and without the secret part`, () => {
      assert.equal(guessType(row.whole), type);
      assert.equal(guessType(row.cut?.[0] ?? row.whole), type);
      assert.equal(lacksSecret(type, row.whole), false);
    });

    it(`know which URL of ${name} can be called`, () => {
      assert.equal(joinUrl(type, row.whole, 's3cret'), row.whole);
      assert.equal(type.secret === 'url', row.cut !== undefined);
      if (row.cut) {
        const [cut, joined] = row.cut;
        assert.equal(lacksSecret(type, cut), true);
        assert.equal(joinUrl(type, cut, 's3cret'), joined);
        assert.equal(joinUrl(type, cut, undefined), cut);
        assert.equal(wholeUrlOf({ type: name, url: cut }, { url: row.whole }), row.whole);
        assert.equal(wholeUrlOf({ type: name, url: cut }, undefined), cut);
        assert.equal(wholeUrlOf({ type: name, url: cut }, { url: 'https://elsewhere.example/hook' }), cut);
      }
    });

    it(`test ${name} with its own request, without a header where there is no secret`, () => {
      const request = makeTestRequest(type, row.whole, 's3cret');
      assert.deepEqual([request.url, request.headers], [row.whole, { ...JSON_HEADER, ...row.headers }]);
      assert.deepEqual(JSON.parse(request.body), row.body);
      assert.deepEqual(makeTestRequest(type, row.whole, undefined).headers, JSON_HEADER);
      assert.equal(type.test.pagesPeople, row.pagesPeople ?? false);
    });

    it(`tell success from failure by the answer of ${name}`, () => {
      const [status, text, reason] = row.rejected;
      const [acceptedStatus, acceptedText] = row.accepted;
      assert.deepEqual(judgeAnswer(type, { status: acceptedStatus, text: acceptedText }, redactPatterns), {
        kind: 'accepted',
      });
      assert.deepEqual(judgeAnswer(type, { status, text }, redactPatterns), { kind: 'refused', reason });
    });

    it(`link to the documentation of ${name}`, () => {
      assert.equal(new URL(type.documentation).protocol, 'https:');
    });

    it(`keep the header of ${name} harmless in double quotes, and its secret out of logs`, () => {
      const { name: header, prefix } = type.secret === 'url' ? { name: '', prefix: '' } : type.secretHeader;
      assert.match(header + prefix, /^[A-Za-z -]*$/);
      assert.ok(prefix === '' || !redactPatterns(`${prefix}0123456789abcdef`).includes('0123456789'));
    });
  }

  it('join key and token of a chat space as they stand in its URL', () => {
    const url = 'https://chat.googleapis.com/v1/spaces/A/messages';
    for (const secret of ['key=k&token=t', '?key=k&token=t']) {
      assert.equal(joinUrl(typeOrGeneric('gchat'), url, secret), `${url}?key=k&token=t`);
    }
  });

  it('treat an unknown type as the one that matches every URL', () => {
    const type = typeOrGeneric('of tomorrow');
    assert.equal(typeNamed('of tomorrow'), undefined);
    assert.equal(lacksSecret(type, 'https://example.com/'), false);
    assert.deepEqual(makeTestRequest(type, 'https://example.com/', 'key').headers, {
      ...JSON_HEADER,
      'cf-webhook-auth': 'key',
    });
  });

  it('are named in no other file of src', () => {
    const names = DESTINATION_TYPES.flatMap(({ type, label }) => (type === 'generic' ? [type] : [type, label]));
    const pattern = new RegExp(String.raw`\b(${names.join('|')})\b`, 'i');
    // A log line is redacted before anything is known of a type, so the schemes of two headers are listed there.
    const allowed = path.join('src', 'core', 'api', 'redaction.ts');
    const folder = path.join('src', 'core', 'model', 'destination-types') + path.sep;
    const files = globSync('src/**/*.*').filter((file) => !file.startsWith(folder) && file !== allowed);
    assert.ok(files.length > 100);
    const found = files.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    );
    assert.deepEqual(found, []);
  });
});

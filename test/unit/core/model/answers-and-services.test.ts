import assert from 'node:assert/strict';
import { findReason, judgeByShape, readAnswer } from '../../../../src/core/model/destination-types/answer.ts';
import { generic } from '../../../../src/core/model/destination-types/generic.ts';
import { GENERIC_SERVICES } from '../../../../src/core/model/destination-types/generic-services.ts';
import { isAt, isBeginningOf } from '../../../../src/core/model/destination-types/url-rules.ts';

describe('answers judged by their shape', () => {
  const cases: readonly (readonly [string, 'accepted' | 'refused' | 'unclear' | undefined])[] = [
    ['', undefined],
    ['ok', undefined],
    ['1', 'accepted'],
    [' 1\n', 'accepted'],
    ['11', undefined],
    ['Webhook message delivery failed with error: x', 'refused'],
    ['{"ok":true}', 'accepted'],
    ['{"ok":false}', 'refused'],
    ['{"success":true}', 'accepted'],
    ['{"success":false}', 'refused'],
    ['{"ok":true,"success":false}', 'refused'],
    ['{"errcode":0}', 'accepted'],
    ['{"errcode":310000}', 'refused'],
    ['{"errcode":"0"}', undefined],
    ['{"errcode":null}', undefined],
    ['{"code":1}', undefined],
    ['{"code":0,"msg":"success"}', 'accepted'],
    ['{"code":200,"msg":"success"}', undefined],
    ['{"code":9499,"msg":"Bad Request"}', 'unclear'],
    ['{"code":"0","msg":"x"}', undefined],
    ['{"msg":"x"}', undefined],
    ['{"ok":"false"}', undefined],
  ];
  for (const [text, expected] of cases) {
    it(`takes ${JSON.stringify(text)} for ${expected ?? 'nothing'}`, () => {
      assert.equal(judgeByShape(readAnswer(text)), expected);
    });
  }
});

describe('the reason in an answer', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['no_service', 'no_service'],
    ['  <html>no</html>', ''],
    ['a < b', 'a < b'],
    ['{}', ''],
    ['{"message":"m","code":5}', 'm (code 5)'],
    ['{"message":"m","code":0}', 'm'],
    ['{"message":"m","code":"5"}', 'm'],
    ['{"message":"","msg":"s"}', 's'],
    ['{"errmsg":"e","errcode":7}', 'e (code 7)'],
    ['{"text":"t"}', 't'],
    ['{"error":{"message":"em"}}', 'em'],
    ['{"error":"e"}', 'e'],
    ['{"errors":["a",3,"b"]}', 'a; b'],
    ['{"errors":[]}', ''],
    ['{"errors":"es"}', 'es'],
    ['"text"', ''],
    ['null', ''],
    ['[]', ''],
  ];
  for (const [text, expected] of cases) {
    it(`is ${JSON.stringify(expected)} in ${text}`, () => {
      assert.equal(findReason(readAnswer(text)), expected);
    });
  }
});

describe('services that Cloudflare treats as generic', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['https://events.pagerduty.com/v2/enqueue', 'PagerDuty'],
    ['https://events.eu.pagerduty.com/x', 'PagerDuty'],
    ['https://xevents.pagerduty.com/', ''],
    ['https://events.pagerduty.com.example.com/', ''],
    ['https://prod-1.westus.logic.azure.com/workflows/x', 'Power Automate (Teams)'],
    ['https://logic.azure.cn/x', 'Power Automate (Teams)'],
    ['https://mylogic.azure.com/x', ''],
    ['https://logic.azure.com.example.com/x', ''],
    ['https://a.api.powerplatform.com/powerautomate/workflows/x', 'Power Automate (Teams)'],
    ['https://a.api.powerplatform.com/other/x', ''],
    ['https://a.api.powerplatform.com.example.com/workflows/x', ''],
    ['https://acme.webhook.office.com/webhookb2/x', 'Teams'],
    ['https://webhook.office365.us/x', 'Teams'],
    ['https://outlook.office.com/webhook/x', 'Teams'],
    ['https://mywebhook.office.com/x', ''],
    ['https://webhook.office.com.example.com/x', ''],
    ['https://open.larksuite.com/open-apis/bot/v2/hook/x', 'Lark'],
    ['https://open.larksuite.com/x/open-apis/bot/', ''],
    ['https://example.com/open-apis/bot/v2/hook/x', ''],
    ['https://oapi.dingtalk.com/robot/send', 'DingTalk'],
    ['https://qyapi.weixin.qq.com/cgi-bin/webhook/send', 'WeCom'],
    ['https://qyapi.weixin.qq.com/x/cgi-bin/webhook/', ''],
    ['https://example.com/cgi-bin/webhook/send', ''],
    ['https://script.google.com/macros/s/x/exec', 'Google Apps Script'],
    ['https://script.google.com/x/macros/', ''],
    ['https://example.com/macros/s/x/exec', ''],
  ];
  for (const [address, label] of cases) {
    it(`are recognized by ${address}: ${label || 'none'}`, () => {
      const services = GENERIC_SERVICES.filter(({ matches }) => matches(new URL(address)));
      assert.equal(services.map((each) => each.label).join(), label);
      assert.equal(generic.serviceAt?.(new URL(address))?.label ?? '', label);
    });
  }

  it('each have an https documentation', () => {
    assert.ok(GENERIC_SERVICES.every(({ documentation }) => URL.parse(documentation)?.protocol === 'https:'));
  });

  for (const [address, text, expected] of [
    ['https://example.com/', '', 'accepted'],
    ['https://example.com/', '{"ok":false}', 'refused'],
    ['https://example.com/', '{"code":5,"msg":"x"}', 'unclear'],
    ['https://logic.azure.com/x', '', 'unclear'],
    ['https://logic.azure.com/x', '{"ok":true}', 'unclear'],
    ['https://logic.azure.com/x', '{"ok":false}', 'refused'],
    ['https://oapi.dingtalk.com/x', '{"errcode":0}', 'accepted'],
    ['https://oapi.dingtalk.com/x', '', 'unclear'],
    ['https://oapi.dingtalk.com/x', '{"code":5,"msg":"x"}', 'refused'],
    ['https://script.google.com/macros/x', '', 'accepted'],
    ['https://script.google.com/macros/x', '{"success":false}', 'refused'],
  ] as const) {
    it(`judge ${JSON.stringify(text)} of ${address} as ${expected}`, () => {
      assert.equal(generic.judge(readAnswer(text), new URL(address)), expected);
    });
  }

  it('are not needed to judge an answer', () => {
    assert.equal(generic.judge(readAnswer(''), undefined), 'accepted');
  });
});

describe('rules of URLs', () => {
  it('match a host and a path', () => {
    const matches = isAt('a.com', /^\/x/);
    assert.deepEqual(
      ['https://a.com/x', 'https://a.com/y', 'https://b.com/x'].map((each) => matches(new URL(each))),
      [true, false, false],
    );
  });

  for (const [returned, sent, expected] of [
    ['https://a.com/x', 'https://a.com/x/y', true],
    ['https://a.com/x/', 'https://a.com/x/y', true],
    ['https://a.com/x', 'https://a.com/x', true],
    ['https://a.com/x', 'https://a.com/xy', false],
    ['https://b.com/x', 'https://a.com/x/y', false],
    ['http://a.com/x', 'https://a.com/x/y', false],
    ['https://a.com/x?a=1', 'https://a.com/x/y?a=1&b=2', true],
    ['https://a.com/x?a=2', 'https://a.com/x/y?a=1', false],
    ['https://a.com/x?c=1', 'https://a.com/x/y?a=1', false],
  ] as const) {
    it(`take ${returned} for ${expected ? 'a' : 'no'} beginning of ${sent}`, () => {
      assert.equal(isBeginningOf(new URL(returned), new URL(sent)), expected);
    });
  }
});

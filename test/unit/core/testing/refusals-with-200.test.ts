import assert from 'node:assert/strict';
import { guessType, typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { redactPatterns } from '../../../../src/core/api/redaction.ts';
import { judgeAnswer } from '../../../../src/core/testing/test-verdict.ts';
import { receivers } from '../../../fake-cloudflare/receiver-answers.ts';

const TEAMS = 'https://acme.webhook.office.com/webhookb2/x/IncomingWebhook/y/z';
const WORKFLOW = 'https://prod-12.westeurope.logic.azure.com:443/workflows/f/triggers/manual/paths/invoke?sig=s';
const NEW_WORKFLOW =
  'https://default1.2.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/f/triggers/manual';
const LARK = 'https://open.larksuite.com/open-apis/bot/v2/hook/x';
const DINGTALK = 'https://oapi.dingtalk.com/robot/send?access_token=x';
const WECOM = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x';
const OWN = 'https://hooks.example.com/x';

const text = (name: string): string => {
  const body = receivers.generic.wrong[name]?.body;
  return typeof body === 'string' ? body : JSON.stringify(body);
};

/** Host, status and answer, then the verdict and the words of the receiver. */
const answers: readonly (readonly [url: string, status: number, text: string, expected: string])[] = [
  [LARK, 200, text('lark'), 'refused: param invalid (code 19001)'],
  [LARK, 200, '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}', 'accepted'],
  [LARK, 200, '<html>proxy</html>', 'unclear: '],
  [DINGTALK, 200, text('dingtalk'), 'refused: keywords not in content (code 310000)'],
  [DINGTALK, 200, '{"errcode":0,"errmsg":"ok"}', 'accepted'],
  [WECOM, 200, text('wecom'), 'refused: invalid webhook url (code 93000)'],
  [TEAMS, 200, text('teams'), `refused: ${text('teams')}`],
  [TEAMS, 200, '1', 'accepted'],
  [TEAMS, 200, '', 'unclear: '],
  [WORKFLOW, 202, text('workflow'), 'unclear: '],
  [NEW_WORKFLOW, 202, '', 'unclear: '],
  [WORKFLOW, 401, '{"error":{"code":"DirectApiAuthorizationRequired","message":"No"}}', 'refused: No'],
  [OWN, 200, text('not_ok'), 'refused: invalid_auth'],
  [OWN, 200, text('dingtalk'), 'refused: keywords not in content (code 310000)'],
  [OWN, 200, text('teams'), `refused: ${text('teams')}`],
  [OWN, 200, '{"success":false,"message":"no such room"}', 'refused: no such room'],
  [OWN, 200, text('lark'), 'unclear: param invalid (code 19001)'],
  [OWN, 200, '{"code":200,"msg":"ok"}', 'accepted'],
  [OWN, 200, '{"code":0,"msg":"ok"}', 'accepted'],
  [OWN, 200, '{"ok":true}', 'accepted'],
  [OWN, 200, '{"code":7,"data":[]}', 'accepted'],
  [OWN, 200, '', 'accepted'],
];

describe('refusals with status 200', () => {
  for (const [url, status, answer, expected] of answers) {
    it(`judges ${status} ${answer.slice(0, 40)} of ${new URL(url).hostname} as ${expected.slice(0, 40)}`, () => {
      const type = guessType(url) ?? assert.fail();
      assert.equal(type.type, 'generic');
      const verdict = judgeAnswer(type, { status, text: answer, url }, redactPatterns);
      const words = verdict.kind === 'accepted' ? '' : `: ${verdict.reason}`;
      assert.equal(verdict.kind + words, expected);
    });
  }

  it('names the service and its format where an accepted body shows nothing', () => {
    const verdict = judgeAnswer(typeOrGeneric('generic'), { status: 202, text: '', url: WORKFLOW }, redactPatterns);
    assert.ok(verdict.kind === 'unclear');
    assert.deepEqual([verdict.service?.label, verdict.service?.support], ['Power Automate (Teams)', 'silent']);
    assert.match(verdict.service?.documentation ?? '', /^https:\/\/learn\.microsoft\.com\//);
  });
});

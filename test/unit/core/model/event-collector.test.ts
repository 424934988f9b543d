import assert from 'node:assert/strict';
import { guessType, typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { checkDraft } from '../../../../src/core/model/draft-check.ts';
import { redactPatterns } from '../../../../src/core/api/redaction.ts';
import { judgeAnswer } from '../../../../src/core/testing/test-verdict.ts';

/** URL, type and findings, by the rules in "Configure webhooks" of Cloudflare's documentation. */
const urls: readonly (readonly [url: string, type: string, findings: string])[] = [
  ['https://siem.example.com/services/collector', 'splunk', ''],
  ['https://siem.example.com:443/services/collector/raw', 'splunk', ''],
  ['https://siem.example.com:8088/services/collector/event', 'splunk', ''],
  ['http://siem.example.com:8088/services/collector/event', 'splunk', ''],
  ['https://siem.example.com:8089/services/collector/event', 'splunk', 'port'],
  ['http://siem.example.com/services/collector/event', 'splunk', 'port'],
  ['http://siem.example.com:443/services/collector/event', 'splunk', 'plainPort'],
  ['https://siem.example.com/services/collector/', 'generic', 'otherProduct'],
  ['https://siem.example.com/services/collector/event/', 'generic', 'otherProduct'],
  ['https://siem.example.com/services/collector/event/1.0', 'generic', 'otherProduct'],
  ['https://siem.example.com:8088/services/collector/raw/1.0', 'generic', 'port,otherProduct'],
  ['https://siem.example.com/services/collector/health', 'generic', 'otherProduct'],
  ['https://http-inputs-acme.splunkcloud.com/services/collector/event', 'splunk', ''],
  ['https://http-inputs-acme.splunkcloud.com:443/services/collector/raw', 'splunk', ''],
];

const RAW = 'https://siem.example.com/services/collector/raw';
const EVENT = 'https://siem.example.com/services/collector/event';

const answers: readonly (readonly [url: string, status: number, text: string, verdict: string, advice?: string])[] = [
  [EVENT, 200, '{"text":"Success","code":0}', 'accepted'],
  [EVENT, 200, '', 'refused'],
  [RAW, 200, '', 'accepted'],
  [RAW, 200, '<html>sign in</html>', 'refused'],
  [EVENT, 400, '{"text":"Data channel is missing","code":10}', 'refused', 'indexerAcknowledgement'],
  [EVENT, 400, '{"text":"No data","code":5}', 'refused'],
];

describe('the event collector of the SIEM', () => {
  for (const [url, type, expected] of urls) {
    it(`finds ${expected || 'nothing'} for ${url}`, () => {
      assert.equal(guessType(url)?.type, type);
      const found = checkDraft({ name: 'SIEM', url, secret: 's' }, { secret: false });
      assert.equal(found.map(({ problem }) => problem.kind).join(), expected);
    });
  }

  for (const [url, status, text, expected, advice] of answers) {
    it(`judges ${status} ${text || '(empty)'} of ${url.replace(/^.*\//, '/')} as ${expected}`, () => {
      const verdict = judgeAnswer(typeOrGeneric('splunk'), { status, text, url }, redactPatterns);
      assert.equal(verdict.kind, expected);
      assert.equal(verdict.kind === 'accepted' ? undefined : verdict.advice, advice);
    });
  }
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { anyText } from '../../any-text.ts';
import { redactPatterns } from '../../../../src/core/api/redaction.ts';
import { typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { firstLines, judgeAnswer, toPlainText } from '../../../../src/core/testing/test-verdict.ts';
import { receivers } from '../../../fake-cloudflare/receiver-answers.ts';

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** The expected reason of a failure, by type and answer. */
const reasons: Readonly<Record<string, string>> = {
  'discord unknown_webhook': 'Unknown Webhook (code 10015)',
  'discord invalid_token': 'Invalid Webhook Token (code 50027)',
  'gchat permission_denied': 'The caller does not have permission',
  'feishu token_invalid': 'param invalid: incoming webhook access token invalid (code 19001)',
  'datadog forbidden': 'Forbidden',
  'opsgenie unauthenticated': 'Could not authenticate',
  'splunk busy_with_200': 'Server is busy (code 9)',
  'splunk invalid_token': 'Invalid token (code 4)',
  'slack channel_is_archived': 'channel_is_archived',
  'generic unauthorized': 'unauthorized',
  'generic not_found': 'Not Found',
  // An HTML page from a proxy contains no reason to show.
  'generic bad_gateway': '',
};

describe('test verdict', () => {
  for (const [type, { right, wrong }] of Object.entries(receivers)) {
    it(`takes the right answer of ${type}`, () => {
      assert.deepEqual(
        judgeAnswer(typeOrGeneric(type), { status: right.status, text: textOf(right.body) }, redactPatterns),
        {
          kind: 'accepted',
        },
      );
    });
    for (const [name, { status, body }] of Object.entries(wrong)) {
      if (name === 'workflow') {
        // Only the host tells that this answer proves nothing: see refusals-with-200.test.ts.
        continue;
      }
      it(`does not take “${name}” of ${type}`, () => {
        const verdict = judgeAnswer(typeOrGeneric(type), { status, text: textOf(body) }, redactPatterns);
        assert.ok(verdict.kind !== 'accepted');
        const expected = reasons[`${type} ${name}`];
        if (expected !== undefined) {
          assert.equal(verdict.reason, expected);
        }
      });
    }
  }

  it('does not accept status 200 alone for Slack, Feishu and Splunk', () => {
    for (const type of ['slack', 'feishu', 'splunk']) {
      for (const text of ['', '<html>Sign in</html>', '{}', '{"code":"0"}', 'null', '[0]']) {
        assert.equal(
          judgeAnswer(typeOrGeneric(type), { status: 200, text }, redactPatterns).kind,
          'refused',
          `${type}: ${text}`,
        );
      }
    }
  });

  it('accepts a status of 200 to 299 only', () => {
    const kindOf = (status: number): string =>
      judgeAnswer(typeOrGeneric('generic'), { status, text: '' }, redactPatterns).kind;
    assert.deepEqual([199, 200, 299, 300].map(kindOf), ['refused', 'accepted', 'accepted', 'refused']);
  });

  it('has advice and a service only where they are known', () => {
    const url = 'https://example.com/services/collector';
    const channel = JSON.stringify({ text: 'Data channel is missing', code: 10 });
    assert.deepEqual(judgeAnswer(typeOrGeneric('splunk'), { status: 400, text: channel, url }, redactPatterns), {
      kind: 'refused',
      reason: 'Data channel is missing (code 10)',
      advice: 'indexerAcknowledgement',
    });
    for (const type of Object.keys(receivers)) {
      assert.deepEqual(judgeAnswer(typeOrGeneric(type), { status: 500, text: 'Oops', url }, redactPatterns), {
        kind: 'refused',
        reason: 'Oops',
      });
    }
  });

  it('puts the reason in one line of at most 200 characters', () => {
    const reasonOf = (text: string): string => {
      const verdict = judgeAnswer(typeOrGeneric('generic'), { status: 400, text }, redactPatterns);
      return verdict.kind === 'accepted' ? assert.fail() : verdict.reason;
    };
    const longest = 'ab '.repeat(66) + 'yz';
    assert.equal(reasonOf('  No such\r\n\r\n\t room \n'), 'No such room');
    assert.equal(reasonOf(longest), longest);
    assert.equal(reasonOf(`${longest}!`), `${longest}…`);
    assert.equal(reasonOf(`${'x'.repeat(199)}😀😀`), `${'x'.repeat(199)}…`);
  });

  it('never throws and returns one short line for any response', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(receivers), 'other'),
        fc.integer({ min: 100, max: 599 }),
        fc.oneof(anyText(), fc.json()),
        (type, status, text) => {
          const verdict = judgeAnswer(typeOrGeneric(type), { status, text }, redactPatterns);
          if (verdict.kind !== 'accepted') {
            assert.doesNotMatch(verdict.reason, /[\p{Cc}\p{Cf}]/u);
            assert.ok(verdict.reason.length <= 230);
          }
          assert.doesNotMatch(firstLines(text), /[^\P{C}\n\t]/u);
        },
      ),
    );
  });

  it('truncates a long response to its first lines', () => {
    const shown = firstLines(Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\r\n'));
    assert.equal(shown.split('\n').length, 21);
    assert.ok(shown.endsWith('line 19\n…'));
    assert.equal(firstLines('x'.repeat(5000)).length, 2002);
    assert.equal(firstLines(`${'x'.repeat(1999)}😀😀`), `${'x'.repeat(1999)}\n…`);
  });

  it('does not truncate a response of 20 lines or 2000 characters', () => {
    for (const whole of ['', Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n'), 'x'.repeat(2000)]) {
      assert.equal(firstLines(whole), whole);
    }
  });

  it('keeps the lines of a response, whatever ends them', () => {
    assert.equal(toPlainText('a\r\nb\rc\nd\te\u0000'), 'a\nb\nc\nd\te');
  });
});

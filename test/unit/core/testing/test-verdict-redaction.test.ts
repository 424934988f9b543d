import assert from 'node:assert/strict';
import { createRedactor } from '../../../../src/core/api/redaction.ts';
import { typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { judgeAnswer } from '../../../../src/core/testing/test-verdict.ts';

/** Of the reason that goes into the log, the row and the notification. */
describe('the reason of a test that failed', () => {
  const secret = 's3cr3tpart-of-a-webhook';
  const redactor = createRedactor();
  redactor.remember(`https://example.com/hooks/${secret}`);
  const reasonOf = (message: string): string => {
    const verdict = judgeAnswer(typeOrGeneric('generic'), 404, JSON.stringify({ message }), (words) =>
      redactor.redact(words),
    );
    return verdict.ok ? assert.fail() : verdict.reason;
  };

  it('holds no part of a secret, wherever it is cut short', () => {
    for (let before = 150; before < 210; before += 1) {
      assert.doesNotMatch(reasonOf(`${'x'.repeat(before)} /hooks/${secret}`), /s3c/, `after ${before} characters`);
    }
  });

  it('holds no secret that control characters had taken apart', () => {
    assert.equal(reasonOf('no s3cr3t\u0000part-of-\u202Ea-webhook here'), 'no ••• here');
  });
});

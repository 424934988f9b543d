import assert from 'node:assert/strict';
import { createRedactor } from '../../../../src/core/api/redaction.ts';
import { typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { judgeAnswer } from '../../../../src/core/testing/test-verdict.ts';

/** The log, the row and the notification show this reason. */
describe('reason of a failed test', () => {
  const secret = 's3cr3tpart-of-a-webhook';
  const redactor = createRedactor();
  redactor.remember(`https://example.com/hooks/${secret}`);
  const reasonOf = (message: string): string => {
    const verdict = judgeAnswer(typeOrGeneric('generic'), { status: 404, text: JSON.stringify({ message }) }, (words) =>
      redactor.redact(words),
    );
    return verdict.kind === 'accepted' ? assert.fail() : verdict.reason;
  };

  it('contains no part of a secret at any truncation position', () => {
    for (let before = 150; before < 210; before += 1) {
      assert.doesNotMatch(reasonOf(`${'x'.repeat(before)} /hooks/${secret}`), /s3c/, `after ${before} characters`);
    }
  });

  it('redacts a secret that control characters split', () => {
    assert.equal(reasonOf('no s3cr3t\u0000part-of-\u202Ea-webhook here'), 'no ••• here');
    // A character for private use, which only the reason omits.
    assert.equal(reasonOf('no s3cr3t\uE000part-of-a-webhook here'), 'no ••• here');
  });
});

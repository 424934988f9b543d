import assert from 'node:assert/strict';
import {
  DestinationGoneError,
  DraftNeededError,
  StepUnavailableError,
  UnfinishedReplacementError,
  UnreadPoliciesError,
} from '../../../../src/core/replacement/errors.ts';

describe('errors of a replacement', () => {
  const rows = [
    ['DraftNeededError', DraftNeededError, new DraftNeededError()],
    ['DestinationGoneError', DestinationGoneError, new DestinationGoneError('old')],
    ['StepUnavailableError', StepUnavailableError, new StepUnavailableError('ended')],
    ['UnfinishedReplacementError', UnfinishedReplacementError, new UnfinishedReplacementError('Ops')],
    ['UnreadPoliciesError', UnreadPoliciesError, new UnreadPoliciesError('Ops')],
  ] as const;
  for (const [name, Class, error] of rows) {
    it(`recognizes ${name} of another bundle by its name`, () => {
      const copy = Object.assign(new Error('copy'), { name });
      assert.ok(copy instanceof Class);
      assert.ok(error instanceof Class);
      assert.equal(error.name, name);
      assert.ok(!(new Error('other') instanceof Class));
    });
  }

  it('says in the log which destination is gone, and why a step is unavailable', () => {
    assert.match(new DestinationGoneError('old').message, /\bold\b/);
    assert.match(new DestinationGoneError('new').message, /\bnew\b/);
    assert.match(new StepUnavailableError('ended').message, /ended/);
    assert.match(new StepUnavailableError('changed').message, /changed/);
    assert.match(new UnfinishedReplacementError('Ops').message, /not ended/);
  });
});

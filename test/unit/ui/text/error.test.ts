import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import { standInForVscode } from '../vscode.ts';

await standInForVscode();
const { describeProblem } = await import('../../../../src/ui/text/error.ts');

describe('the sentence of a problem', () => {
  afterEach(() => mock.timers.reset());

  it('counts the pause of a rate limit from its answer, however late it is shown', () => {
    mock.timers.enable({ apis: ['Date'], now: 1000 });
    const error = new ApiError({ kind: 'rateLimited', retryAfter: 300_000, retryAt: 301_000 });
    const shown = (): string => describeProblem(error, 'Acme').sentence;
    assert.match(shown(), /Try Acme again in 5 minutes\.$/);
    mock.timers.tick(180_000);
    assert.match(shown(), /Try Acme again in 2 minutes\.$/);
    mock.timers.tick(3_600_000);
    assert.match(shown(), /Try Acme again in a few minutes\.$/);
  });
});

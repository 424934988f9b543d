import assert from 'node:assert/strict';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import { LeaseTakenError } from '../../../../src/core/async/lease.ts';
import { AccountRemovedError } from '../../../../src/core/monitoring/connection-now.ts';
import { standInForVscode } from '../vscode.ts';

const stub = await standInForVscode();
const { reportFailure, UserError } = await import('../../../../src/ui/host/report.ts');

describe('the report of a failure', () => {
  beforeEach(() => {
    stub.notifications.length = 0;
  });

  for (const [what, error, expected] of [
    ['of an operation that another one keeps from its start', new LeaseTakenError(), /^Another operation is using/],
    ['of an account that was removed', new AccountRemovedError(), /^The account Acme was removed from VS Code\.$/],
    ['of the user', new UserError('Choose one.'), /^Choose one\.$/],
    ['of Cloudflare', new ApiError({ kind: 'timeout' }), /timed out/],
    ['of the extension', new TypeError('x is not a function'), /^The extension failed unexpectedly/],
  ] as const) {
    it(`says what happened: one ${what}`, () => {
      const logger = { log() {}, show() {} };
      void reportFailure(error, logger, 'command', { subject: { name: 'Acme', accountId: 'a' } });
      assert.match(stub.notifications[0]?.message ?? '', expected);
    });
  }
});

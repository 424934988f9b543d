import assert from 'node:assert/strict';
import { makeApi } from '../../core/api/fake-api.ts';
import type { Connections } from '../../../../src/ui/accounts/connections.ts';
import { loadScripted } from '../scripted-window.ts';

const { addFromEnvironment } = await loadScripted(async () => import('../../../../src/ui/accounts/add-account.ts'));
const { describeAccountIdProblem } = await loadScripted(
  async () => import('../../../../src/ui/accounts/token-prompt.ts'),
);

describe('what is typed as an account ID', () => {
  it('is not quoted from the environment, where it may be the token', async () => {
    const token = 'cfut_0123456789abcdefghijklmnopqrstuvwxyz01';
    const connections: Partial<Connections> = { accounts: () => [], connect: () => makeApi() };
    for (const value of [token, token.slice(0, 12)]) {
      const environment = { CLOUDFLARE_API_TOKEN: 'a'.repeat(32), CLOUDFLARE_ACCOUNT_ID: value };
      await assert.rejects(addFromEnvironment(connections as Connections, environment), (error: unknown) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^CLOUDFLARE_ACCOUNT_ID: This is not an account ID/);
        assert.ok(!error.stack?.includes(value));
        return true;
      });
    }
  });

  it('is not quoted in the input either, which says how long it is', () => {
    const globalKey = '0123456789abcdef0123456789abcdef01234';
    for (const text of [globalKey, globalKey.slice(0, 31), 'cfut_0123456789abcdefghijklmnopqrstuvwxyz01']) {
      const problem = describeAccountIdProblem(` ${text} `);
      assert.match(problem, new RegExp(`^This is not an account ID.* ${text.length} characters`));
      assert.ok(!problem.includes(text));
    }
  });
});

import type { Context, Hono } from 'hono';
import { failInvalid, mayEnter, statusOf } from '../authentication.ts';
import type { ApiEnv } from '../authentication.ts';
import { fail, readPage, succeed, succeedPaged } from '../envelope.ts';
import type { Token, World } from '../world.ts';

/** Adds the calls that verify a token and list its accounts. */
export function addAccountRoutes(api: Hono<ApiEnv>, world: World): void {
  api.get('/user/tokens/verify', (c) => (c.var.token.kind === 'user' ? verify(c, c.var.token) : failInvalid(c)));

  api.get('/accounts/:account/tokens/verify', (c) => {
    const { token } = c.var;
    const isOwner = token.kind === 'account' && token.accounts.includes(c.req.param('account'));
    return isOwner ? verify(c, token) : failInvalid(c);
  });

  api.get('/accounts', (c) => {
    const { token } = c.var;
    if (token.kind === 'account') {
      const message = 'List accounts endpoint does not support account owned tokens.';
      return fail(c, 400, { code: 1001, message });
    }
    const page = readPage(c, { default: 20, max: 50 });
    if (!page) return fail(c, 400, { code: 1002, message: 'Invalid value for page or per_page' });
    const name = c.req.query('name')?.toLowerCase() ?? '';
    const seen = world.accounts.filter(
      (account) =>
        token.permissions.includes('accounts:read') &&
        mayEnter(token, account) &&
        account.name.toLowerCase().includes(name),
    );
    const ordered = c.req.query('direction') === 'desc' ? seen.toReversed() : seen;
    return succeedPaged(
      c,
      ordered.map(({ id, name: accountName, type, created_on }) => ({
        id,
        name: accountName,
        type,
        settings: { enforce_twofactor: false },
        created_on,
      })),
      page,
    );
  });

  function verify(c: Context, { id, expires_on, not_before, ...token }: Token): Response {
    const status = statusOf({ id, ...token, ...(expires_on === undefined ? {} : { expires_on }) }, world.clock());
    return succeed(c, { id, status, expires_on, not_before });
  }
}

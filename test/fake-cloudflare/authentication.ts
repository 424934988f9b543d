import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { fail, failToRoute } from './envelope.ts';
import { fromTimestamp } from './timestamps.ts';
import { findAccount } from './world.ts';
import type { Account, Permission, Token, World } from './world.ts';

/** What the routes find in their context: the caller, and behind `/accounts/:account` the account. */
export type ApiEnv = { Bindings: HttpBindings; Variables: { token: Token; account: Account } };

export type TokenStatus = 'active' | 'disabled' | 'expired';

/** The status as the verify calls word it. */
export function statusOf(token: Token, nowMs: number): TokenStatus {
  if (token.disabled) return 'disabled';
  const expiry = token.expires_on === undefined ? undefined : fromTimestamp(token.expires_on);
  return expiry !== undefined && expiry <= nowMs * 1000 ? 'expired' : 'active';
}

/** The token of a request; a known one may still be disabled or expired. */
export function bearerOf(world: World, authorization: string | undefined): Token | 'malformed' | 'unknown' {
  const value = /^Bearer ([\w-]{20,})$/.exec(authorization ?? '')?.[1];
  if (value === undefined || value.startsWith('cfk_')) return 'malformed';
  return world.tokens.find((token) => token.value === value && token.kind !== 'global') ?? 'unknown';
}

/**
 * Lets known tokens in. The verify calls, whose matter it is, take disabled and expired ones too and have a code of
 * their own for unknown ones.
 */
export function authenticate(world: World): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const isVerify = c.req.path.endsWith('/tokens/verify');
    const token = bearerOf(world, c.req.header('authorization'));
    if (token === 'malformed') return failMalformed(c);
    if (token === 'unknown') return isVerify ? failInvalid(c) : failAuthentication(c, 401);
    if (!isVerify && statusOf(token, world.clock()) !== 'active') return failAuthentication(c, 401);
    c.set('token', token);
    await next();
    return undefined;
  };
}

/** Finds the account of the path and checks that the token may do there what the method stands for. */
export function enterAccount(world: World): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const account = findAccount(world, c.req.param('account') ?? '');
    const { token } = c.var;
    if (!account) return failToRoute(c);
    if (!mayEnter(token, account)) {
      return fail(c, 403, { code: 9109, message: 'Unauthorized to access requested resource' });
    }
    if (!mayCall(token, c.req.method)) return failAuthentication(c, 403);
    c.set('account', account);
    await next();
    return undefined;
  };
}

export function mayEnter(token: Token, account: Account): boolean {
  return token.accounts === 'all' || token.accounts.includes(account.id);
}

export function failInvalid(c: Context): Response {
  return fail(c, 401, { code: 1000, message: 'Invalid API Token' });
}

function failAuthentication(c: Context, status: 401 | 403): Response {
  return fail(c, status, { code: 10000, message: 'Authentication error' });
}

function failMalformed(c: Context): Response {
  const cause = { code: 6111, message: 'Invalid format for Authorization header' };
  return fail(c, 400, { code: 6003, message: 'Invalid request headers', error_chain: [cause] });
}

function mayCall(token: Token, method: string): boolean {
  const enough: readonly Permission[] =
    method === 'GET' ? ['notifications:read', 'notifications:write'] : ['notifications:write'];
  return enough.some((permission) => token.permissions.includes(permission));
}

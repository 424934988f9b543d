import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { fail, failToRoute } from './envelope.ts';
import { fromTimestamp } from './timestamps.ts';
import { findAccount } from './world.ts';
import type { Account, Permission, Token, World } from './world.ts';

/** The context of the routes: the token, and below `/accounts/:account` the account. */
export type ApiEnv = { Bindings: HttpBindings; Variables: { token: Token; account: Account } };

export type TokenStatus = 'active' | 'disabled' | 'expired';

/** Returns the token status in the terms of the verify calls. */
export function statusOf(token: Token, nowMs: number): TokenStatus {
  if (token.disabled) return 'disabled';
  const expiry = token.expires_on === undefined ? undefined : fromTimestamp(token.expires_on);
  return expiry !== undefined && expiry <= nowMs * 1000 ? 'expired' : 'active';
}

/** Returns the token of a request. The token can be disabled or expired. */
export function bearerOf(world: World, authorization: string | undefined): Token | 'malformed' | 'unknown' {
  const value = /^Bearer ([\w-]{20,})$/.exec(authorization ?? '')?.[1];
  if (value === undefined || value.startsWith('cfk_')) return 'malformed';
  return world.tokens.find((token) => token.value === value && token.kind !== 'global') ?? 'unknown';
}

/**
 * Accepts active tokens. The verify calls also accept disabled and expired tokens, and return a different code for
 * unknown tokens.
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

/** Finds the account of the path and checks that the token has access to it and permission for the method. */
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
  const sufficient: readonly Permission[] =
    method === 'GET' ? ['notifications:read', 'notifications:write'] : ['notifications:write'];
  return sufficient.some((permission) => token.permissions.includes(permission));
}

import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from './authentication.ts';
import { fail } from './envelope.ts';
import type { World } from './world.ts';

/** The calls of a token in the current window. `windowEnds` is in milliseconds since 1970. */
export type Quota = { readonly windowEnds: number; readonly used: number };

/**
 * Applies the documented rate limit of 1200 calls per five minutes and token. The first call over the limit blocks the
 * token for one more window. The headers follow Cloudflare's "Rate limits" page: `Ratelimit`, `Ratelimit-Policy`, and
 * `retry-after` on 429.
 */
export function limitRate(world: World): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { calls, windowSeconds } = world.settings.rateLimit;
    const quota = countCall(world, c.var.token.id);
    const secondsLeft = Math.max(1, Math.ceil((quota.windowEnds - world.clock()) / 1000));
    c.header('Ratelimit', `"default";r=${Math.max(0, calls - quota.used)};t=${secondsLeft}`);
    c.header('Ratelimit-Policy', `"default";q=${calls};w=${windowSeconds}`);
    if (quota.used > calls) {
      c.header('retry-after', String(secondsLeft));
      return fail(c, 429, { code: 971, message: 'Please wait and consider throttling your request speed' });
    }
    await next();
    return undefined;
  };
}

function countCall(world: World, tokenId: string): Quota {
  const { calls, windowSeconds } = world.settings.rateLimit;
  const now = world.clock();
  const fresh = { windowEnds: now + windowSeconds * 1000, used: 0 };
  const known = world.quotas.get(tokenId);
  const current = known && known.windowEnds > now ? known : fresh;
  const used = current.used + 1;
  // The first call over the limit starts a new window. Later rejected calls do not extend that window.
  const quota = used === calls + 1 ? { ...fresh, used } : { ...current, used };
  world.quotas = new Map(world.quotas).set(tokenId, quota);
  return quota;
}

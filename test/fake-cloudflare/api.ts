import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { authenticate, enterAccount } from './authentication.ts';
import type { ApiEnv } from './authentication.ts';
import { failToRoute } from './envelope.ts';
import { misbehave } from './fault-answers.ts';
import { takeFault } from './faults.ts';
import { limitRate } from './rate-limit.ts';
import { logRequest } from './request-log.ts';
import { addAccountRoutes } from './routes/accounts.ts';
import { addHistoryRoutes } from './routes/history.ts';
import { addPolicyRoutes } from './routes/policies.ts';
import { addWebhookRoutes } from './routes/webhooks.ts';
import { nextId } from './world.ts';
import type { World } from './world.ts';

export const apiPath = '/client/v4';

export type AnswerApi = (request: Request, bindings: HttpBindings) => Promise<Response>;

/** Creates the API as one function. It logs each request, then applies a matching fault rule or calls the route. */
export function createApi(world: World): AnswerApi {
  const api = new Hono<ApiEnv>().basePath(apiPath);
  api.use(authenticate(world), limitRate(world));
  addAccountRoutes(api, world);
  api.use('/accounts/:account/*', enterAccount(world));
  addWebhookRoutes(api, world);
  addPolicyRoutes(api, world);
  addHistoryRoutes(api, world);
  api.notFound(failToRoute);

  return async (request, bindings) => {
    const { method } = request;
    const path = new URL(request.url).pathname.slice(apiPath.length);
    const account = /^\/accounts\/([^/]+)/.exec(path)?.[1] ?? null;
    const logStatus = await logRequest(world, request, bindings, path, account);
    const rule = takeFault(world, { method, path, account: account ?? '' });
    const response = await misbehave(rule ?? {}, bindings, async () => api.fetch(request, bindings));
    response.headers.set('cf-ray', `${nextId(world).slice(0, 16)}-AMS`);
    logStatus(response.status);
    return response;
  };
}

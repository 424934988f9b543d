import { once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { apiPath, createApi } from './api.ts';
import { answerControl, populationOf } from './control.ts';
import type { Seed } from './control.ts';
import type { ExtraType } from './receiver-answers.ts';
import { receive } from './receivers.ts';
import { createWorld } from './world.ts';
import type { Population, Surroundings, World } from './world.ts';

export type FakeCloudflare = {
  /** `http://127.0.0.1:PORT/client/v4`, the API base URL for the extension. */
  readonly baseUrl: string;
  /** `http://127.0.0.1:PORT/control`, for `connectControl`. */
  readonly controlUrl: string;
  /** `http://127.0.0.1:PORT/receivers`. Append `/{type}` and the vendor's path to get the URL of a destination. */
  readonly receiversUrl: string;
  /** The current state, for tests in the same process. */
  readonly world: World;
  /** Closes the server and all connections, including those with pending requests. */
  close(): Promise<void>;
};

export type FakeOptions = {
  /** Default: 0, a free port. */
  readonly port?: number;
  readonly seed?: Seed | ((surroundings: Surroundings) => Population);
  /** Types of destination beside those that Cloudflare has. */
  readonly extraTypes?: readonly ExtraType[];
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
};

/** Starts a fake Cloudflare on 127.0.0.1. Rejects if the port is in use. */
export async function startFakeCloudflare(options: FakeOptions = {}): Promise<FakeCloudflare> {
  const { port = 0, seed = 'demo', clock = Date.now, extraTypes = [] } = options;
  const app = new Hono<{ Bindings: HttpBindings }>();
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  const origin = originOf(server.address());
  const surroundings = { receiversUrl: `${origin}/receivers`, clock, extraTypes };
  const population = typeof seed === 'function' ? seed(surroundings) : populationOf(seed, surroundings);
  const world = createWorld(surroundings, population);
  const answerApi = createApi(world);
  app.all(`${apiPath}/*`, async (c) => answerApi(c.req.raw, c.env));
  app.all('/receivers/*', async (c) => receive(world, c.req.raw, c.env));
  app.all('/control/*', async (c) => answerControl(world, c.req.raw));

  return {
    baseUrl: `${origin}${apiPath}`,
    controlUrl: `${origin}/control`,
    receiversUrl: surroundings.receiversUrl,
    world,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

function originOf(address: string | { readonly port: number } | null): string {
  if (address === null || typeof address === 'string') throw new Error('The fake does not listen on a TCP port.');
  return `http://127.0.0.1:${address.port}`;
}

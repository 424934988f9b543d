import { type Api, createApi } from '../../../../src/core/api/client.ts';
import type { FakeCloudflare } from '../../../fake-cloudflare/server.ts';
import { demoTokens } from '../../../fake-cloudflare/demo-tokens.ts';

/** The real client with the demo token, connected to a fake Cloudflare in this process. Backoff takes no time. */
export function connectTo(fake: FakeCloudflare): Api {
  return createApi({
    baseUrl: fake.baseUrl,
    token: demoTokens.demo,
    userAgent: 'test/1',
    deadline: 20_000,
    host: {
      fetch: globalThis.fetch,
      now: Date.now,
      sleep: async (milliseconds) => (milliseconds === 20_000 ? new Promise(() => {}) : undefined),
      random: () => 0.5,
      log: () => {},
    },
  });
}

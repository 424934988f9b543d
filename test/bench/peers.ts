import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import Cloudflare from 'cloudflare';
import { ApiError } from '../../src/core/api/api-error.ts';
import { createApi } from '../../src/core/api/client.ts';
import { createStore } from '../../src/core/monitoring/store.ts';
import { medianOf, type Row } from './rows.ts';

const run = promisify(execFile);
const RUNS = 5;
const ACCOUNTS = 200;
const LATENCY = 50;
const AT_ONCE = 6;

/** Refresh All of 200 accounts beside what a script would do, on the same server, over what the network allows. */
export async function benchPeers(): Promise<readonly Row[]> {
  const server = fork(new URL('slow-server.ts', import.meta.url), [String(LATENCY)]);
  const [port] = (await once(server, 'message')) as [number];
  const baseUrl = `http://127.0.0.1:${port}`;
  const limit = Math.ceil(ACCOUNTS / AT_ONCE) * LATENCY;
  const ids = Array.from({ length: ACCOUNTS }, (_, id) => String(id));

  const host = {
    fetch: globalThis.fetch,
    now: Date.now,
    sleep: async (milliseconds: number, signal?: AbortSignal) =>
      delay(milliseconds, undefined, signal ? { signal } : {}),
    random: Math.random,
    log: () => {},
  };
  const api = createApi({ baseUrl, token: 'token', userAgent: 'bench', host });
  const store = createStore({
    now: Date.now,
    toApiError: () => new ApiError({ kind: 'protocol' }),
    defer: (work) => setTimeout(work, 50),
    log: () => {},
  });
  store.setConnections(ids.map((id) => ({ account: { id, name: id }, token: undefined, api })));
  const sdk = new Cloudflare({ baseURL: baseUrl, apiToken: 'token' });
  const urls = ids.map((id) => `${baseUrl}/accounts/${id}/alerting/v3/destinations/webhooks`).join('\n');

  const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['Refresh All', async () => store.refresh()],
    [
      'a sequential loop with the official SDK',
      async () => {
        for (const account of ids) {
          await sdk.alerting.destinations.webhooks.list({ account_id: account });
        }
      },
    ],
    [
      'xargs -P 6 curl',
      async () => run('sh', ['-c', `xargs -n 1 -P ${AT_ONCE} curl -s -o /dev/null <<'END'\n${urls}\nEND`]),
    ],
  ];
  const rows: Row[] = [];
  try {
    for (const [name, work] of ways) {
      const times: number[] = [];
      for (let index = 0; index < RUNS; index += 1) {
        const start = performance.now();
        await work();
        times.push(performance.now() - start);
      }
      const time = medianOf(times);
      rows.push(
        { name: `${ACCOUNTS} accounts, ${LATENCY} ms latency: ${name}`, value: time, unit: 'ms' },
        { name: `${name}, over the network limit of ${limit} ms`, value: time / limit, unit: '×' },
      );
    }
  } finally {
    server.disconnect();
  }
  return rows;
}

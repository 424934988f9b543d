import { decodeDestinations } from '../../src/core/api/decode.ts';
import { createApi } from '../../src/core/api/client.ts';
import { sortDestinations } from '../../src/core/model/health.ts';
import { createStore } from '../../src/core/monitoring/store.ts';
import { ApiError } from '../../src/core/api/api-error.ts';
import { measure, printRatio } from './measure.ts';

const COUNT = 1000;

function makeBody(): string {
  const result = Array.from({ length: COUNT }, (_, index) => ({
    id: index.toString(16).padStart(32, '0'),
    name: `Destination ${index}`,
    type: 'slack',
    url: `https://hooks.slack.com/services/T${index}/B${index}`,
    created_at: '2025-10-26T18:25:04.532316Z',
    last_success: `2026-10-26T18:25:04.${String(index).padStart(6, '0')}Z`,
    last_failure: index % 10 === 0 ? '2026-10-26T18:26:04.532316Z' : null,
  }));
  return JSON.stringify({ success: true, errors: [], messages: [], result });
}

/** Measures decoding, sorting and refreshing the destinations of one account with {@link COUNT} destinations. */
export async function benchDecoding(): Promise<void> {
  const body = makeBody();
  const { result } = JSON.parse(body) as { result: unknown };
  const destinations = decodeDestinations(result);
  const api = createApi({
    baseUrl: 'https://api.example.com',
    token: 'token',
    userAgent: 'bench',
    host: {
      fetch: async () => new Response(body),
      now: Date.now,
      sleep: async () => new Promise(() => {}),
      random: Math.random,
      log: () => {},
    },
  });
  const store = createStore({
    now: Date.now,
    toApiError: () => new ApiError({ kind: 'protocol' }),
    defer: (work) => setImmediate(work),
    log: () => {},
  });
  store.setConnections([{ account: { id: 'a', name: 'A' }, token: undefined, api }]);

  const parse = await measure(`JSON.parse of ${COUNT} destinations`, () => JSON.parse(body));
  printRatio(await measure('decoding the destinations', () => decodeDestinations(result)), parse);
  printRatio(
    await measure('sorting the destinations by health', () => sortDestinations(destinations, 'health')),
    parse,
  );
  printRatio(await measure('a complete refresh without changes', async () => store.refresh()), parse);
}

import { ApiError } from './api-error.ts';
import { createCanceledError } from '../async/canceled.ts';
import type { Host } from './transport.ts';

const REPEATS = 2;
const FIRST_PAUSE = 300;
/** If the server asks for a longer pause, the call fails instead of waiting. */
const LONGEST_PAUSE = 5_000;

/** Retries a read after a transient failure, with exponential backoff, jitter and `retry-after`. */
export async function retryRead<T>(host: Host, signal: AbortSignal | undefined, send: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      const pause = error instanceof ApiError && attempt < REPEATS ? pauseBefore(host, error, attempt) : undefined;
      if (pause === undefined || signal?.aborted) {
        throw error;
      }
      await host.sleep(pause, signal).catch((reason: unknown) => {
        throw signal?.aborted ? createCanceledError() : reason;
      });
    }
  }
}

/**
 * The pause before the next retry; undefined without one. A rate limit is retried only if the server names the pause.
 */
function pauseBefore(host: Host, { kind, details }: ApiError, attempt: number): number | undefined {
  // A gateway in front of the API answers transient failures with its own page.
  const isGateway = kind === 'protocol' && (details.status ?? 0) >= 500;
  const passing = kind === 'network' || kind === 'unavailable' || isGateway;
  const pause = details.retryAfter ?? (passing ? FIRST_PAUSE * 2 ** attempt * (0.5 + host.random()) : undefined);
  return pause !== undefined && pause <= LONGEST_PAUSE ? pause : undefined;
}

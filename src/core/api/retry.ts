import { ApiError } from './api-error.ts';
import { createCanceledError } from '../async/canceled.ts';
import type { Host } from './transport.ts';

const REPEATS = 2;
const FIRST_PAUSE = 300;
/** Who asks for more patience than this is told to the user instead. */
const LONGEST_PAUSE = 5_000;

/** Repeats a read that failed for a passing reason, after a pause that grows, is jittered, and heeds `retry-after`. */
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

/** Undefined where repeating is no use: a passing failure is repeated, throttling only as the server asks. */
function pauseBefore(host: Host, { kind, details }: ApiError, attempt: number): number | undefined {
  // A gateway in front of the API answers a passing failure with a page of its own.
  const isGateway = kind === 'protocol' && (details.status ?? 0) >= 500;
  const passing = kind === 'network' || kind === 'unavailable' || isGateway;
  const pause = details.retryAfter ?? (passing ? FIRST_PAUSE * 2 ** attempt * (0.5 + host.random()) : undefined);
  return pause !== undefined && pause <= LONGEST_PAUSE ? pause : undefined;
}

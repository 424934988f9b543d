import type { Host } from './transport.ts';
import { isSettling } from './deadlines.ts';

/** An update without an answer. `sentAt` is in milliseconds since the epoch. `isApplied`: whether the object shows it. */
type Unanswered<T> = { readonly sentAt: number; readonly isApplied: (now: T) => boolean };

/** By a key of the object. An update that takes effect late would undo the next one, which therefore waits for it. */
export type UnansweredUpdates<T> = Map<string, Unanswered<T>>;

/** The pause between two looks for an earlier update without an answer, in milliseconds. */
const PAUSE = 2000;

/**
 * Fetches an object once no earlier update of this window can take effect any more. `signal` ends the wait. Throws what `fetch`
 * throws.
 */
export async function fetchSettled<T>({
  unanswered,
  key,
  host,
  signal,
  fetch,
}: {
  readonly unanswered: UnansweredUpdates<T>;
  readonly key: string;
  readonly host: Pick<Host, 'now' | 'sleep'>;
  readonly signal?: AbortSignal | undefined;
  readonly fetch: () => Promise<T>;
}): Promise<T> {
  for (;;) {
    const earlier = unanswered.get(key);
    const isOver = !earlier || !isSettling(earlier.sentAt, host.now());
    const now = await fetch();
    if (isOver || earlier.isApplied(now)) {
      unanswered.delete(key);
      return now;
    }
    await host.sleep(PAUSE, signal);
  }
}

import { ApiError, type ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import { retryRead } from '../../../../src/core/api/retry.ts';
import { createCallBudgets } from '../../../../src/core/monitoring/call-budget.ts';
import { createStore, type Store } from '../../../../src/core/monitoring/store.ts';
import { createRefreshScheduler, type RefreshScheduler } from '../../../../src/core/monitoring/refresh-scheduler.ts';
import { makeApi, makeDestination } from '../api/fake-api.ts';

const WINDOW = 5 * 60_000;
const LATENCY = 200;

export type SimulationOptions = {
  readonly accounts: number;
  /** Milliseconds. */
  readonly interval: number;
  /** What a call of this account is answered with at this time; undefined for well. Default: always well. */
  readonly answer?: (accountId: string, now: number) => ApiErrorDetails | undefined;
  /** 0 ≤ x < 1, the same at each run. */
  readonly random?: () => number;
  readonly log?: (message: string) => void;
};

/** A clock that stands still until it is told to go on. */
export type VirtualClock = {
  readonly now: () => number;
  readonly after: (milliseconds: number, work: () => void) => () => void;
  /** Runs what is due by then, in order, each with all that follows from it at once. */
  goTo(time: number): Promise<void>;
  pending(): number;
};

export function createVirtualClock(start = 1_000_000): VirtualClock {
  const timers = new Map<object, { readonly at: number; readonly work: () => void }>();
  let time = start;
  return {
    now: () => time,
    after(milliseconds, work) {
      const key = {};
      timers.set(key, { at: time + milliseconds, work });
      return () => timers.delete(key);
    },
    async goTo(end) {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        const [next] = [...timers].toSorted(([, a], [, b]) => a.at - b.at);
        if (!next || next[1].at > end) {
          time = Math.max(time, end);
          return;
        }
        timers.delete(next[0]);
        time = Math.max(time, next[1].at);
        next[1].work();
      }
    },
    pending: () => timers.size,
  };
}

export type SimulatedRefresh = {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly scheduler: RefreshScheduler;
  /** When each call went out, and for which account. */
  readonly calls: readonly { readonly at: number; readonly id: string }[];
};

/** The scheduler as it is, over the store as it is, with a clock and a Cloudflare of its own. One token. */
export function simulateRefresh(options: SimulationOptions): SimulatedRefresh {
  const { accounts, interval, answer = () => undefined, random = () => 0.37, log = () => {} } = options;
  const clock = createVirtualClock();
  const budgets = createCallBudgets(clock.now);
  const calls: { at: number; id: string }[] = [];
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      clock.after(milliseconds, resolve);
    });
  const host = { fetch: globalThis.fetch, now: clock.now, sleep, random, log };
  const destinations = [makeDestination('1')];
  const api = makeApi({
    listDestinations: (id) =>
      retryRead(host, undefined, async () => {
        budgets.of('token').sent();
        calls.push({ at: clock.now(), id });
        await sleep(LATENCY);
        const failure = answer(id, clock.now());
        if (failure) {
          budgets.of('token').answered(failure.retryAfter === undefined ? {} : { retryAfter: failure.retryAfter });
          throw new ApiError(failure);
        }
        return destinations;
      }),
  });
  const store = createStore({
    now: clock.now,
    toApiError: (error) => (error instanceof ApiError ? error : new ApiError({ kind: 'protocol' })),
  });
  store.setConnections(
    Array.from({ length: accounts }, (_, index) => ({
      account: { id: `a${index}`, name: `Account ${index}` },
      token: { id: 'token', owner: 'user' },
      api,
    })),
  );
  const scheduler = createRefreshScheduler({
    store,
    budgets,
    now: clock.now,
    after: clock.after,
    random,
    log: (_, text) => log(text),
  });
  scheduler.follow({ interval, focused: true });
  return { clock, store, scheduler, calls };
}

/** The most calls in any five minutes. */
export function countBusiest(calls: SimulatedRefresh['calls']): number {
  let most = 0;
  let first = 0;
  for (const [index, { at }] of calls.entries()) {
    while ((calls[first]?.at ?? at) <= at - WINDOW) {
      first += 1;
    }
    most = Math.max(most, index - first + 1);
  }
  return most;
}

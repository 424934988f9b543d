import { ApiError, type ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import type { Connection } from '../../../../src/core/accounts/connection.ts';
import { retryRead } from '../../../../src/core/api/retry.ts';
import { admitUserCall, type CallBudgets, createCallBudgets } from '../../../../src/core/monitoring/call-budget.ts';
import { createStore, type Store } from '../../../../src/core/monitoring/store.ts';
import { createRefreshScheduler, type RefreshScheduler } from '../../../../src/core/monitoring/refresh-scheduler.ts';
import { makeApi, makeDestination } from '../api/fake-api.ts';

const WINDOW = 5 * 60_000;
const LATENCY = 200;

export type SimulationOptions = {
  readonly accounts: number;
  /** Milliseconds. */
  readonly interval: number;
  /** The number of tokens that the accounts share evenly. Default: 1. */
  readonly tokens?: number;
  /** The error that a call of this account gets at this time; undefined for success. Default: always success. */
  readonly answer?: (accountId: string, now: number) => ApiErrorDetails | undefined;
  /** Whether Cloudflare says of the tokens that they are valid. Default: always. */
  readonly isTokenValid?: () => boolean;
  /** 0 ≤ x < 1, the same sequence in each run. */
  readonly random?: () => number;
  readonly log?: (message: string) => void;
};

/** A clock that advances only when a test moves it. */
export type VirtualClock = {
  /** The wall-clock time, which a test can set. */
  readonly now: () => number;
  /** Monotonic time, independent of changes to the wall clock. */
  readonly elapsed: () => number;
  readonly after: (milliseconds: number, work: () => void) => () => void;
  /** Runs everything due until this time (`elapsed`), in order, with all immediate effects. */
  goTo(time: number): Promise<void>;
  /** Moves the wall clock forward or back, as a sleep of the machine also does. */
  set(by: number): void;
  pending(): number;
};

export function createVirtualClock(start = 1_000_000): VirtualClock {
  const timers = new Map<object, { readonly at: number; readonly work: () => void }>();
  let time = start;
  let ahead = 0;
  return {
    now: () => time + ahead,
    elapsed: () => time,
    after(milliseconds, work) {
      const key = {};
      timers.set(key, { at: time + milliseconds, work });
      return () => timers.delete(key);
    },
    async goTo(end) {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        let first: [object, { readonly at: number; readonly work: () => void }] | undefined;
        for (const timer of timers) {
          first = first && first[1].at <= timer[1].at ? first : timer;
        }
        if (!first || first[1].at > end) {
          time = Math.max(time, end);
          return;
        }
        timers.delete(first[0]);
        time = Math.max(time, first[1].at);
        first[1].work();
      }
    },
    set(by) {
      ahead += by;
    },
    pending: () => timers.size,
  };
}

/** When a call was sent (by `elapsed`), for which account (or verification), and with which token. */
export type SimulatedCall = { readonly at: number; readonly id: string; readonly token: string };

export type SimulatedRefresh = {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly scheduler: RefreshScheduler;
  readonly budgets: CallBudgets;
  readonly calls: readonly SimulatedCall[];
  /** The first `count` accounts. */
  connections(count: number): readonly Connection[];
};

/** The real scheduler and the real store, with a virtual clock and a simulated Cloudflare. */
export function simulateRefresh(options: SimulationOptions): SimulatedRefresh {
  const { accounts, interval, tokens = 1, answer = () => undefined, random = () => 0.37, log = () => {} } = options;
  const { isTokenValid = () => true } = options;
  const clock = createVirtualClock();
  const budgets = createCallBudgets(clock.elapsed);
  const calls: SimulatedCall[] = [];
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      clock.after(milliseconds, resolve);
    });
  const host = { fetch: globalThis.fetch, now: clock.now, sleep, random, log };
  const destinations = [makeDestination('1')];
  const apis = Array.from({ length: tokens }, (_, index) => {
    const token = tokens === 1 ? 'token' : `token${index}`;
    const api = makeApi({
      async verifyUserToken() {
        budgets.of(token).sent();
        calls.push({ at: clock.elapsed(), id: `verification of ${token}`, token });
        await sleep(LATENCY);
        budgets.of(token).answered({});
        if (!isTokenValid()) {
          throw new ApiError({ kind: 'auth', status: 401 });
        }
        return { status: 'active' };
      },
      listDestinations: (id) =>
        retryRead(host, undefined, async () => {
          budgets.of(token).sent();
          calls.push({ at: clock.elapsed(), id, token });
          await sleep(LATENCY);
          const failure = answer(id, clock.elapsed());
          if (failure) {
            budgets.of(token).answered(failure.retryAfter === undefined ? {} : { retryAfter: failure.retryAfter });
            throw new ApiError(failure);
          }
          return destinations;
        }),
    });
    return { token, api };
  });
  const connections = (count: number): readonly Connection[] =>
    Array.from({ length: count }, (_, index) => {
      const { token = 'token', api = makeApi() } = apis[index % tokens] ?? {};
      return {
        account: { id: `a${index}`, name: `Account ${index}` },
        token: { id: token, owner: 'user' },
        api,
      };
    });
  const store = createStore({
    now: clock.now,
    toApiError: (error) => (error instanceof ApiError ? error : new ApiError({ kind: 'protocol' })),
    defer: (work) => clock.after(0, work),
    log: (_, text) => log(text),
    admit: async ({ token }, signal) => admitUserCall(budgets.of(token?.id), sleep, signal),
  });
  store.setConnections(connections(accounts));
  const scheduler = createRefreshScheduler({
    store,
    budgets,
    now: clock.now,
    elapsed: clock.elapsed,
    after: clock.after,
    random,
    log: (_, text) => log(text),
  });
  scheduler.follow({ interval, focused: true });
  return { clock, store, scheduler, budgets, calls, connections };
}

/** The most calls in any five minutes. */
export function countBusiest(calls: readonly SimulatedCall[]): number {
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

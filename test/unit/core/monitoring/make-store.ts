import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { createStore, type Store, type StoreOptions } from '../../../../src/core/monitoring/store.ts';
import type { Change } from '../../../../src/core/monitoring/store-events.ts';
import { makeApi } from '../api/fake-api.ts';

/** A list call that the test answers one by one, in call order. */
export function makeListing() {
  const pending: PromiseWithResolvers<readonly Destination[]>[] = [];
  return {
    pending,
    api: makeApi({
      listDestinations: () => {
        const answer = Promise.withResolvers<readonly Destination[]>();
        pending.push(answer);
        return answer.promise;
      },
    }),
  };
}

export const NOTHING = { failing: 0, healthy: 0, unused: 0 };

export function makeStore(now: () => number = () => 1000, options: Partial<StoreOptions> = {}) {
  const changes: Change[] = [];
  const deferred: (() => void)[] = [];
  const logged: string[] = [];
  const store: Store = createStore({
    now,
    toApiError: (error) => (error instanceof ApiError ? error : new ApiError({ kind: 'protocol' })),
    defer: (work) => deferred.push(work),
    log: (_, text) => logged.push(text),
    concurrency: { perToken: 2, total: 3 },
    ...options,
  });
  store.onChanged((change) => changes.push(change));
  /** Runs the deferred macrotasks. */
  const runDeferred = (): void => {
    for (const work of deferred.splice(0)) {
      work();
    }
  };
  return { store, changes, deferred, runDeferred, logged };
}

export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

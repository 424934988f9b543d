import type * as vscode from 'vscode';
import { describeForLog } from '../../core/api/api-error.ts';
import type { Log } from '../../core/api/transport.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import { haveTimesMoved, type TimedSnapshot } from '../../core/monitoring/snapshot.ts';
import type { Store } from '../../core/monitoring/store.ts';
import type { AccountHistory } from '../../core/monitoring/timeline.ts';

/**
 * The timelines of all accounts: see `core/monitoring/timeline.ts`. Follows the store, and records each move of a
 * timestamp.
 */
export type Timelines = vscode.Disposable & {
  /**
   * Loads the history of an account. It includes what the store shows at each call of `destination`. Get it again after
   * `onChanged`. Never rejects.
   */
  of(accountId: string): Promise<AccountHistory>;
  /** Called after something was recorded. Returns a function that unsubscribes. */
  onChanged(listener: (accountId: string) => void): () => void;
  /** Deletes the history of an account, also during a refresh in flight. Never rejects. */
  forget(accountId: string): Promise<void>;
};

/** What is in a bundle of its own. No method rejects. */
export type Recorder = vscode.Disposable & {
  /** Records what `after` adds to `before`, the snapshot that this window had until then. */
  record(accountId: string, before: TimedSnapshot | undefined, after: TimedSnapshot): Promise<void>;
} & Pick<Timelines, 'of' | 'forget'>;

/** `load`: loads the code that records. It is needed once a timestamp moved, or a view asks. */
export function createTimelines(
  store: Store,
  log: Log,
  load: (changed: (accountId: string) => void) => Promise<Recorder>,
): Timelines {
  const listeners = new Set<(accountId: string) => void>();
  /** The last snapshot of each account in this window. */
  const last = new Map<string, TimedSnapshot>();
  let loading: Promise<Recorder> | undefined;

  const recorder = async (): Promise<Recorder> => {
    loading ??= load((accountId) => {
      for (const listener of listeners) {
        listener(accountId);
      }
    });
    return loading;
  };

  function follow(accountId: string): void {
    const after = shownOf(store.entry(accountId)?.state);
    const before = last.get(accountId);
    if (!after) {
      return;
    }
    last.set(accountId, after);
    // The cached snapshot of an earlier session is recorded already.
    const isKnown = before ? !haveTimesMoved(before, after) : store.entry(accountId)?.state.cached !== undefined;
    if (!isKnown) {
      recorder()
        .then(async ({ record }) => record(accountId, before, after))
        .catch((error: unknown) => log('error', `The timeline failed: ${describeForLog(error)}`));
    }
  }

  const subscriptions = [
    store.onSettled(follow),
    store.onChanged(({ accounts }) => {
      for (const accountId of accounts ? last.keys() : []) {
        if (!store.entry(accountId)) {
          last.delete(accountId);
        }
      }
    }),
  ];
  return {
    of: async (accountId) => (await recorder()).of(accountId),
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async forget(accountId) {
      last.delete(accountId);
      await (await recorder()).forget(accountId);
    },
    dispose() {
      for (const unsubscribe of subscriptions) {
        unsubscribe();
      }
      void loading?.then((loaded) => loaded.dispose());
    },
  };
}

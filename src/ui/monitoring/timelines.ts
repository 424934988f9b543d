import type * as vscode from 'vscode';
import { describeForLog } from '../../core/api/api-error.ts';
import { loadOnce } from '../../core/async/load-once.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import { haveTimesMoved, type TimedSnapshot } from '../../core/monitoring/snapshot.ts';
import type { Services } from '../../services.ts';
import type * as recording from '../../recording.ts';
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

export type RecordingServices = Pick<Services, 'profileFolder' | 'store' | 'host'>;

/** What is in a bundle of its own. No method rejects. */
export type Recorder = Pick<Timelines, 'of' | 'forget'> & {
  /** Records what `after` adds to `before`, the snapshot that this window had until then. */
  record(accountId: string, before: TimedSnapshot | undefined, after: TimedSnapshot): Promise<void>;
};

/** `load`: loads the bundle that records, once a timestamp moved or a view asks. */
export function createTimelines(
  services: RecordingServices,
  load: () => Promise<Pick<typeof recording, 'createRecording'>>,
): Timelines {
  const { store, host } = services;
  const listeners = new Set<(accountId: string) => void>();
  /** The last snapshot that this window had of each account, for as long as the account exists. */
  const last = new WeakMap<object, TimedSnapshot>();
  const recorder = loadOnce(async () => (await load()).createRecording(services, listeners));
  const note = (error: unknown): void => host.log('error', describeForLog(error));

  const dispose = store.onSettled((accountId) => {
    const entry = store.entry(accountId);
    const after = shownOf(entry?.state);
    if (entry && after) {
      const before = last.get(entry);
      last.set(entry, after);
      // The cached snapshot of an earlier session is recorded already.
      if (before ? haveTimesMoved(before, after) : !entry.state.cached) {
        recorder()
          .then(async (loaded) => loaded.record(accountId, before, after))
          .catch(note);
      }
    }
  });
  return {
    of: async (accountId) =>
      recorder()
        .then(async (loaded) => loaded.of(accountId))
        .catch((error: unknown) => {
          note(error);
          return { destination: () => undefined };
        }),
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    forget: async (accountId) =>
      recorder()
        .then(async (loaded) => loaded.forget(accountId))
        .catch(note),
    dispose,
  };
}

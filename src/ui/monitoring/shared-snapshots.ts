import type * as vscode from 'vscode';
import type { Log } from '../../core/api/transport.ts';
import {
  accountOfSnapshotKey,
  parseSnapshotRecord,
  snapshotKey,
  toSnapshotRecord,
} from '../../core/monitoring/snapshot-cache.ts';
import type { Snapshot, Store } from '../../core/monitoring/store.ts';
import { describeForLog } from '../../core/api/api-error.ts';

/**
 * What was last read of each account, in SecretStorage, since it holds URLs: so that windows need not all ask Cloudflare,
 * and a new session has something to show at once. Where SecretStorage fails, nothing is shared; nobody is told.
 */
export type SharedSnapshots = vscode.Disposable & {
  /** Hands to the store what is stored of these accounts (default: all), where it is newer. Never rejects. */
  adopt(accountIds?: readonly string[]): Promise<void>;
  /** Never rejects. */
  forget(accountId: string): Promise<void>;
};

/** Above this many, writing them all would cost more than it saves. */
const MOST_SHARED = 100;
/** How old what is stored may be, in milliseconds, while nothing but its age is out of date. */
const OLDEST_STORED = 60_000;

export function createSharedSnapshots(secrets: vscode.SecretStorage, store: Store, log: Log): SharedSnapshots {
  /** What is known to be stored, so that the same is not written again. */
  const stored = new Map<string, Snapshot>();

  function note(error: unknown): undefined {
    log('warn', `SecretStorage failed for a shared snapshot: ${describeForLog(error)}`);
  }

  function share(accountId: string, snapshot: Snapshot): void {
    const before = stored.get(accountId);
    const isFresh =
      before !== undefined &&
      snapshot.at - before.at < OLDEST_STORED &&
      JSON.stringify(snapshot.destinations) === JSON.stringify(before.destinations);
    if (isFresh || store.entries().length > MOST_SHARED) {
      return;
    }
    stored.set(accountId, snapshot);
    Promise.resolve(secrets.store(snapshotKey(accountId), toSnapshotRecord(snapshot))).catch((error: unknown) => {
      stored.delete(accountId);
      note(error);
    });
  }

  async function adoptOne(accountId: string): Promise<void> {
    const value = await Promise.resolve(secrets.get(snapshotKey(accountId))).catch(note);
    const snapshot = parseSnapshotRecord(value);
    if (snapshot && snapshot.at > (stored.get(accountId)?.at ?? 0)) {
      stored.set(accountId, snapshot);
      store.adopt(accountId, snapshot);
    }
  }

  async function adopt(accountIds: readonly string[] = store.entries().map(({ connection }) => connection.account.id)) {
    if (store.entries().length <= MOST_SHARED) {
      await Promise.all(accountIds.map(adoptOne));
    }
  }

  const subscriptions: readonly vscode.Disposable[] = [
    { dispose: store.onRead(share) },
    {
      // What an operation of ours has put right is to be seen after a restart, too.
      dispose: store.onChanged(({ states }) => {
        for (const id of states) {
          const last = store.entry(id)?.state.last;
          if (last && last.at === stored.get(id)?.at) {
            share(id, last);
          }
        }
      }),
    },
    // A hint only, which comes for our own writes as well.
    secrets.onDidChange(({ key }) => {
      const accountId = accountOfSnapshotKey(key);
      if (accountId !== undefined && store.entry(accountId)) {
        void adopt([accountId]);
      }
    }),
  ];
  return {
    adopt,
    async forget(accountId) {
      stored.delete(accountId);
      await Promise.resolve(secrets.delete(snapshotKey(accountId))).catch(note);
    },
    dispose() {
      for (const subscription of subscriptions) {
        subscription.dispose();
      }
    },
  };
}

import type { Snapshot } from './snapshot.ts';

/** `accounts`: accounts were added, removed or moved. `states`: the IDs of accounts whose state changed. */
export type Change = { readonly accounts: boolean; readonly states: ReadonlySet<string> };

type Listener<T> = (value: T) => void;

export type StoreEvents = {
  /** Fires only if something changed. Like the other methods, returns a function that unsubscribes. */
  onChanged(listener: Listener<Change>): () => void;
  /** Fires with the accounts that this window refreshed successfully, even without new data. */
  onRead(listener: Listener<ReadonlyMap<string, Snapshot>>): () => void;
  /** Fires immediately for each account whose refresh ended, or that adopted another window's data. */
  onSettled(listener: Listener<string>): () => void;
  accountsChanged(): void;
  stateChanged(accountId: string): void;
  wasRead(accountId: string, snapshot: Snapshot): void;
  settled(accountId: string): void;
  /** Fires the gathered events now. */
  flush(): void;
};

/** Gathers changes until `defer` calls back. An error of one listener is reported and does not stop the others. */
export function createStoreEvents(defer: (work: () => void) => void, report: (error: unknown) => void): StoreEvents {
  const changed = new Set<Listener<Change>>();
  const read = new Set<Listener<ReadonlyMap<string, Snapshot>>>();
  const settled = new Set<Listener<string>>();
  let accounts = false;
  let states = new Set<string>();
  let snapshots = new Map<string, Snapshot>();
  let isDeferred = false;

  function send<T>(listeners: ReadonlySet<Listener<T>>, value: T): void {
    for (const listener of listeners) {
      try {
        listener(value);
      } catch (error) {
        report(error);
      }
    }
  }

  function flush(): void {
    const change = { accounts, states };
    const fetched = snapshots;
    accounts = false;
    states = new Set();
    snapshots = new Map();
    if (change.accounts || change.states.size > 0) {
      send(changed, change);
    }
    if (fetched.size > 0) {
      send(read, fetched);
    }
  }

  function flushSoon(): void {
    if (!isDeferred) {
      isDeferred = true;
      defer(() => {
        isDeferred = false;
        flush();
      });
    }
  }

  const listenIn =
    <T>(listeners: Set<Listener<T>>) =>
    (listener: Listener<T>): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };

  return {
    onChanged: listenIn(changed),
    onRead: listenIn(read),
    onSettled: listenIn(settled),
    accountsChanged() {
      accounts = true;
      flushSoon();
    },
    stateChanged(accountId) {
      states.add(accountId);
      flushSoon();
    },
    wasRead(accountId, snapshot) {
      snapshots.set(accountId, snapshot);
      flushSoon();
    },
    settled: (accountId) => send(settled, accountId),
    flush,
  };
}

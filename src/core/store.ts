import type { ApiError } from './api/api-error.ts';
import type { Connection } from './connection.ts';
import type { Destination } from './destination.ts';
import { createLimit } from './limit.ts';

/** What was read of an account, and when (milliseconds since the epoch). */
export type Snapshot = { readonly at: number; readonly destinations: readonly Destination[] };

/**
 * How an account stands. While it is read again it keeps the state it had: only the first reading is `loading`. A
 * failure keeps the last data known, which is then stale.
 */
export type AccountState =
  | { readonly kind: 'idle'; readonly last?: undefined }
  | { readonly kind: 'loading'; readonly last?: undefined }
  | { readonly kind: 'ready'; readonly last: Snapshot }
  | { readonly kind: 'failed'; readonly error: ApiError; readonly last?: Snapshot };

export type AccountEntry = { readonly connection: Connection; readonly state: AccountState };

/** What a change touches: `accounts` that came, went or moved, or just the ids whose state is another. */
export type Change = { readonly accounts: boolean; readonly states: ReadonlySet<string> };

export type Store = {
  /** In the user's order. */
  entries(): readonly AccountEntry[];
  entry(accountId: string): AccountEntry | undefined;
  /** Takes over the accounts there are now. States survive, except that a new client starts over any reading under way. */
  setConnections(connections: readonly Connection[]): void;
  /**
   * Reads these accounts (default: all). One that is being read already is not read twice. Never rejects. In the
   * background those are left out whose token Cloudflare has refused: until the user has replaced it or tries again.
   */
  refresh(accountIds?: readonly string[], options?: { readonly background?: boolean }): Promise<void>;
  /** Puts right what an operation of ours has changed, ahead of the next reading. */
  removeDestination(accountId: string, destinationId: string): void;
  /** As `removeDestination`, for one that was created or changed. */
  putDestination(accountId: string, destination: Destination): void;
  /** Returns what ends it. Nothing is sent where nothing changed. */
  onChanged(listener: (change: Change) => void): () => void;
};

export type StoreOptions = {
  readonly now: () => number;
  /** Turns whatever a reading threw into the error to keep. */
  readonly toApiError: (error: unknown) => ApiError;
  /** How many accounts are read at a time. */
  readonly concurrency?: number;
};

type Slot = {
  connection: Connection;
  state: AccountState;
  /** Raised by whatever makes a reading under way out of date. */
  generation: number;
  reading?: Promise<void>;
};

/** Holds accounts → destinations. The only writer of what the views show; the views only read and listen. */
export function createStore({ now, toApiError, concurrency = 6 }: StoreOptions): Store {
  let slots: ReadonlyMap<string, Slot> = new Map();
  const listeners = new Set<(change: Change) => void>();
  const inTurn = createLimit(concurrency);
  /** The clients whose token Cloudflare refused the last time it was used. */
  const refused = new WeakSet<Connection['api']>();

  function emit(change: Change): void {
    for (const listener of listeners) {
      listener(change);
    }
  }

  function setState(slot: Slot, state: AccountState): void {
    const changed = !isSameState(slot.state, state);
    slot.state = state;
    if (changed) {
      emit({ accounts: false, states: new Set([slot.connection.account.id]) });
    }
  }

  async function read(slot: Slot): Promise<void> {
    if (!slot.state.last && slot.state.kind !== 'failed') {
      setState(slot, { kind: 'loading' });
    }
    for (;;) {
      const { generation } = slot;
      const { account, api } = slot.connection;
      const outcome = await inTurn(() => api.listDestinations(account.id)).then(
        (destinations): AccountState => ({ kind: 'ready', last: { at: now(), destinations } }),
        (error: unknown): AccountState => {
          const { last } = slot.state;
          return { kind: 'failed', error: toApiError(error), ...(last ? { last } : {}) };
        },
      );
      if (outcome.kind === 'failed' && outcome.error.kind === 'auth') {
        refused.add(api);
      } else {
        refused.delete(api);
      }
      if (slots.get(account.id) !== slot) {
        return;
      }
      // Something changed the account meanwhile: this answer may be from before it.
      if (slot.generation === generation) {
        setState(slot, outcome);
        return;
      }
    }
  }

  function changeDestinations(
    accountId: string,
    work: (destinations: readonly Destination[]) => readonly Destination[],
  ): void {
    const slot = slots.get(accountId);
    if (!slot?.state.last) {
      return;
    }
    slot.generation += 1;
    setState(slot, { ...slot.state, last: { ...slot.state.last, destinations: work(slot.state.last.destinations) } });
  }

  return {
    entries: () => [...slots.values()],
    entry: (accountId) => slots.get(accountId),
    setConnections(connections) {
      const before = [...slots.values()].map(({ connection }) => connection);
      slots = new Map(
        connections.map((connection) => {
          const slot = slots.get(connection.account.id) ?? { connection, state: { kind: 'idle' }, generation: 0 };
          if (slot.connection.api !== connection.api) {
            slot.generation += 1;
          }
          slot.connection = connection;
          return [connection.account.id, slot];
        }),
      );
      const after = [...slots.values()].map(({ connection }) => connection);
      if (before.length !== after.length || before.some((connection, index) => !isSame(connection, after[index]))) {
        emit({ accounts: true, states: new Set() });
      }
    },
    async refresh(accountIds, { background = false } = {}) {
      const wanted = accountIds ?? [...slots.keys()];
      await Promise.all(
        wanted.flatMap((id) => {
          const slot = slots.get(id);
          if (!slot || (background && refused.has(slot.connection.api))) {
            return [];
          }
          slot.reading ??= read(slot).finally(() => {
            delete slot.reading;
          });
          return [slot.reading];
        }),
      );
    },
    removeDestination(accountId, destinationId) {
      changeDestinations(accountId, (destinations) => destinations.filter(({ id }) => id !== destinationId));
    },
    putDestination(accountId, destination) {
      changeDestinations(accountId, (destinations) =>
        destinations.some(({ id }) => id === destination.id)
          ? destinations.map((each) => (each.id === destination.id ? destination : each))
          : [...destinations, destination],
      );
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The same to anyone who looks: when it was read does not matter. */
function isSameState(a: AccountState, b: AccountState): boolean {
  const visible = ({ kind, last, ...rest }: AccountState): string =>
    JSON.stringify([kind, last?.destinations, 'error' in rest ? rest.error.details : null]);
  return visible(a) === visible(b);
}

function isSame(a: Connection, b: Connection | undefined): boolean {
  return a.api === b?.api && facts(a) === facts(b);
}

/** In an order of its own: one just made and one read back from storage have their keys in different orders. */
function facts({ account, token }: Connection): string {
  return JSON.stringify([account.id, account.name, token?.id, token?.owner, token?.expiresOn, token?.cloudflareId]);
}

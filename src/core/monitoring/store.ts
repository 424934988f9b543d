import type { ApiError, ApiErrorKind } from '../api/api-error.ts';
import type { Connection } from '../accounts/connection.ts';
import type { Destination } from '../model/destination.ts';
import { createLimit } from '../async/limit.ts';

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

/** The last time an account was tried here. */
export type Attempt = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly api: Connection['api'];
  /** How many have failed in a row, this one among them. */
  readonly failures: number;
};

export type AccountEntry = {
  readonly connection: Connection;
  readonly state: AccountState;
  readonly attempt?: Attempt;
  /** Settles when the reading that is under way has ended. */
  readonly reading?: Promise<void>;
};

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
   * background those are left out whose token Cloudflare has refused: until the user has replaced it or tries again. One
   * of them of which nothing is known yet shows the refusal as its own.
   */
  refresh(accountIds?: readonly string[], options?: { readonly background?: boolean }): Promise<void>;
  /** Whether what it is read through was refused the last time it was used, and nothing will change that by itself. */
  isRefused(connection: Connection): boolean;
  /** Takes over what another window has read, where that is newer. */
  adopt(accountId: string, snapshot: Snapshot): void;
  /** Puts right what an operation of ours has changed, ahead of the next reading. */
  removeDestination(accountId: string, destinationId: string): void;
  /** As `removeDestination`, for one that was created or changed. */
  putDestination(accountId: string, destination: Destination): void;
  /** Returns what ends it. Nothing is sent where nothing changed. */
  onChanged(listener: (change: Change) => void): () => void;
  /** Told of each reading here that succeeded, also of one that brought nothing new. Returns what ends it. */
  onRead(listener: (accountId: string, snapshot: Snapshot) => void): () => void;
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
  attempt?: Attempt;
  /** Raised by whatever makes a reading under way out of date. */
  generation: number;
  reading?: Promise<void>;
};

/** Failures of the client as a whole. */
const REFUSALS: ReadonlySet<ApiErrorKind> = new Set(['auth', 'noToken', 'misconfigured']);

/** Holds accounts → destinations. The only writer of what the views show; the views only read and listen. */
export function createStore({ now, toApiError, concurrency = 6 }: StoreOptions): Store {
  let slots: ReadonlyMap<string, Slot> = new Map();
  const listeners = new Set<(change: Change) => void>();
  const readListeners = new Set<(accountId: string, snapshot: Snapshot) => void>();
  const inTurn = createLimit(concurrency);
  /** The clients whose token was refused the last time it was used, and how. */
  const refused = new WeakMap<Connection['api'], ApiError>();

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
      if (outcome.kind === 'failed' && REFUSALS.has(outcome.error.kind)) {
        refused.set(api, outcome.error);
      } else {
        refused.delete(api);
      }
      if (slots.get(account.id) !== slot) {
        return;
      }
      // Something changed the account meanwhile: this answer may be from before it.
      if (slot.generation === generation) {
        const failures = outcome.kind === 'failed' ? (slot.attempt?.failures ?? 0) + 1 : 0;
        slot.attempt = { at: now(), api, failures };
        setState(slot, outcome);
        if (outcome.kind === 'ready') {
          for (const listener of readListeners) {
            listener(account.id, outcome.last);
          }
        }
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
          if (!slot) {
            return [];
          }
          const refusal = background ? refused.get(slot.connection.api) : undefined;
          if (refusal) {
            if (slot.state.kind === 'idle') {
              setState(slot, { kind: 'failed', error: refusal });
            }
            return [];
          }
          slot.reading ??= read(slot).finally(() => {
            delete slot.reading;
          });
          return [slot.reading];
        }),
      );
    },
    isRefused: ({ api }) => refused.has(api),
    adopt(accountId, { at, destinations }) {
      const slot = slots.get(accountId);
      const snapshot = { at: Math.min(at, now()), destinations };
      if (!slot || (slot.state.last && slot.state.last.at >= snapshot.at)) {
        return;
      }
      const { state, attempt } = slot;
      const hasFailedSince = state.kind === 'failed' && attempt !== undefined && attempt.at > snapshot.at;
      setState(slot, hasFailedSince ? { ...state, last: snapshot } : { kind: 'ready', last: snapshot });
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
    onRead(listener) {
      readListeners.add(listener);
      return () => readListeners.delete(listener);
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

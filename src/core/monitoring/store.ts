import { ApiError, type ApiErrorKind, describeForLog } from '../api/api-error.ts';
import type { Log } from '../api/transport.ts';
import { type Connection, isSameConnection } from '../accounts/connection.ts';
import { createLimit, type Limit } from '../async/limit.ts';
import type { CachedDestination, Destination } from '../model/destination.ts';
import { type AccountEntry, type AccountState, type Attempt, isSameState } from './account-state.ts';
import { makeSnapshot, mergeCached } from './snapshot.ts';
import { createStoreEvents, type StoreEvents } from './store-events.ts';
import { addState, NO_ACCOUNTS, subtractState, type Totals } from './totals.ts';

export type RefreshOptions = {
  /** Leaves out the accounts whose token Cloudflare has refused, until the user has replaced it or tries again. */
  readonly background?: boolean;
  /** Ends a refresh of many accounts: requests in flight end by themselves, no other is sent. */
  readonly signal?: AbortSignal;
  /** Called for each account when it is done with, whatever came of it. */
  readonly onDone?: (accountId: string) => void;
};

export type Store = Pick<StoreEvents, 'onChanged' | 'onRead' | 'onSettled'> & {
  /** In the user's order. The same array until accounts come, go or move. */
  entries(): readonly AccountEntry[];
  entry(accountId: string): AccountEntry | undefined;
  totals(): Totals;
  /** Takes over the accounts there are now. States survive, except that a new client restarts any refresh in flight. */
  setConnections(connections: readonly Connection[]): void;
  /**
   * Refreshes these accounts (default: all). One that is in flight is not fetched twice. Never rejects. Once it resolves,
   * listeners have been told. An account that has never been loaded takes over its token's error.
   */
  refresh(accountIds?: readonly string[], options?: RefreshOptions): Promise<void>;
  /** Whether its token was refused the last time it was used, which nothing changes by itself. */
  isRefused(connection: Connection): boolean;
  /**
   * Takes over what another window or session has fetched, where that is newer. `differs`: an account that has been
   * fetched here must be fetched again, since more than its timestamps is different.
   */
  adopt(accountId: string, cached: CachedReading): 'adopted' | 'ignored' | 'differs';
  /** Applies what an operation of this window has changed, ahead of the next refresh. */
  removeDestination(accountId: string, destinationId: string): void;
  /** As `removeDestination`, for one that was created or changed. */
  putDestination(accountId: string, destination: Destination): void;
};

export type CachedReading = { readonly at: number; readonly destinations: readonly CachedDestination[] };

export type StoreOptions = {
  readonly now: () => number;
  /** Turns whatever a refresh threw into the error to keep. */
  readonly toApiError: (error: unknown) => ApiError;
  /** Calls back soon, in a later macrotask: what changes until then is told in one event. */
  readonly defer: (work: () => void) => void;
  readonly log: Log;
  /** Waits until a request of the user's may be sent; rejects once the signal aborts. Default: at once. */
  readonly admit?: (connection: Connection, signal?: AbortSignal) => Promise<void>;
  /** How many accounts are fetched at a time, of one token and in all. */
  readonly concurrency?: { readonly perToken: number; readonly total: number };
};

type Slot = {
  connection: Connection;
  state: AccountState;
  attempt?: Attempt;
  /** Raised by whatever makes a refresh in flight out of date. */
  generation: number;
  reading?: Promise<void>;
};

/** Failures of the client as a whole. */
const REFUSALS: ReadonlySet<ApiErrorKind> = new Set(['auth', 'noToken', 'misconfigured']);
const CONCURRENCY = { perToken: 6, total: 24 };

/** Holds accounts → destinations. The only writer of what the views show; the views only read and listen. */
export function createStore({ now, toApiError, defer, log, admit, concurrency = CONCURRENCY }: StoreOptions): Store {
  let slots: ReadonlyMap<string, Slot> = new Map();
  let entries: readonly Slot[] = [];
  let totals = NO_ACCOUNTS;
  const events = createStoreEvents(defer, (error) => log('error', `A listener failed: ${describeForLog(error)}`));
  const total = createLimit(concurrency.total);
  const limits = new WeakMap<Connection['api'], Limit>();
  /** The clients whose token was refused the last time it was used, and how. */
  const refused = new WeakMap<Connection['api'], ApiError>();

  /** So that a token whose requests hang holds up no other. */
  function limitOf(api: Connection['api']): Limit {
    const limit = limits.get(api) ?? createLimit(concurrency.perToken);
    limits.set(api, limit);
    return limit;
  }

  function setState(slot: Slot, state: AccountState): void {
    const { id } = slot.connection.account;
    if (slots.get(id) !== slot) {
      return;
    }
    const changed = !isSameState(slot.state, state);
    totals = addState(subtractState(totals, slot.state), state);
    slot.state = state;
    if (changed) {
      events.stateChanged(id);
    }
  }

  async function read(slot: Slot, isAdmitted: boolean, signal: AbortSignal | undefined): Promise<void> {
    const { cached } = slot.state;
    if (slot.state.kind === 'idle') {
      setState(slot, { kind: 'loading', ...(cached ? { cached } : {}) });
    }
    for (;;) {
      const { generation, connection } = slot;
      const { account, api } = connection;
      const outcome = await limitOf(api)(async () => {
        if (isAdmitted) {
          signal?.throwIfAborted();
          await admit?.(connection, signal);
        }
        return total(() => api.listDestinations(account.id));
      }).then(
        (destinations): AccountState => ({ kind: 'ready', last: makeSnapshot(now(), destinations, slot.state.last) }),
        (error: unknown): AccountState | undefined => {
          const { last, cached: shown } = slot.state;
          return isAdmitted && signal?.aborted && !(error instanceof ApiError)
            ? undefined
            : { kind: 'failed', error: toApiError(error), ...(last ? { last } : shown ? { cached: shown } : {}) };
        },
      );
      if (!outcome) {
        cancel(slot);
        return;
      }
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
          events.wasRead(account.id, outcome.last);
        }
        return;
      }
    }
  }

  function cancel(slot: Slot): void {
    const { kind, cached } = slot.state;
    if (kind === 'loading') {
      setState(slot, { kind: 'idle', ...(cached ? { cached } : {}) });
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
    const { last } = slot.state;
    slot.generation += 1;
    setState(slot, { ...slot.state, last: makeSnapshot(last.at, work(last.destinations), last) });
    events.flush();
  }

  /** Starts or joins the refresh of an account. */
  async function refreshSlot(slot: Slot, isAdmitted: boolean, { background, signal, onDone }: RefreshOptions) {
    const { id } = slot.connection.account;
    const refusal = background ? refused.get(slot.connection.api) : undefined;
    if (!refusal) {
      slot.reading ??= read(slot, isAdmitted, signal).finally(() => {
        delete slot.reading;
        if (slots.get(id) === slot) {
          events.settled(id);
        }
      });
      await slot.reading;
    } else if (slot.state.kind === 'idle') {
      const { cached } = slot.state;
      setState(slot, { kind: 'failed', error: refusal, ...(cached ? { cached } : {}) });
    }
    onDone?.(id);
  }

  return {
    ...events,
    entries: () => entries,
    entry: (accountId) => slots.get(accountId),
    totals: () => totals,
    setConnections(connections) {
      const before = entries.map(({ connection }) => connection);
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
      entries = [...slots.values()];
      totals = entries.reduce((sum, { state }) => addState(sum, state), NO_ACCOUNTS);
      if (
        before.length !== entries.length ||
        entries.some(({ connection }, at) => !isSameConnection(connection, before[at]))
      ) {
        events.accountsChanged();
        events.flush();
      }
    },
    async refresh(accountIds, options = {}) {
      const wanted = accountIds ? accountIds.flatMap((id) => slots.get(id) ?? []) : entries;
      // One account is one request: it is sent now, and where there are too many the answer says for how long.
      const isAdmitted = !options.background && wanted.length > 1;
      await Promise.all(wanted.map((slot) => refreshSlot(slot, isAdmitted, options)));
      if (!options.background) {
        events.flush();
      }
    },
    isRefused: ({ api }) => refused.has(api),
    adopt(accountId, { at, destinations }) {
      const slot = slots.get(accountId);
      const { last, cached } = slot?.state ?? {};
      const age = Math.min(at, now());
      if (!slot || ((last ?? cached)?.at ?? 0) >= age) {
        return 'ignored';
      }
      const { state, attempt } = slot;
      const merged = makeSnapshot(age, destinations, cached);
      const hasFailedSince = state.kind === 'failed' && attempt !== undefined && attempt.at > age;
      if (last) {
        const live = mergeCached(last, merged);
        if (!live) {
          return 'differs';
        }
        setState(slot, hasFailedSince ? { ...state, last: live } : { kind: 'ready', last: live });
      } else if (hasFailedSince || state.kind === 'loading') {
        setState(slot, { ...state, cached: merged });
      } else {
        setState(slot, { kind: 'idle', cached: merged });
      }
      events.settled(accountId);
      return 'adopted';
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
  };
}

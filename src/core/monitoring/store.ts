import { ApiError, type ApiErrorKind, describeForLog, lackPermission } from '../api/api-error.ts';
import { skippedIn } from '../api/skipped.ts';
import type { Log } from '../api/transport.ts';
import { type Connection, isSameConnection, type TokenVerdict, verifyTokenOf } from '../accounts/connection.ts';
import { createCanceledError } from '../async/canceled.ts';
import { createLimit, type Limit } from '../async/limit.ts';
import type { Destination } from '../model/destination.ts';
import { comparableId, findById, isSameId } from '../model/id.ts';
import { type AccountEntry, type AccountState, type Attempt, isSameState } from './account-state.ts';
import { type CachedSnapshot, makeSnapshot, mergeCached } from './snapshot.ts';
import { createStoreEvents, type StoreEvents } from './store-events.ts';
import { MOST_AHEAD } from './status.ts';
import { addState, NO_ACCOUNTS, subtractState, type Totals } from './totals.ts';

export type RefreshOptions = {
  /**
   * Sends nothing for accounts whose token Cloudflare refused, until the user replaces the token or retries. They show
   * the refusal.
   */
  readonly background?: boolean;
  /** Ends a refresh of many accounts: requests in flight complete, and no other is sent. */
  readonly signal?: AbortSignal;
  /** Called for each account when its refresh has ended, with any result. */
  readonly onDone?: (accountId: string) => void;
};

export type Store = Pick<StoreEvents, 'onChanged' | 'onRead' | 'onSettled'> & {
  /** In the user's order. The array is the same until accounts are added, removed or moved. */
  entries(): readonly AccountEntry[];
  entry(accountId: string): AccountEntry | undefined;
  totals(): Totals;
  /** Replaces the list of accounts. States are kept, except that a new client restarts a refresh in flight. */
  setConnections(connections: readonly Connection[]): void;
  /**
   * Refreshes these accounts (default: all). Joins a refresh that is in flight. Never rejects. Listeners are called
   * before it resolves. An account whose token was refused gets the error of the token.
   */
  refresh(accountIds?: readonly string[], options?: RefreshOptions): Promise<void>;
  /** The error with which Cloudflare refused the token at its last use. */
  refusalOf(connection: Connection): ApiError | undefined;
  /**
   * Adopts the snapshot of another window or session if it is newer. `differs`: the account must be fetched again,
   * because more than its timestamps changed, or its list could not be read as a whole.
   */
  adopt(accountId: string, cached: CachedReading): 'adopted' | 'ignored' | 'differs';
  /** Applies a deletion of this window before the next refresh. */
  removeDestination(accountId: string, destinationId: string): void;
  /** Applies a created or changed destination before the next refresh. */
  putDestination(accountId: string, destination: Destination): void;
  /** Applies what was read of a destination; does nothing if it is not listed any more. */
  updateDestination(accountId: string, destination: Destination): void;
};

/** `skipped`: how many malformed entries Cloudflare's list also had. Default: 0. */
export type CachedReading = Pick<CachedSnapshot, 'at' | 'destinations'> & { readonly skipped?: number };

export type StoreOptions = {
  readonly now: () => number;
  /** Converts an error of a refresh to the error to store. */
  readonly toApiError: (error: unknown) => ApiError;
  /** Calls back in a later macrotask. Changes until then share one event. */
  readonly defer: (work: () => void) => void;
  readonly log: Log;
  /** Waits until a request of the user may be sent; rejects once the signal aborts. Default: no wait. */
  readonly admit?: (connection: Connection, signal?: AbortSignal) => Promise<void>;
  /** The most accounts that are fetched concurrently, per token and in total. */
  readonly concurrency?: { readonly perToken: number; readonly total: number };
};

type Slot = {
  connection: Connection;
  state: AccountState;
  attempt?: Attempt;
  /** Incremented by each change that makes a refresh in flight out of date. */
  generation: number;
  /** `false`: it was canceled. */
  inFlight?: Promise<boolean>;
  /** Sends the request of a refresh in flight that waits to be admitted. */
  hurry?: () => void;
  /** Ends the wait of such a request with a client that is outdated. Nothing is sent. */
  giveUp?: () => void;
  readonly deleted: Set<string>;
};

type Admission = {
  readonly send: () => Promise<readonly Destination[]>;
  readonly hurried: Promise<void>;
  readonly signal: AbortSignal | undefined;
};

/** Errors that concern the token and so all its accounts. */
const REFUSALS: ReadonlySet<ApiErrorKind> = new Set(['auth', 'noToken', 'storageUnreadable', 'misconfigured']);
const CONCURRENCY = { perToken: 6, total: 24 };

/** Holds the accounts and their destinations. Only the store writes the data that views show. */
export function createStore({ now, toApiError, defer, log, admit, concurrency = CONCURRENCY }: StoreOptions): Store {
  let slots: ReadonlyMap<string, Slot> = new Map();
  let entries: readonly Slot[] = [];
  let totals = NO_ACCOUNTS;
  const events = createStoreEvents(defer, (error) => log('error', `A listener failed: ${describeForLog(error)}`));
  const total = createLimit(concurrency.total);
  /** A limit per token, so that a token whose requests hang does not block the others. */
  const limitOf = createLimitPerClient(concurrency.perToken);
  /** Around the limit above, so that requests that wait to be admitted take no place of the others. */
  const admissionOf = createLimitPerClient(concurrency.perToken);
  /** The clients whose token was refused at its last use, with the error and when that was. */
  const refused = new WeakMap<Connection['api'], { readonly error: ApiError; readonly at: number }>();
  /** The questions in flight whether a token is valid, so that accounts refused at the same time ask once. */
  const questions = new WeakMap<Connection['api'], Promise<TokenVerdict>>();

  /** Whether the account was removed, or got another client. */
  function isOutdated({ account, api }: Connection): boolean {
    return slots.get(account.id)?.connection.api !== api;
  }

  /** Sends nothing for a connection that is outdated after the wait. */
  async function fetchNow(connection: Connection, signal?: AbortSignal): Promise<readonly Destination[]> {
    const { account, api } = connection;
    return limitOf(api)(async () =>
      total(async () => {
        signal?.throwIfAborted();
        if (isOutdated(connection)) {
          throw createCanceledError();
        }
        return api.listDestinations(account.id);
      }),
    );
  }

  /** Waits until the request may be sent. A refresh of this account alone, which joins, ends the wait (`hurried`). */
  async function fetchAdmitted(
    connection: Connection,
    { send, hurried, signal }: Admission,
  ): Promise<readonly Destination[]> {
    let sent: Promise<readonly Destination[]> | undefined;
    const sendOnce = async (): Promise<readonly Destination[]> => (sent ??= send());
    const admitted = admissionOf(connection.api)(async () => {
      if (!sent) {
        signal?.throwIfAborted();
        await Promise.race([admit?.(connection, signal), hurried]);
      }
      return sendOnce();
    });
    return Promise.race([admitted, hurried.then(sendOnce)]);
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

  /** `false`: canceled. */
  async function read(slot: Slot, isAdmitted: boolean, signal: AbortSignal | undefined): Promise<boolean> {
    const { cached } = slot.state;
    if (slot.state.kind === 'idle') {
      setState(slot, { kind: 'loading', ...(cached ? { cached } : {}) });
    }
    let isHurried = !isAdmitted;
    for (;;) {
      const { connection } = slot;
      const hurried = Promise.withResolvers<void>();
      slot.giveUp = hurried.resolve;
      slot.hurry = () => {
        isHurried = true;
        hurried.resolve();
      };
      let { generation } = slot;
      const send = async (): Promise<readonly Destination[]> => {
        // What changed during the wait is in the answer.
        generation = slot.connection === connection ? slot.generation : generation;
        return fetchNow(connection, isHurried ? undefined : signal);
      };
      const { account, api } = connection;
      const admission = { send, hurried: hurried.promise, signal };
      const outcome = await (isHurried ? send() : fetchAdmitted(connection, admission)).then(
        (destinations): AccountState => ({
          kind: 'ready',
          last: makeSnapshot(now(), destinations, slot.state.last, skippedIn(destinations)),
        }),
        async (reason: unknown): Promise<AccountState | undefined> => {
          if (!(reason instanceof ApiError) && ((isAdmitted && signal?.aborted) || isOutdated(connection))) {
            return undefined;
          }
          const error = await explainFailure(connection, toApiError(reason), isAdmitted && signal?.aborted === true);
          const { last, cached: shown } = slot.state;
          return { kind: 'failed', error, ...(last ? { last } : shown ? { cached: shown } : {}) };
        },
      );
      if (!outcome && !isOutdated(connection)) {
        cancel(slot);
        return false;
      }
      if (outcome?.kind === 'ready') {
        refused.delete(api);
      }
      if (slots.get(account.id) !== slot) {
        return true;
      }
      // Apply the answer only if nothing changed the account since the request: the answer may be older than the
      // change.
      if (outcome && slot.generation === generation) {
        const failures = outcome.kind === 'failed' ? (slot.attempt?.failures ?? 0) + 1 : 0;
        slot.attempt = { at: now(), api, failures };
        setState(slot, outcome);
        if (outcome.kind === 'ready') {
          events.wasRead(account.id, outcome.last);
        }
        return true;
      }
    }
  }

  /**
   * Notes whether the token was refused. Cloudflare answers 401 for a token that is not valid and for one that may not use
   * this account, so the token is verified after it: one that is active lacks the permission for the account.
   */
  async function explainFailure(connection: Connection, error: ApiError, isCanceled: boolean): Promise<ApiError> {
    const { api } = connection;
    const verdict = error.kind === 'auth' ? (isCanceled ? 'unclear' : await verify(connection)) : undefined;
    if (verdict === 'active') {
      refused.delete(api);
      return lackPermission(error);
    }
    if (verdict !== 'unclear') {
      if (REFUSALS.has(error.kind)) {
        // One object for all accounts, by which the refresh scheduler sees that nothing has changed.
        const before = refused.get(api)?.error ?? error;
        const same = textOf(before) === textOf(error) ? before : error;
        refused.set(api, { error: same, at: now() });
        return same;
      }
      refused.delete(api);
    }
    return error;
  }

  async function verify(connection: Connection): Promise<TokenVerdict> {
    const { api } = connection;
    const listSharing = (): readonly string[] =>
      entries.filter((each) => each.connection.api === api).map((each) => each.connection.account.id);
    const question = questions.get(api) ?? verifyTokenOf(connection, listSharing).finally(() => questions.delete(api));
    questions.set(api, question);
    return question;
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
    if (!slot) {
      return;
    }
    slot.generation += 1;
    const { last } = slot.state;
    if (!last) {
      return;
    }
    const changed = makeSnapshot(last.at, work(last.destinations), last);
    setState(slot, { ...slot.state, last: last.areUrlsOlder ? { ...changed, areUrlsOlder: true } : changed });
    events.flush();
  }

  /** Keeps the spelling of the listed ID. `false`: the destination is not listed. */
  function updateDestination(accountId: string, destination: Destination): boolean {
    const listed = findById(slots.get(accountId)?.state.last?.destinations ?? [], destination.id);
    if (!listed) {
      return false;
    }
    const updated = { ...destination, id: listed.id };
    changeDestinations(accountId, (destinations) => destinations.map((each) => (each === listed ? updated : each)));
    return true;
  }

  /** Starts or joins the refresh of an account. */
  async function refreshSlot(slot: Slot, isAdmitted: boolean, { background, signal, onDone }: RefreshOptions) {
    const { id } = slot.connection.account;
    const refusal = background ? refused.get(slot.connection.api)?.error : undefined;
    if (!refusal) {
      let isDone: boolean;
      do {
        if (!background && !isAdmitted) {
          slot.hurry?.();
        }
        slot.inFlight ??= read(slot, isAdmitted, signal).finally(() => {
          delete slot.inFlight;
          if (slots.get(id) === slot) {
            events.settled(id);
          }
        });
        isDone = await slot.inFlight;
        // The refresh that this one joined may have been canceled by another caller.
      } while (!isDone && !signal?.aborted && slots.get(id) === slot);
    } else if (!slot.inFlight && !(slot.state.kind === 'failed' && slot.state.error === refusal)) {
      const { last, cached } = slot.state;
      setState(slot, { kind: 'failed', error: refusal, ...(last ? { last } : cached ? { cached } : {}) });
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
          const slot = slots.get(connection.account.id) ?? {
            connection,
            state: { kind: 'idle' },
            generation: 0,
            deleted: new Set(),
          };
          if (slot.connection.api !== connection.api) {
            slot.generation += 1;
            slot.giveUp?.();
          }
          slot.connection = connection;
          return [connection.account.id, slot];
        }),
      );
      entries.filter(({ connection }) => !slots.has(connection.account.id)).forEach((slot) => slot.giveUp?.());
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
      // One account needs one request, which is sent without waiting. If it exceeds the rate limit, the answer says how
      // long to wait.
      const isAdmitted = wanted.length > 1;
      await Promise.all(wanted.map((slot) => refreshSlot(slot, isAdmitted, options)));
      if (!options.background) {
        events.flush();
      }
    },
    refusalOf: ({ api }) => refused.get(api)?.error,
    adopt(accountId, { at, destinations, skipped = 0 }) {
      const slot = slots.get(accountId);
      const { last, cached } = slot?.state ?? {};
      const age = Math.min(at, now());
      const known = (last ?? cached)?.at ?? 0;
      // What was fetched before the clock was set back does not keep out what is newer.
      if (!slot || at - age > MOST_AHEAD || (known >= age && known - now() <= MOST_AHEAD)) {
        return 'ignored';
      }
      const { state, attempt } = slot;
      const { api } = slot.connection;
      if (age > (refused.get(api)?.at ?? Number.POSITIVE_INFINITY)) {
        // Another window has used the token since.
        refused.delete(api);
      }
      const merged = makeSnapshot(age, destinations, cached, skipped);
      const hasFailedSince = state.kind === 'failed' && attempt !== undefined && attempt.at > age;
      if (last) {
        const live = skipped === last.skipped ? mergeCached(last, merged) : undefined;
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
      slots.get(accountId)?.deleted.add(comparableId(destinationId));
      changeDestinations(accountId, (destinations) => destinations.filter(({ id }) => !isSameId(id, destinationId)));
    },
    putDestination(accountId, destination) {
      if (!updateDestination(accountId, destination)) {
        changeDestinations(accountId, (destinations) => [...destinations, destination]);
      }
    },
    updateDestination: (accountId, destination) => void updateDestination(accountId, destination),
  };
}

/** Without the ray ID, which is another one in each answer. */
function textOf({ details }: ApiError): string {
  return JSON.stringify({ ...details, rayId: undefined });
}

function createLimitPerClient(most: number): (api: Connection['api']) => Limit {
  const limits = new WeakMap<Connection['api'], Limit>();
  return (api) => {
    const limit = limits.get(api) ?? createLimit(most);
    limits.set(api, limit);
    return limit;
  };
}

import type { Connection } from '../accounts/connection.ts';
import { listSilences } from '../api/alerting-calls.ts';
import { skippedIn } from '../api/skipped.ts';
import type { Policy } from '../model/policy.ts';
import type { Silence } from '../model/silence.ts';

/** The policies of one account, with what the API has about them: display names of their alert types and silences. */
export type AccountPolicies = {
  readonly policies: readonly Policy[];
  readonly alertNames: ReadonlyMap<string, string>;
  /** The silences of the account; undefined if they could not be fetched. */
  readonly silences?: readonly Silence[];
};

/** Caches the policies of accounts, which show which policies use a destination. Fetched on first use. */
export type PolicyStore = {
  /** Returns the cached policies without a fetch. */
  known(accountId: string): AccountPolicies | undefined;
  /**
   * Returns the cached policies, or fetches them once for all concurrent callers. Throws API errors, which are not
   * cached.
   */
  get(connection: Connection): Promise<AccountPolicies>;
  /** Fetches the policies again, for decisions that need current data, such as a deletion. */
  read(connection: Connection, signal?: AbortSignal): Promise<AccountPolicies>;
  /**
   * Drops the cache after policies may have changed; the next use fetches them again, also where the last fetch failed.
   * Default: all accounts.
   */
  forget(accountIds?: readonly string[]): void;
  /**
   * Fires with an account when its cached policies are dropped or changed, or can be fetched after a failure. Returns a
   * function that unsubscribes.
   */
  onChanged(listener: (accountId: string) => void): () => void;
};

/** Whether the policies of an account, how many of them could not be read, and their silences are the same in both. */
export function isSamePolicies(a: AccountPolicies, b: AccountPolicies): boolean {
  const factsOf = ({ policies, silences }: AccountPolicies): string =>
    JSON.stringify([policies, skippedIn(policies), silences]);
  return factsOf(a) === factsOf(b);
}

/** How many calls {@link PolicyStore.read} sends: policies, silences, and names of alert types. */
export const CALLS_PER_READ = 3;

export function createPolicyStore(): PolicyStore {
  const kept = new Map<string, { readonly api: Connection['api']; readonly value: AccountPolicies }>();
  const inFlight = new Map<string, { readonly api: Connection['api']; readonly value: Promise<AccountPolicies> }>();
  /** The accounts whose last fetch failed for a view that shows so. */
  const failed = new Set<string>();
  const listeners = new Set<(accountId: string) => void>();
  /** Cloudflare's display names of alert types, which rarely change. */
  const alertNames = new Map<string, ReadonlyMap<string, string>>();

  function emit(accountId: string): void {
    for (const listener of listeners) {
      listener(accountId);
    }
  }

  async function readNames({ account, api }: Connection, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const known = alertNames.get(account.id);
    if (known) {
      return known;
    }
    try {
      const names = await api.listAlertNames(account.id, signal);
      alertNames.set(account.id, names);
      return names;
    } catch {
      // Without display names the views show the alert types. The client has logged the error.
      return new Map();
    }
  }

  /** Counts reads and resets. An answer that is older than the last reset or a later read is not kept. */
  let clock = 0;
  const newest = new Map<string, number>();

  async function read(connection: Connection, signal?: AbortSignal): Promise<AccountPolicies> {
    const { account, api } = connection;
    clock += 1;
    const turn = clock;
    const [policies, names, silences] = await Promise.all([
      api.listPolicies(account.id, signal),
      readNames(connection, signal),
      // The client has logged the error.
      listSilences(api, account.id, signal).catch(() => undefined),
    ]);
    // An aborted call of names or silences must not count as a failed one.
    signal?.throwIfAborted();
    const value = { policies, alertNames: names, ...(silences ? { silences } : {}) };
    if ((newest.get(account.id) ?? 0) > turn) {
      return value;
    }
    newest.set(account.id, turn);
    const before = kept.get(account.id)?.value;
    kept.set(account.id, { api, value });
    const hadFailed = failed.delete(account.id);
    if (hadFailed || (before && !isSamePolicies(before, value))) {
      emit(account.id);
    }
    return value;
  }

  return {
    known: (accountId) => kept.get(accountId)?.value,
    read,
    async get(connection) {
      const { account, api } = connection;
      const known = kept.get(account.id);
      if (known?.api === api) {
        return known.value;
      }
      const running = inFlight.get(account.id);
      if (running?.api === api) {
        return running.value;
      }
      const started = { api, value: read(connection) };
      inFlight.set(account.id, started);
      try {
        return await started.value;
      } catch (error) {
        failed.add(account.id);
        throw error;
      } finally {
        if (inFlight.get(account.id) === started) {
          inFlight.delete(account.id);
        }
      }
    },
    forget(accountIds = [...kept.keys(), ...inFlight.keys(), ...failed]) {
      for (const id of accountIds) {
        clock += 1;
        newest.set(id, clock);
        const wasInProgress = inFlight.delete(id);
        const hadFailed = failed.delete(id);
        if (kept.delete(id) || wasInProgress || hadFailed) {
          emit(id);
        }
      }
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

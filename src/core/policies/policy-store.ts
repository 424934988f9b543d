import type { Connection } from '../accounts/connection.ts';
import type { Policy } from '../model/policy.ts';

/** The policies of one account, and the readable names of their alert types as far as those could be read. */
export type AccountPolicies = {
  readonly policies: readonly Policy[];
  readonly alertNames: ReadonlyMap<string, string>;
};

/** The policies of accounts, read when first asked for and kept until they are forgotten: who uses which destination. */
export type PolicyStore = {
  /** What was read of an account, without asking. */
  known(accountId: string): AccountPolicies | undefined;
  /** What is known, else one reading, however many ask for it. Throws what the API throws, and then keeps nothing. */
  get(connection: Connection): Promise<AccountPolicies>;
  /** A new reading, for what must be right: what a deletion would silence. */
  read(connection: Connection, signal?: AbortSignal): Promise<AccountPolicies>;
  /** Called when policies may have changed; the next to ask has them read again. Default: all accounts. */
  forget(accountIds?: readonly string[]): void;
  /** Told of an account when what was known of its policies is forgotten or turns out to be another. Returns what ends it. */
  onChanged(listener: (accountId: string) => void): () => void;
};

export function createPolicyStore(): PolicyStore {
  const kept = new Map<string, { readonly api: Connection['api']; readonly value: AccountPolicies }>();
  const readings = new Map<string, { readonly api: Connection['api']; readonly value: Promise<AccountPolicies> }>();
  const listeners = new Set<(accountId: string) => void>();
  /** The names of alert types are Cloudflare's and the same all day. */
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
      // They only embellish: without them the types stand for themselves. The client has logged why.
      return new Map();
    }
  }

  async function read(connection: Connection, signal?: AbortSignal): Promise<AccountPolicies> {
    const { account, api } = connection;
    const [policies, names] = await Promise.all([api.listPolicies(account.id, signal), readNames(connection, signal)]);
    const value = { policies, alertNames: names };
    const before = kept.get(account.id)?.value;
    kept.set(account.id, { api, value });
    if (before && JSON.stringify(before.policies) !== JSON.stringify(policies)) {
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
      const running = readings.get(account.id);
      if (running?.api === api) {
        return running.value;
      }
      const reading = { api, value: read(connection) };
      readings.set(account.id, reading);
      try {
        return await reading.value;
      } finally {
        if (readings.get(account.id) === reading) {
          readings.delete(account.id);
        }
      }
    },
    forget(accountIds = [...kept.keys(), ...readings.keys()]) {
      for (const id of accountIds) {
        readings.delete(id);
        if (kept.delete(id)) {
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

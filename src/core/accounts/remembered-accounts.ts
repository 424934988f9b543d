import * as v from 'valibot';
import type { Account } from '../model/account.ts';
import { plainName } from '../model/plain-text.ts';
import type { InUse } from './stored-keys.ts';

/**
 * An account as persisted between sessions. Contains no secret. An account appears once, even if several tokens have
 * access to it.
 */
export type RememberedAccount = {
  readonly id: string;
  /** The name in Cloudflare, or the id if no token has permission to read the name. */
  readonly name: string;
  /** The name that the user gave the account in VS Code. */
  readonly label?: string;
  /** Ids of token records. The first token is the one in use. */
  readonly tokenIds: readonly [string, ...string[]];
};

/** The accounts in the order that the user chose. */
export type RememberedAccounts = readonly RememberedAccount[];

const schema = v.array(
  v.object({
    id: v.pipe(v.string(), v.nonEmpty()),
    name: v.string(),
    label: v.exactOptional(v.string()),
    tokenIds: v.tupleWithRest([v.string()], v.string()),
  }),
);

/** Validates a persisted value. Returns undefined if the value is not a list of accounts. */
export function parseRememberedAccounts(value: unknown): RememberedAccounts | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}

/** Returns the account to show, named by its label, or else by its Cloudflare name, or else by its ID. */
export function toAccount({ id, name, label }: RememberedAccount): Account {
  return { id, name: plainName(label ?? name) || id };
}

/** An account to add. `name` is the name in Cloudflare, or the id if the token has no permission to read the name. */
export type AddedAccount = Account & { readonly label?: string };

/** Adds accounts and makes the token the one in use for each. Accounts already in the list keep their position. */
export function addAccounts(
  list: RememberedAccounts,
  added: readonly AddedAccount[],
  tokenId: string,
): RememberedAccounts {
  const rest = new Map(added.map((account) => [account.id, account]));
  const known = list.map((account) => {
    const again = rest.get(account.id);
    rest.delete(account.id);
    if (!again) {
      return account;
    }
    const { id, name, label } = again;
    const named = { ...account, name: name === id ? account.name : name };
    return useToken(label === undefined ? named : { ...named, label }, tokenId);
  });
  const fresh = [...rest.values()].map((account): RememberedAccount => ({ ...account, tokenIds: [tokenId] }));
  return [...known, ...fresh];
}

function useToken(account: RememberedAccount, tokenId: string): RememberedAccount {
  return { ...account, tokenIds: [tokenId, ...account.tokenIds.filter((id) => id !== tokenId)] };
}

/** Makes a different token the one in use for an account. */
export function chooseToken(list: RememberedAccounts, accountId: string, tokenId: string): RememberedAccounts {
  return list.map((account) => (account.id === accountId ? useToken(account, tokenId) : account));
}

/** Puts another token in the place of one, in all accounts. */
export function replaceToken(list: RememberedAccounts, tokenId: string, by: string): RememberedAccounts {
  return list.map((account) => {
    const [first, ...rest] = account.tokenIds.map((id) => (id === tokenId ? by : id));
    return first === undefined
      ? account
      : { ...account, tokenIds: [first, ...new Set(rest.filter((id) => id !== first))] };
  });
}

export function removeAccount(list: RememberedAccounts, accountId: string): RememberedAccounts {
  return list.filter(({ id }) => id !== accountId);
}

/** Sets the label of an account. A label that is empty or equal to the Cloudflare name removes the label. */
export function labelAccount(list: RememberedAccounts, accountId: string, label: string): RememberedAccounts {
  return list.map(({ label: old, ...account }) => {
    const kept = account.id === accountId ? label.trim() : (old ?? '');
    return kept === '' || kept === account.name ? account : { ...account, label: kept };
  });
}

/** Moves accounts to the position of the account `onto`, or to the end if the list does not contain `onto`. */
export function moveAccounts(
  list: RememberedAccounts,
  moved: ReadonlySet<string>,
  onto: string | undefined,
): RememberedAccounts {
  if (onto !== undefined && moved.has(onto)) {
    return list;
  }
  const staying = list.filter(({ id }) => !moved.has(id));
  const moving = list.filter(({ id }) => moved.has(id));
  const target = staying.findIndex(({ id }) => id === onto);
  const downwards = list.findIndex(({ id }) => moved.has(id)) < list.findIndex(({ id }) => id === onto);
  return staying.toSpliced(target === -1 ? staying.length : target + (downwards ? 1 : 0), 0, ...moving);
}

/** Returns the ids of tokens that only `before` references, so that their records can be deleted. */
export function orphanedTokens(before: RememberedAccounts, after: RememberedAccounts): readonly string[] {
  const used = new Set(after.flatMap(({ tokenIds }) => tokenIds));
  return [...new Set(before.flatMap(({ tokenIds }) => tokenIds))].filter((id) => !used.has(id));
}

/** The IDs of these accounts, and of all tokens that any of them can use. */
export function toInUse(list: RememberedAccounts): InUse {
  return {
    accountIds: new Set(list.map(({ id }) => id)),
    tokenIds: new Set(list.flatMap(({ tokenIds }) => tokenIds)),
  };
}

import * as v from 'valibot';
import type { Account } from '../model/account.ts';

/**
 * An account as it is remembered between sessions; holds no secret. One account stands once, however many tokens see it:
 * the first of its tokens is the one it is read through.
 */
export type RememberedAccount = {
  readonly id: string;
  /** What Cloudflare calls it; its id where no token may read that. */
  readonly name: string;
  /** What the user calls it. */
  readonly label?: string;
  /** Ids of token records, the one in use first. */
  readonly tokenIds: readonly [string, ...string[]];
};

/** In the user's order. */
export type RememberedAccounts = readonly RememberedAccount[];

const schema = v.array(
  v.object({
    id: v.pipe(v.string(), v.nonEmpty()),
    name: v.string(),
    label: v.exactOptional(v.string()),
    tokenIds: v.tupleWithRest([v.string()], v.string()),
  }),
);

/** Reads what was remembered; undefined where it is not a list of accounts. */
export function parseRememberedAccounts(value: unknown): RememberedAccounts | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}

/** The account as it is shown: by its label, else its name. */
export function toAccount({ id, name, label }: RememberedAccount): Account {
  return { id, name: label ?? name };
}

/** An account to add: by Cloudflare's name for it, or by its id where the token may not read that. */
export type AddedAccount = Account & { readonly label?: string };

/** These accounts as seen through this token, which they are read through from now on. Known ones keep their place. */
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

/** Has an account read through another of the tokens that see it. */
export function chooseToken(list: RememberedAccounts, accountId: string, tokenId: string): RememberedAccounts {
  return list.map((account) => (account.id === accountId ? useToken(account, tokenId) : account));
}

export function removeAccount(list: RememberedAccounts, accountId: string): RememberedAccounts {
  return list.filter(({ id }) => id !== accountId);
}

/** An empty label gives the account its own name back. */
export function labelAccount(list: RememberedAccounts, accountId: string, label: string): RememberedAccounts {
  return list.map(({ label: old, ...account }) => {
    const kept = account.id === accountId ? label.trim() : (old ?? '');
    return kept === '' || kept === account.name ? account : { ...account, label: kept };
  });
}

/** Moves accounts to the place of another, which makes room; to the end where that is none of the list. */
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

/** The tokens of the first list that no account of the second is seen through: their records have no use any more. */
export function orphanedTokens(before: RememberedAccounts, after: RememberedAccounts): readonly string[] {
  const used = new Set(after.flatMap(({ tokenIds }) => tokenIds));
  return [...new Set(before.flatMap(({ tokenIds }) => tokenIds))].filter((id) => !used.has(id));
}

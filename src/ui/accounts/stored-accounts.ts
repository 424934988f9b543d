import * as vscode from 'vscode';
import type { Account } from '../../core/model/account.ts';
import type { VerifiedToken } from '../../core/accounts/onboarding.ts';
import {
  type AddedAccount,
  addAccounts,
  chooseToken,
  labelAccount,
  orphanedTokens,
  type RememberedAccount,
  type RememberedAccounts,
  removeAccount,
  replaceToken,
  toAccount,
} from '../../core/accounts/remembered-accounts.ts';
import { addOrigin, mayReceive, originsOf } from '../../core/accounts/token-origin.ts';
import type { TokenRecord } from '../../core/model/token.ts';
import type { Services } from '../../services.ts';
import { UserError } from '../host/report.ts';
import { configuredOrigin } from './clients.ts';
import type { Connections } from './connections.ts';

/** The changes of the stored accounts and tokens, for the commands. Part of the bundle that is loaded on first use. */

function originsAfter(
  { originOf }: Connections,
  known: TokenRecord | undefined,
  { token }: VerifiedToken,
): Pick<TokenRecord, 'origins'> {
  const origin = originOf(token);
  return origin === undefined ? {} : { origins: known ? addOrigin(known, origin) : [origin] };
}

/** Stores the token and the accounts that use it. `false`: the token is available in this session only. */
export async function storeAccounts(
  connections: Connections,
  verified: VerifiedToken,
  added: readonly AddedAccount[],
): Promise<boolean> {
  return connections.change(async ({ requireAccounts, saveToken, changeAccounts }) => {
    requireAccounts();
    const known = findRecord(connections, verified);
    const id = known?.id ?? crypto.randomUUID();
    const saved = await saveToken({ version: 1, id, ...verified, ...originsAfter(connections, known, verified) });
    await changeAccounts((list) => addAccounts(list, added, id));
    return saved;
  });
}

/** A stored token, and the accounts in which it is the one in use. `token`: undefined if the record is not there. */
export type TokenInUse = {
  readonly tokenId: string;
  readonly token: string | undefined;
  readonly accountIds: readonly string[];
};

/** Throws {@link UserError} if the account is not in the list any more. */
export function findTokenInUse(
  { accounts, tokens }: Pick<Connections, 'accounts' | 'tokens'>,
  accountId: string,
): TokenInUse {
  const list = accounts();
  const [tokenId] = findAccount(list, accountId).tokenIds;
  return { tokenId, token: tokens().get(tokenId)?.token, accountIds: idsOfToken(list, tokenId) };
}

const idsOfToken = (list: RememberedAccounts, tokenId: string): readonly string[] =>
  list.filter(({ tokenIds }) => tokenIds[0] === tokenId).map(({ id }) => id);

/**
 * Replaces a stored token; accounts, labels and order stay. Returns the same as {@link storeAccounts}. Throws
 * {@link UserError} if it has been replaced since, or is not used any more by exactly the accounts that the user was told of.
 */
export async function replaceStoredToken(
  connections: Connections,
  { tokenId, token, accountIds }: TokenInUse,
  verified: VerifiedToken,
): Promise<boolean> {
  return connections.change(async ({ requireAccounts, changeAccounts, saveToken, deleteTokens }) => {
    const list = requireAccounts();
    if (!list.some(({ id }) => accountIds.includes(id))) {
      throw new UserError(vscode.l10n.t('The account was removed in another window. The new token was not stored.'));
    }
    if (
      (token !== undefined && connections.tokens().get(tokenId)?.token !== token) ||
      idsOfToken(list, tokenId).toSorted().join() !== accountIds.toSorted().join()
    ) {
      throw createChangedError();
    }
    const known = findRecord(connections, verified);
    if (!known || known.id === tokenId) {
      return saveToken({ version: 1, id: tokenId, ...verified, ...originsAfter(connections, undefined, verified) });
    }
    const saved = await saveToken({
      version: 1,
      id: known.id,
      ...verified,
      ...originsAfter(connections, known, verified),
    });
    await changeAccounts((all) => replaceToken(all, tokenId, known.id));
    await deleteTokens([tokenId]);
    return saved;
  });
}

/** A token that is already stored keeps its record, because one token has one rate limit. */
function findRecord(connections: Connections, { token }: VerifiedToken): TokenRecord | undefined {
  return [...connections.tokens().values()].find((record) => record.token === token);
}

const createChangedError = (): UserError =>
  new UserError(vscode.l10n.t('Another window changed the account or its token. Nothing was changed. Try again.'));

/**
 * `used`: the token that the user saw as the one in use. Throws {@link UserError} if it is not any more, if the account cannot use
 * the chosen one any more, or if the account is not in the list any more.
 */
export async function storeTokenChoice(
  connections: Connections,
  accountId: string,
  used: string | undefined,
  tokenId: string,
): Promise<void> {
  await connections.change(async ({ requireAccounts, changeAccounts }) => {
    const { tokenIds } = findAccount(requireAccounts(), accountId);
    if (tokenIds[0] !== used || !tokenIds.includes(tokenId)) {
      throw createChangedError();
    }
    await changeAccounts((list) => chooseToken(list, accountId, tokenId));
  });
}

/** Throws {@link UserError} if the account is not in the list any more, or does not have the name any more that the user saw. */
export async function storeLabel(connections: Connections, { id, name }: Account, label: string): Promise<void> {
  await connections.change(async ({ requireAccounts, changeAccounts }) => {
    if (toAccount(findAccount(requireAccounts(), id)).name !== name) {
      throw createChangedError();
    }
    await changeAccounts((list) => labelAccount(list, id, label));
  });
}

function findAccount(list: RememberedAccounts, accountId: string): RememberedAccount {
  const account = list.find(({ id }) => id === accountId);
  if (!account) {
    throw new UserError(vscode.l10n.t('The Cloudflare account was removed from VS Code.'));
  }
  return account;
}

/** Deletes the account and every token that no other account uses. `false`: SecretStorage did not delete a token. */
export async function removeStoredAccount(
  { connections, snapshots, timelines }: Pick<Services, 'connections' | 'snapshots' | 'timelines'>,
  accountId: string,
): Promise<boolean> {
  const deleted = await connections.change(async ({ requireAccounts, changeAccounts, deleteTokens }) => {
    const before = requireAccounts();
    await changeAccounts((list) => removeAccount(list, accountId));
    return deleteTokens(orphanedTokens(before, connections.accounts()));
  });
  // Runs after the store dropped the account: a refresh that ends before would write them again.
  await Promise.all([snapshots.forget(accountId), timelines.forget(accountId)]);
  return deleted;
}

/** Deletes all tokens of this profile, including those of this session. `false`: SecretStorage did not delete one. */
export async function forgetTokens(connections: Connections): Promise<boolean> {
  return connections.change(async ({ deleteTokens }) =>
    deleteTokens([...connections.tokens().keys(), ...connections.trouble().undecryptable]),
  );
}

/** The configured origin, and the tokens that must not be sent there before the user confirms it. */
export type UnconfirmedOrigin = {
  readonly configured: string;
  readonly verified: readonly string[];
  readonly accounts: readonly Account[];
  readonly tokenIds: readonly string[];
};

/** Undefined if every token may be sent to the configured address. */
export function findUnconfirmedOrigin(connections: Connections): UnconfirmedOrigin | undefined {
  const configured = configuredOrigin();
  const waiting = connections.accounts().flatMap((account) => {
    const record = connections.tokens().get(account.tokenIds[0]);
    return record && configured !== undefined && !mayReceive(record, configured) ? [{ account, record }] : [];
  });
  return configured === undefined || waiting.length === 0
    ? undefined
    : {
        configured,
        verified: [...new Set(waiting.map(({ record }) => originsOf(record)[0]))],
        accounts: waiting.map(({ account }) => toAccount(account)),
        tokenIds: [...new Set(waiting.map(({ record }) => record.id))],
      };
}

/** Confirms that the tokens that the user was told of may go to the origin, if the setting still has it. */
export async function confirmOrigin(
  connections: Connections,
  { configured: origin, tokenIds }: Pick<UnconfirmedOrigin, 'configured' | 'tokenIds'>,
): Promise<void> {
  await connections.change(async ({ saveToken }) => {
    if (origin === configuredOrigin()) {
      const records = tokenIds.flatMap((id) => connections.tokens().get(id) ?? []);
      for (const record of records.filter((each) => !mayReceive(each, origin))) {
        await saveToken({ ...record, origins: addOrigin(record, origin) });
      }
    }
  });
}

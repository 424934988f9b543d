import * as vscode from 'vscode';
import type { Account } from '../../core/model/account.ts';
import type { VerifiedToken } from '../../core/accounts/onboarding.ts';
import {
  type AddedAccount,
  addAccounts,
  chooseToken,
  labelAccount,
  orphanedTokens,
  removeAccount,
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
    // A token that is already stored keeps its record, so that no token is stored twice.
    const known = [...connections.tokens().values()].find(({ token }) => token === verified.token);
    const id = known?.id ?? crypto.randomUUID();
    const saved = await saveToken({ version: 1, id, ...verified, ...originsAfter(connections, known, verified) });
    await changeAccounts((list) => addAccounts(list, added, id));
    return saved;
  });
}

/** Replaces a stored token; accounts, labels and order stay. Returns the same as {@link storeAccounts}. */
export async function replaceStoredToken(
  connections: Connections,
  tokenId: string,
  verified: VerifiedToken,
): Promise<boolean> {
  return connections.change(async ({ requireAccounts, saveToken }) => {
    if (!requireAccounts().some(({ tokenIds }) => tokenIds.includes(tokenId))) {
      throw new UserError(vscode.l10n.t('The account was removed in another window. The new token was not stored.'));
    }
    return saveToken({ version: 1, id: tokenId, ...verified, ...originsAfter(connections, undefined, verified) });
  });
}

export async function storeTokenChoice(connections: Connections, accountId: string, tokenId: string): Promise<void> {
  await connections.change(async ({ changeAccounts }) =>
    changeAccounts((list) => chooseToken(list, accountId, tokenId)),
  );
}

export async function storeLabel(connections: Connections, accountId: string, label: string): Promise<void> {
  await connections.change(async ({ changeAccounts }) =>
    changeAccounts((list) => labelAccount(list, accountId, label)),
  );
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

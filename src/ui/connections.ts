import * as vscode from 'vscode';
import type { Account, RememberedAccount } from '../core/account.ts';
import { ApiError } from '../core/api/api-error.ts';
import { PUBLIC_API } from '../core/api/base-url.ts';
import { type Api, createApi } from '../core/api/client.ts';
import type { Redactor } from '../core/api/redaction.ts';
import type { Host } from '../core/api/transport.ts';
import type { Connection } from '../core/connection.ts';
import type { Store } from '../core/store.ts';
import { isTokenKey, type TokenRecord } from '../core/token.ts';
import { type AccountList, createAccountList } from './account-list.ts';
import { onSettingChanged, readSettings } from './settings.ts';
import { createTokenStore, type TokenStore } from './token-store.ts';

/** The accounts and tokens there are: what the commands that add, replace and remove them work on. */
export type Connections = vscode.Disposable & {
  /** Reads what is stored, hands it to the store, and has accounts that are new or changed read. */
  load(): Promise<void>;
  accounts(): readonly RememberedAccount[];
  tokens(): ReadonlyMap<string, TokenRecord>;
  /** A client for a token that is not stored yet. */
  readonly connect: (token: string) => Api;
  /** Stores the token, then these accounts as read through it; those already there move to it and keep their place. */
  add(record: TokenRecord, accounts: readonly Account[]): Promise<void>;
  replaceToken(record: TokenRecord): Promise<void>;
  /** Forgets the account and, with the last account of a token, the token. */
  remove(accountId: string): Promise<void>;
};

export function createConnections(
  context: vscode.ExtensionContext,
  store: Store,
  redactor: Redactor,
  host: Host,
): Connections {
  const tokenStore: TokenStore = createTokenStore(context.secrets, redactor, host.log);
  const accountList: AccountList = createAccountList(context.globalState, host.log);
  const userAgent = `cloudflare-webhooks-vscode/${String(context.extension.packageJSON.version)}`;
  let tokens: ReadonlyMap<string, TokenRecord> = new Map();
  let accounts: readonly RememberedAccount[] = [];
  /** By base URL and token, so that a client stays the same object as long as nothing about it changes. */
  let clients: ReadonlyMap<string, Api> = new Map();

  function connect(token: string): Api {
    redactor.remember(token);
    const { apiBaseUrl } = readSettings();
    return apiBaseUrl.ok
      ? createApi({ baseUrl: apiBaseUrl.url, token, userAgent, host })
      : createRefusingApi(new ApiError({ kind: 'misconfigured', reason: apiBaseUrl.problem }));
  }

  /** A client that sends nothing, for an account that cannot be asked: it shows as any other failure does. */
  function createRefusingApi(error: ApiError): Api {
    return createApi({
      baseUrl: PUBLIC_API,
      token: '',
      userAgent,
      host: { ...host, fetch: () => Promise.reject(error) },
    });
  }

  /** Hands the connections to the store and has read what it has not read through just this client. */
  async function publish(): Promise<void> {
    const { apiBaseUrl } = readSettings();
    const known = clients;
    const next = new Map<string, Api>();
    const connections = accounts.map(({ id, name, tokenId }): Connection => {
      const token = tokens.get(tokenId)?.token;
      const key = JSON.stringify([apiBaseUrl, token ?? null]);
      const api =
        next.get(key) ??
        known.get(key) ??
        (token === undefined ? createRefusingApi(new ApiError({ kind: 'noToken' })) : connect(token));
      next.set(key, api);
      return { account: { id, name }, tokenId, api };
    });
    clients = next;
    const before = new Map(store.entries().map(({ connection }) => [connection.account.id, connection.api]));
    store.setConnections(connections);
    await store.refresh(
      connections.filter(({ account, api }) => before.get(account.id) !== api).map(({ account }) => account.id),
    );
  }

  async function load(): Promise<void> {
    tokens = await tokenStore.load();
    accounts = accountList.load();
    await publish();
  }

  async function saveAccounts(next: readonly RememberedAccount[]): Promise<void> {
    accounts = next;
    await accountList.save(next);
  }

  const subscriptions = vscode.Disposable.from(
    // A hint only: it comes for our own writes too, and more than once. What is stored is read again and compared.
    context.secrets.onDidChange(({ key }) => {
      if (isTokenKey(key)) {
        void load().catch((error: unknown) => host.log('error', `Reading the stored tokens failed: ${String(error)}`));
      }
    }),
    onSettingChanged('apiBaseUrl', () => void publish()),
  );

  return {
    load,
    connect,
    accounts: () => accounts,
    tokens: () => tokens,
    async add(record, added) {
      await tokenStore.save(record);
      tokens = new Map(tokens).set(record.id, record);
      const addedIds = new Set(added.map(({ id }) => id));
      const knownIds = new Set(accounts.map(({ id }) => id));
      await saveAccounts([
        ...accounts.map((account) => (addedIds.has(account.id) ? { ...account, tokenId: record.id } : account)),
        ...added.filter(({ id }) => !knownIds.has(id)).map(({ id, name }) => ({ id, name, tokenId: record.id })),
      ]);
      await publish();
    },
    async replaceToken(record) {
      await tokenStore.save(record);
      tokens = new Map(tokens).set(record.id, record);
      await publish();
    },
    async remove(accountId) {
      const removed = accounts.find(({ id }) => id === accountId);
      await saveAccounts(accounts.filter(({ id }) => id !== accountId));
      if (removed && !accounts.some(({ tokenId }) => tokenId === removed.tokenId)) {
        await tokenStore.delete(removed.tokenId);
        tokens = new Map([...tokens].filter(([id]) => id !== removed.tokenId));
      }
      await publish();
    },
    dispose: () => subscriptions.dispose(),
  };
}

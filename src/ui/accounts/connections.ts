import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import { PUBLIC_API } from '../../core/api/base-url.ts';
import { type Api, createApi } from '../../core/api/client.ts';
import type { Host } from '../../core/api/transport.ts';
import type { CallMeter } from '../../core/api/call-meter.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import type { VerifiedToken } from '../../core/accounts/onboarding.ts';
import {
  type AddedAccount,
  addAccounts,
  chooseToken,
  labelAccount,
  moveAccounts,
  orphanedTokens,
  parseRememberedAccounts,
  type RememberedAccounts,
  removeAccount,
  toAccount,
} from '../../core/accounts/remembered-accounts.ts';
import { isTokenKey, type TokenRecord, toTokenInfo } from '../../core/model/token.ts';
import { describeForLog } from '../../core/api/api-error.ts';
import { onSettingChanged, readSettings } from '../host/settings.ts';
import type { Services } from '../../services.ts';
import { createTokenStore, type StoredTokens, type TokenRecords } from './token-store.ts';
import { createSerialQueue } from '../../core/async/serial-queue.ts';

/** The problems of the token storage. */
export type StorageTrouble = Omit<StoredTokens, 'records'>;

/** The stored accounts and tokens, and the operations that add, replace and remove them. */
export type Connections = vscode.Disposable & {
  /**
   * Loads the stored accounts into the store and refreshes new or changed ones. Snapshots of other windows are reused.
   * With very many accounts, the refresh scheduler refreshes the rest.
   */
  load(): Promise<void>;
  accounts(): RememberedAccounts;
  tokens(): TokenRecords;
  trouble(): StorageTrouble;
  readonly onTroubleChanged: vscode.Event<StorageTrouble>;
  /** A client for a token that is not stored yet. */
  readonly connect: (token: string) => Api;
  /** Stores the token and the accounts that use it. `false`: the token is available in this session only. */
  add(verified: VerifiedToken, accounts: readonly AddedAccount[]): Promise<boolean>;
  /** Replaces a stored token; accounts, labels and order stay. Returns the same as `add`. */
  replaceToken(tokenId: string, verified: VerifiedToken): Promise<boolean>;
  chooseToken(accountId: string, tokenId: string): Promise<void>;
  label(accountId: string, label: string): Promise<void>;
  move(accountIds: ReadonlySet<string>, onto: string | undefined): Promise<void>;
  /** Deletes the account and every token that no other account uses. `false`: SecretStorage did not delete a token. */
  remove(accountId: string): Promise<boolean>;
};

const ACCOUNTS_KEY = 'accounts';
/** A third of the background call budget of a token for five minutes. */
const MOST_READ_AT_ONCE = 100;

export function createConnections({
  context,
  userAgent,
  state,
  store,
  redactor,
  host,
  budgets,
  snapshots,
}: Pick<
  Services,
  'context' | 'userAgent' | 'state' | 'store' | 'redactor' | 'host' | 'budgets' | 'snapshots'
>): Connections {
  const tokenStore = createTokenStore(context.secrets, redactor, host.log);
  const troubleChanged = new vscode.EventEmitter<StorageTrouble>();
  const inTurn = createSerialQueue();
  let tokens: TokenRecords = new Map();
  let accounts: RememberedAccounts = [];
  let trouble: StorageTrouble = { unreadable: 0, failed: false, unsaved: false };
  /** Keyed by API address and token, so that an unchanged connection keeps the same client object. */
  let clients: ReadonlyMap<string, Api> = new Map();

  function connect(token: string, meter?: CallMeter): Api {
    redactor.remember(token);
    const { apiBaseUrl } = readSettings();
    return apiBaseUrl.ok
      ? createApi({ baseUrl: apiBaseUrl.url, token, userAgent, host, ...(meter ? { meter } : {}) })
      : createRefusingApi(new ApiError({ kind: 'misconfigured', reason: apiBaseUrl.problem }));
  }

  /** A client that fails every call without sending it, for an account that has no usable token or address. */
  function createRefusingApi(error: ApiError): Api {
    const refusing: Host = { ...host, fetch: () => Promise.reject(error) };
    return createApi({ baseUrl: PUBLIC_API, token: '', userAgent, host: refusing });
  }

  /** Passes the connections to the store. Returns the accounts whose client is new. */
  function publish(): readonly string[] {
    const { apiBaseUrl } = readSettings();
    const next = new Map<string, Api>();
    const connections = accounts.map((account): Connection => {
      const record = tokens.get(account.tokenIds[0]);
      const key = JSON.stringify([apiBaseUrl, record?.token ?? null]);
      const api =
        next.get(key) ??
        clients.get(key) ??
        (record ? connect(record.token, budgets.of(record.id)) : createRefusingApi(NO_TOKEN));
      next.set(key, api);
      return { account: toAccount(account), token: record && toTokenInfo(record), api };
    });
    clients = next;
    const before = new Map(store.entries().map(({ connection }) => [connection.account.id, connection.api]));
    store.setConnections(connections);
    return connections.filter(({ account, api }) => before.get(account.id) !== api).map(({ account }) => account.id);
  }

  function takeOver({ records, ...found }: StoredTokens): void {
    tokens = records;
    if (JSON.stringify(found) !== JSON.stringify(trouble)) {
      trouble = found;
      troubleChanged.fire(trouble);
    }
  }

  /** Reads the stored list each time, because another window may have changed it. */
  function readAccounts(): RememberedAccounts {
    const value = state.get(ACCOUNTS_KEY) ?? [];
    const read = parseRememberedAccounts(value);
    if (!read) {
      host.log('warn', 'This version cannot read the stored list of accounts and ignores it');
    }
    return read ?? [];
  }

  async function changeAccounts(change: (list: RememberedAccounts) => RememberedAccounts): Promise<void> {
    accounts = change(readAccounts());
    await state.update(ACCOUNTS_KEY, accounts);
  }

  /** Runs storage changes one after another and publishes each. Only the refreshes may overlap. */
  async function update<T>(work: () => Promise<T>): Promise<T> {
    const [result, unread] = await inTurn(async () => [await work(), publish()] as const);
    await readFirst(unread);
    return result;
  }

  async function readFirst(accountIds: readonly string[]): Promise<void> {
    const isUnknown = (id: string): boolean => !store.entry(id)?.state.last;
    await snapshots.adopt(accountIds.filter(isUnknown));
    const toRead = accountIds.filter((id) => isUnknown(id) || store.entry(id)?.attempt);
    await store.refresh(toRead.slice(0, MOST_READ_AT_ONCE));
  }

  async function load(): Promise<void> {
    await update(async () => {
      takeOver(await tokenStore.load());
      accounts = readAccounts();
    });
  }

  async function save(record: TokenRecord): Promise<boolean> {
    const saved = await tokenStore.save(record);
    takeOver({ ...trouble, records: new Map(tokens).set(record.id, record), unsaved: trouble.unsaved || !saved });
    return saved;
  }

  function loadAgain(): void {
    void load().catch((error: unknown) =>
      host.log('error', `Failed to load the stored accounts: ${describeForLog(error)}`),
    );
  }

  const subscriptions = vscode.Disposable.from(
    troubleChanged,
    // The event is unreliable: it also fires for our own writes, sometimes twice, needlessly or not at all. So each
    // event and each window focus reloads the storage.
    context.secrets.onDidChange(({ key }) => isTokenKey(key) && loadAgain()),
    vscode.window.onDidChangeWindowState(({ focused }) => focused && loadAgain()),
    onSettingChanged('apiBaseUrl', loadAgain),
  );

  return {
    load,
    connect: (token) => connect(token),
    accounts: () => accounts,
    tokens: () => tokens,
    trouble: () => trouble,
    onTroubleChanged: troubleChanged.event,
    add: async (verified, added) =>
      update(async () => {
        // A token that is already stored keeps its record, so that no token is stored twice.
        const known = [...tokens.values()].find(({ token }) => token === verified.token);
        const id = known?.id ?? crypto.randomUUID();
        const saved = await save({ version: 1, id, ...verified });
        await changeAccounts((list) => addAccounts(list, added, id));
        return saved;
      }),
    replaceToken: async (tokenId, verified) => update(async () => save({ version: 1, id: tokenId, ...verified })),
    chooseToken: async (accountId, tokenId) =>
      update(async () => changeAccounts((list) => chooseToken(list, accountId, tokenId))),
    label: async (accountId, label) =>
      update(async () => changeAccounts((list) => labelAccount(list, accountId, label))),
    move: async (accountIds, onto) =>
      update(async () => changeAccounts((list) => moveAccounts(list, accountIds, onto))),
    remove: async (accountId) =>
      update(async () => {
        const before = readAccounts();
        await changeAccounts((list) => removeAccount(list, accountId));
        await snapshots.forget(accountId);
        const orphans = new Set(orphanedTokens(before, accounts));
        tokens = new Map([...tokens].filter(([id]) => !orphans.has(id)));
        return (await Promise.all([...orphans].map(async (id) => tokenStore.delete(id)))).every(Boolean);
      }),
    dispose: () => subscriptions.dispose(),
  };
}

const NO_TOKEN = new ApiError({ kind: 'noToken' });

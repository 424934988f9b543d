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
import { admitUserCall } from '../../core/monitoring/call-budget.ts';
import { isTokenKey, type TokenRecord, toTokenInfo } from '../../core/model/token.ts';
import { describeForLog } from '../../core/api/api-error.ts';
import { onSettingChanged, readSettings } from '../host/settings.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import type { Services } from '../../services.ts';
import { refreshForUser } from '../monitoring/refreshing.ts';
import { createTokenStore, type StoredTokens, type TokenRecords } from './token-store.ts';
import { createSerialQueue } from '../../core/async/serial-queue.ts';

/** The problems of the token storage. */
export type StorageTrouble = Omit<StoredTokens, 'records'>;

/** The stored accounts and tokens, and the operations that add, replace and remove them. */
export type Connections = vscode.Disposable & {
  /**
   * Loads the stored accounts and their cached snapshots into the store. Starts to refresh the accounts without a
   * snapshot, and in a focused window those with an old one.
   */
  load(): Promise<void>;
  accounts(): RememberedAccounts;
  tokens(): TokenRecords;
  trouble(): StorageTrouble;
  readonly onTroubleChanged: vscode.Event<StorageTrouble>;
  /** A client for a token that may not be stored yet. */
  readonly connect: (token: string) => Api;
  /** Waits until a call with that token fits into its rate limit. Rejects once the signal aborts. */
  readonly admit: (token: string, signal: AbortSignal) => Promise<void>;
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
/** In minutes, if the setting turns automatic refresh off. */
const DEFAULT_INTERVAL = 5;

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

  /** By its record; a token that is not stored has a budget of its own until it is. */
  function budgetKeyOf(token: string): string {
    return [...tokens.values()].find((record) => record.token === token)?.id ?? token;
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
    const toRefresh = await adoptCached(unread);
    if (toRefresh.length > 0) {
      await refreshForUser(store, toRefresh);
    }
    return result;
  }

  /**
   * Shows what is cached of accounts that are new or changed. Returns those to be refreshed now: the others are left to
   * the refresh scheduler.
   */
  async function adoptCached(accountIds: readonly string[]): Promise<readonly string[]> {
    await snapshots.adopt(accountIds.filter((id) => !store.entry(id)?.state.last));
    const isFocused = vscode.window.state.focused;
    const oldest = host.now() - (readSettings().refreshInterval || DEFAULT_INTERVAL) * 60_000;
    return accountIds.filter((id) => {
      const entry = store.entry(id);
      const shown = shownOf(entry?.state);
      return !shown || entry?.attempt || (isFocused && shown.at < oldest);
    });
  }

  async function load(): Promise<void> {
    const unread = await inTurn(async () => {
      takeOver(await tokenStore.load());
      accounts = readAccounts();
      return publish();
    });
    // Not awaited: the accounts are known now, and what the refresh brings is told by the store.
    void store.refresh(await adoptCached(unread));
  }

  async function save(record: TokenRecord): Promise<boolean> {
    const saved = await tokenStore.save(record);
    budgets.carryOver(record.token, record.id);
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
    connect: (token) => connect(token, budgets.of(budgetKeyOf(token))),
    admit: async (token, signal) => admitUserCall(budgets.of(budgetKeyOf(token)), host.sleep, signal),
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

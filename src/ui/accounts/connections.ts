import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import type { Api } from '../../core/api/client.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import {
  parseRememberedAccounts,
  type RememberedAccounts,
  toAccount,
} from '../../core/accounts/remembered-accounts.ts';
import { admitUserCall } from '../../core/monitoring/call-budget.ts';
import { isTokenKey, type TokenRecord, toTokenInfo } from '../../core/model/token.ts';
import { describeForLog } from '../../core/api/api-error.ts';
import { mayReceive } from '../../core/accounts/token-origin.ts';
import { ACCOUNTS_KEY } from '../host/ids.ts';
import { UserError } from '../host/report.ts';
import { onSettingChanged, readSettings } from '../host/settings.ts';
import { configuredOrigin, createClients } from './clients.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import type { Services } from '../../services.ts';
import { refreshForUser } from '../monitoring/refreshing.ts';
import { readProfileId } from './profile-secrets.ts';
import { createTokenStore, type StoredTokens, type TokenRecords } from './token-store.ts';
import { createSerialQueue } from '../../core/async/serial-queue.ts';

/** The problems of the token storage. */
export type StorageTrouble = Omit<StoredTokens, 'records'> & {
  /** The list of accounts is malformed or of a newer version. It stays unchanged. */
  readonly accountsUnreadable: boolean;
};

/** The stored accounts and tokens as connections in the store. */
export type Connections = vscode.Disposable & {
  /**
   * Loads the stored accounts, with their cached snapshots, into the store. Starts to refresh accounts without a
   * snapshot or with a stale one.
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
  /**
   * Runs changes of the storage one after another, and publishes each. Resolves after the accounts that need it were
   * refreshed. The changes themselves are in `stored-accounts.ts`.
   */
  change<T>(work: (storage: AccountStorage) => Promise<T>): Promise<T>;
  /** The origin that a token was verified with in this session; default: the configured origin. */
  readonly originOf: (token: string) => string | undefined;
  /** When this session began, in milliseconds since the epoch. */
  readonly startedAt: number;
};

/** What a change may do with the stored accounts and tokens. */
export type AccountStorage = {
  /** The stored list. Throws {@link UserError} if this version cannot read it: it must not be overwritten then. */
  readonly requireAccounts: () => RememberedAccounts;
  readonly changeAccounts: (change: (list: RememberedAccounts) => RememberedAccounts) => Promise<void>;
  /** `false`: the token is available in this session only. */
  readonly saveToken: (record: TokenRecord) => Promise<boolean>;
  /** `false`: SecretStorage did not delete one, so the next session loads it again. */
  readonly deleteTokens: (ids: readonly string[]) => Promise<boolean>;
};

/** How long requests share a load that one of them has caused, in milliseconds. */
const LOAD_SHARED_FOR = 1_000;
/** In minutes, used if the setting turns automatic refresh off. */
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
  profile,
}: Pick<Services, 'context' | 'userAgent' | 'state' | 'store' | 'redactor' | 'host' | 'budgets' | 'snapshots'> & {
  /** The ID of the profile, if an earlier session stored it. A new one can be replaced by that of another window. */
  readonly profile?: string | undefined;
}): Connections {
  const clientsOf = createClients({ userAgent, redactor, host, budgets });
  const tokenStore = createTokenStore(context.secrets, redactor, host.log, isTokenUsed);
  const troubleChanged = new vscode.EventEmitter<StorageTrouble>();
  const inTurn = createSerialQueue();
  let tokens: TokenRecords = new Map();
  let accounts: RememberedAccounts = [];
  /** The IDs of the records that the change in progress has saved. */
  let savedTokens = new Set<string>();
  let trouble: StorageTrouble = {
    unreadable: 0,
    undecryptable: [],
    failed: false,
    unsaved: false,
    accountsUnreadable: false,
  };
  let isLoaded = false;
  let recentLoad: Promise<void> | undefined;
  /** Keyed by API address and token, so that an unchanged connection keeps the same client object. */
  let clients: ReadonlyMap<string, Api> = new Map();

  /** Passes the connections to the store. Returns the accounts whose client is new. */
  function publish(): readonly string[] {
    const { apiBaseUrl } = readSettings();
    const next = new Map<string, Api>();
    const connections = accounts.map((account): Connection => {
      const record = tokens.get(account.tokenIds[0]);
      const missing = trouble.undecryptable.includes(account.tokenIds[0])
        ? UNDECRYPTABLE
        : trouble.failed
          ? STORAGE_UNREADABLE
          : NO_TOKEN;
      const mayGo = record && mayReceive(record, configuredOrigin() ?? '');
      const key = JSON.stringify([apiBaseUrl, record?.token ?? { missing: missing.kind }, mayGo]);
      const api =
        next.get(key) ??
        clients.get(key) ??
        (record
          ? clientsOf.connectStored(record)
          : // The keyring may have been unlocked since, which no event tells. If so, the account gets another client.
            clientsOf.refuse(missing, missing === STORAGE_UNREADABLE ? loadForRequest : undefined));
      next.set(key, api);
      return { account: toAccount(account), token: record && toTokenInfo(record), api };
    });
    clients = next;
    const before = new Map(store.entries().map(({ connection }) => [connection.account.id, connection.api]));
    store.setConnections(connections);
    return connections.filter(({ account, api }) => before.get(account.id) !== api).map(({ account }) => account.id);
  }

  /** The ID of the token's record. A token that is not stored yet has its own budget. */
  function budgetKeyOf(token: string): string {
    return [...tokens.values()].find((record) => record.token === token)?.id ?? token;
  }

  function takeOver({ records, ...rest }: StoredTokens): void {
    const found = { ...rest, accountsUnreadable: readAccounts() === undefined };
    tokens = records;
    if (JSON.stringify(found) !== JSON.stringify(trouble)) {
      trouble = found;
      troubleChanged.fire(trouble);
    }
  }

  /** Reads the stored list each time: another window may have changed it. Undefined if this version cannot read it. */
  function readAccounts(): RememberedAccounts | undefined {
    return parseRememberedAccounts(state.get(ACCOUNTS_KEY) ?? []);
  }

  /** A token counts as used while this version cannot read the list. */
  function isTokenUsed(id: string): boolean {
    return readAccounts()?.some(({ tokenIds }) => tokenIds.includes(id)) ?? true;
  }

  /**
   * VS Code can switch the profile of a running window, and asks to reload it only then. The files of this window belong to the
   * profile that it was opened with, so accounts of another one must not take their place.
   */
  function isOtherProfile(): boolean {
    return profile !== undefined && readProfileId(state) !== profile;
  }

  function requireAccounts(): RememberedAccounts {
    const read = readAccounts();
    if (!read) {
      throw new UserError(
        vscode.l10n.t(
          'This version of the extension cannot read the stored list of accounts, so nothing was changed. Update the extension and try again.',
        ),
      );
    }
    return read;
  }

  async function changeAccounts(toNext: (list: RememberedAccounts) => RememberedAccounts): Promise<void> {
    accounts = toNext(requireAccounts());
    await state.update(ACCOUNTS_KEY, accounts);
  }

  /** Another window may have changed what is stored, and its event can be lost. */
  async function readStorage(): Promise<void> {
    takeOver(await tokenStore.load());
    // What is stored for accounts that are not in the list is deleted, so an unreadable list must not be an empty one.
    accounts = readAccounts() ?? accounts;
  }

  /** Only the refreshes of several changes may overlap. */
  async function change<T>(work: (storage: AccountStorage) => Promise<T>): Promise<T> {
    const [result, unread, saved] = await inTurn(async () => {
      if (isOtherProfile()) {
        throw new UserError(
          vscode.l10n.t('VS Code has switched to another profile, so nothing was changed. Reload the window first.'),
        );
      }
      await readStorage();
      savedTokens = new Set();
      return [await work(storage), publish(), savedTokens] as const;
    }).catch((error: unknown) => {
      // The views may still show what another window has changed.
      loadAgain();
      throw error;
    });
    // A token that was verified again has the same client.
    const refused = store
      .entries()
      .filter(({ connection }) => saved.has(connection.token?.id ?? '') && store.refusalOf(connection))
      .map(({ connection }) => connection.account.id);
    const toRefresh = [...new Set([...(await adoptCached(unread, 'change')), ...refused])];
    if (toRefresh.length > 0) {
      await refreshForUser(store, toRefresh);
    }
    return result;
  }

  /**
   * Shows the cached snapshots of new or changed accounts. Returns those that have nothing to show, in the focused window those
   * whose data is stale, and after a change of this window those that the former token was tried for. The refresh scheduler
   * refreshes the others. After a change of another window, that window refreshes them and shares their snapshots: if all windows
   * did, they would exceed the token's rate limit.
   */
  async function adoptCached(
    accountIds: readonly string[],
    cause: 'start' | 'change' | 'other window',
  ): Promise<readonly string[]> {
    await snapshots.adopt(accountIds.filter((id) => !store.entry(id)?.state.last));
    const isFocused = vscode.window.state.focused;
    if (cause === 'other window' && !isFocused) {
      return [];
    }
    const oldest = host.now() - (readSettings().refreshInterval || DEFAULT_INTERVAL) * 60_000;
    return accountIds.filter((id) => {
      const entry = store.entry(id);
      const shown = shownOf(entry?.state);
      return !shown || (cause === 'change' && entry?.attempt) || (isFocused && shown.at < oldest);
    });
  }

  async function load(): Promise<void> {
    const unread = await inTurn(async () => {
      if (isOtherProfile()) {
        host.log(
          'warn',
          'VS Code has switched to another profile. Its accounts are shown after the window is reloaded',
        );
        return [];
      }
      await readStorage();
      if (trouble.accountsUnreadable) {
        host.log('warn', 'This version cannot read the stored list of accounts and leaves it unchanged');
      }
      return publish();
    });
    const cause = isLoaded ? 'other window' : 'start';
    isLoaded = true;
    // Not awaited: the accounts are loaded, and the store reports the result of the refresh.
    void store.refresh(await adoptCached(unread, cause), { background: true });
  }

  /** Loads for a request, at most once for those of all accounts: each load reads and publishes all of them. */
  async function loadForRequest(): Promise<void> {
    recentLoad ??= load().finally(() => {
      void host.sleep(LOAD_SHARED_FOR).then(() => (recentLoad = undefined));
    });
    return recentLoad;
  }

  async function saveToken(record: TokenRecord): Promise<boolean> {
    savedTokens.add(record.id);
    const saved = await tokenStore.save(record);
    budgets.carryOver(record.token, record.id);
    takeOver({ ...trouble, records: new Map(tokens).set(record.id, record), unsaved: trouble.unsaved || !saved });
    return saved;
  }

  async function deleteTokens(ids: readonly string[]): Promise<boolean> {
    const gone = new Set(ids);
    const deleted = await Promise.all(ids.map(async (id) => tokenStore.delete(id)));
    const { records, undecryptable, ...rest } = await tokenStore.load();
    takeOver({
      ...rest,
      records: new Map([...records].filter(([id]) => !gone.has(id))),
      undecryptable: undecryptable.filter((id) => !gone.has(id)),
    });
    return deleted.every(Boolean);
  }

  const storage: AccountStorage = { requireAccounts, changeAccounts, saveToken, deleteTokens };

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
    connect: (token) => clientsOf.connect(token, budgets.of(budgetKeyOf(token))),
    admit: async (token, signal) => admitUserCall(budgets.of(budgetKeyOf(token)), host.sleep, signal),
    accounts: () => accounts,
    tokens: () => tokens,
    trouble: () => trouble,
    onTroubleChanged: troubleChanged.event,
    change,
    originOf: (token) => clientsOf.originOf(token),
    startedAt: host.now(),
    dispose: () => subscriptions.dispose(),
  };
}

const NO_TOKEN = new ApiError({ kind: 'noToken' });
const UNDECRYPTABLE = new ApiError({ kind: 'undecryptable' });
const STORAGE_UNREADABLE = new ApiError({ kind: 'storageUnreadable' });

import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { dashboardAddress } from './core/model/account.ts';
import { ApiError } from './core/api/api-error.ts';
import { PUBLIC_API } from './core/api/base-url.ts';
import { createRedactor } from './core/api/redaction.ts';
import type { Host } from './core/api/transport.ts';
import { createCallBudgets } from './core/monitoring/call-budget.ts';
import type { Connection } from './core/accounts/connection.ts';
import type { Located } from './core/monitoring/overview.ts';
import { createPolicyStore } from './core/policies/policy-store.ts';
import { createStore } from './core/monitoring/store.ts';
import { createAccountOrder } from './ui/accounts/account-order.ts';
import { addAccount, addFromEnvironment, hasEnvironmentToken } from './ui/accounts/add-account.ts';
import { createBackgroundRefresh } from './ui/monitoring/background-refresh.ts';
import { type CommandHandler, registerCommands } from './ui/host/commands.ts';
import { createConnections } from './ui/accounts/connections.ts';
import { createContextKey } from './ui/host/context-key.ts';
import { registerLanguageModelTools } from './ui/monitoring/language-model-tools.ts';
import { createLastTests } from './ui/tree/last-tests.ts';
import { createLazyEditing } from './lazy-editing.ts';
import { createLogger } from './ui/host/log.ts';
import { describeForLog } from './core/api/api-error.ts';
import { chooseToken, removeAccount, renameAccount, replaceToken } from './ui/accounts/manage-accounts.ts';
import { createFailureNotice } from './ui/monitoring/failure-notice.ts';
import { goToDestination, showFailing } from './ui/destinations/find-destination.ts';
import { createOrderedState } from './ui/host/ordered-state.ts';
import { createMinuteClock } from './ui/monitoring/minute-clock.ts';
import { createSecretStore } from './ui/destinations/secret-store.ts';
import { readSettings } from './ui/host/settings.ts';
import { createSharedSnapshots } from './ui/monitoring/shared-snapshots.ts';
import { createStatusItem } from './ui/monitoring/status-item.ts';
import { describeTrouble } from './ui/accounts/storage-trouble.ts';
import { createTargets } from './ui/destinations/targets.ts';
import { createDestinationsView } from './ui/tree/tree.ts';
import { isNode } from './ui/tree/nodes.ts';
import { VIEW_ID } from './ui/host/ids.ts';

/** What the integration tests look at; nothing else gets it. */
export type TestApi = ReturnType<typeof activate>;

/** The composition root: builds the objects, ties them together, registers them. */
export function activate(context: vscode.ExtensionContext) {
  const isTest = context.extensionMode === vscode.ExtensionMode.Test;
  const lines: string[] = [];
  const redactor = createRedactor();
  const logger = createLogger(redactor, isTest ? (line) => lines.push(line) : undefined);
  const host: Host = {
    // Looked up at each call: VS Code puts its own in place, which knows the user's proxy and certificates.
    fetch: async (input, init) => globalThis.fetch(input, init),
    now: Date.now,
    sleep: async (milliseconds, signal) => delay(milliseconds, undefined, signal ? { signal } : {}),
    random: Math.random,
    log: logger.log,
  };
  const state = createOrderedState(context.globalState);
  const store = createStore({ now: host.now, toApiError: (error) => toApiError(error, host) });
  const budgets = createCallBudgets(host.now);
  const snapshots = createSharedSnapshots(context.secrets, store, host.log);
  const connections = createConnections(context, state, store, redactor, host, budgets, snapshots);
  const accountOrder = createAccountOrder(connections);
  const policies = createPolicyStore();
  const lastTests = createLastTests();
  const destinationsView = createDestinationsView(store, policies, lastTests, accountOrder);
  const { provider, view } = destinationsView;
  const targets = createTargets(store, destinationsView.selected);
  const secrets = createSecretStore(context.secrets, redactor, logger.log);

  const setState = createContextKey('state');
  createContextKey('environmentToken')(hasEnvironmentToken(process.env));
  setState('loading');
  const loaded = connections
    .load()
    .catch((error: unknown) => logger.log('error', `Failed to load the stored accounts: ${describeForLog(error)}`))
    .finally(() => setState(store.entries().length === 0 ? 'noAccount' : 'ready'));
  const backgroundRefresh = createBackgroundRefresh(store, budgets, snapshots, host, loaded);
  const statusItem = createStatusItem(store, backgroundRefresh.intervalOf);
  const editing = createLazyEditing(context, {
    state,
    store,
    policies,
    secrets,
    lastTests,
    host,
    redactor,
    logger,
    loaded,
  });

  /** A command on one account, which failures then name. */
  const onAccount =
    (title: string, work: (connection: Connection) => PromiseLike<unknown>): CommandHandler =>
    async (argument, naming) => {
      const connection = await targets.account(argument, title);
      if (connection) {
        naming({ name: connection.account.name, accountId: connection.account.id });
        await work(connection);
      }
    };

  const onDestination =
    (title: string, work: (target: Located) => Promise<unknown>): CommandHandler =>
    async (argument, naming) => {
      const target = await targets.destination(argument, title);
      if (target) {
        naming({ name: target.connection.account.name, accountId: target.connection.account.id });
        await work(target);
      }
    };

  /** A command on all the destinations that are selected. */
  const onDestinations =
    (title: string, work: (targets: readonly Located[]) => Promise<unknown>): CommandHandler =>
    async (argument, naming, selected) => {
      const chosen = await targets.destinations(argument, selected, title);
      const [first] = chosen;
      if (first) {
        naming({ name: first.connection.account.name, accountId: first.connection.account.id });
        await work(chosen);
      }
    };

  const commands = registerCommands(
    {
      addAccount: async (argument) => {
        const fromEnvironment = argument === 'fromEnvironment';
        await (fromEnvironment
          ? inView(async () => addFromEnvironment(connections, process.env))
          : addAccount(connections, process.env));
      },
      replaceToken: onAccount(vscode.l10n.t('Replace Token'), async (connection) =>
        replaceToken(connection, connections),
      ),
      chooseToken: onAccount(vscode.l10n.t('Choose Token'), async (connection) => chooseToken(connection, connections)),
      renameAccount: onAccount(vscode.l10n.t('Rename Account'), async (connection) =>
        renameAccount(connection, connections),
      ),
      removeAccount: onAccount(vscode.l10n.t('Remove Account'), async (connection) =>
        removeAccount(connection, connections, secrets),
      ),
      copyAccountId: onAccount(vscode.l10n.t('Copy Account ID'), async ({ account }) =>
        vscode.env.clipboard.writeText(account.id),
      ),
      openInDashboard: async (argument, naming, selected) => {
        const page = isNode(argument) && argument.kind === 'policy' ? 'policies' : 'destinations';
        const open = onAccount(vscode.l10n.t('Open in Dashboard'), async ({ account }) =>
          vscode.env.openExternal(vscode.Uri.parse(dashboardAddress(account.id, page), true)),
        );
        await open(argument, naming, selected);
      },
      refresh: async (argument) => {
        const only = targets.selectedAccount(argument);
        policies.forget(only && [only.account.id]);
        await inView(async () => store.refresh(only && [only.account.id]));
      },
      refreshAll: async () => {
        policies.forget();
        await inView(async () => store.refresh());
      },
      createDestination: onAccount(vscode.l10n.t('Create Destination'), async (connection) =>
        (await editing.load()).panels.openNew(connection),
      ),
      editDestination: onDestination(vscode.l10n.t('Edit Destination'), async (target) =>
        (await editing.load()).panels.open(target),
      ),
      renameDestination: onDestination(vscode.l10n.t('Rename Destination'), async (target) =>
        (await editing.load()).rename(target),
      ),
      replaceDestination: onDestination(vscode.l10n.t('Replace Destination'), async (target) =>
        (await editing.load()).replace(target),
      ),
      editDestinationAsJson: onDestination(vscode.l10n.t('Edit as JSON'), async (target) =>
        (await editing.load()).jsonEditor.open(target),
      ),
      createDestinationFromJson: onAccount(vscode.l10n.t('Create Destination from JSON'), async (connection) =>
        (await editing.load()).jsonEditor.create(connection),
      ),
      testDestination: onDestinations(vscode.l10n.t('Test Destination'), async (chosen) =>
        (await editing.load()).test(chosen),
      ),
      copyAsCurl: onDestination(vscode.l10n.t('Copy as curl'), async (target) =>
        (await editing.load()).copyAsCurl(target, apiBaseUrl()),
      ),
      deleteDestination: onDestinations(vscode.l10n.t('Delete Destination'), async (chosen) =>
        (await editing.load()).remove(chosen),
      ),
      copyId: onDestinations(vscode.l10n.t('Copy ID'), async (chosen) => (await editing.load()).copyIds(chosen)),
      copyUrl: onDestinations(vscode.l10n.t('Copy URL'), async (chosen) => (await editing.load()).copyUrls(chosen)),
      copyAsTerraform: onDestinations(vscode.l10n.t('Copy as Terraform'), async (chosen) =>
        (await editing.load()).copyAsTerraform(chosen),
      ),
      showFailing: async () => showFailing(store, destinationsView),
      goToDestination: async () => goToDestination(store, destinationsView),
      toggleFailingOnly: () => destinationsView.showOnlyFailing(),
      showAll: () => destinationsView.showOnlyFailing(false),
      showLog: () => logger.show(),
    },
    logger,
  );

  context.subscriptions.push(
    logger,
    connections,
    destinationsView,
    statusItem,
    editing,
    backgroundRefresh,
    snapshots,
    createFailureNotice(state, store, host.log),
    createMinuteClock(() => {
      destinationsView.repaintAges();
      statusItem.repaintAges();
    }),
    commands,
    registerLanguageModelTools(store, loaded),
    connections.onTroubleChanged((trouble) => {
      view.message = describeTrouble(trouble);
    }),
    {
      dispose: store.onChanged(
        ({ accounts }) => accounts && setState(store.entries().length === 0 ? 'noAccount' : 'ready'),
      ),
    },
  );
  return isTest
    ? {
        loaded,
        state,
        store,
        connections,
        provider,
        view,
        statusItem: statusItem.item,
        repaintAges: statusItem.repaintAges,
        accountOrder,
        destinationsView,
        context,
        editing,
        logged: () => lines.join('\n'),
      }
    : undefined;
}

/** Where the API is; the public one where the setting cannot be used. */
function apiBaseUrl(): string {
  const { apiBaseUrl: setting } = readSettings();
  return setting.ok ? setting.url : PUBLIC_API;
}

/** Runs something with the view's own progress bar. */
async function inView<T>(work: () => Promise<T>): Promise<T> {
  return vscode.window.withProgress({ location: { viewId: VIEW_ID } }, work);
}

/** What a reading threw is an {@link ApiError} unless the extension itself is at fault, which the log then tells. */
function toApiError(error: unknown, host: Host): ApiError {
  if (error instanceof ApiError) {
    return error;
  }
  host.log('error', describeForLog(error));
  return new ApiError({ kind: 'protocol', reason: 'the extension could not parse the response; see the log' });
}

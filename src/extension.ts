import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { dashboardAddress } from './core/account.ts';
import { ApiError } from './core/api/api-error.ts';
import { createRedactor } from './core/api/redaction.ts';
import type { Host } from './core/api/transport.ts';
import { createStore } from './core/store.ts';
import { addAccount, addFromEnvironment, hasEnvironmentToken } from './ui/add-account.ts';
import { createAutoRefresh } from './ui/auto-refresh.ts';
import { registerCommands } from './ui/commands.ts';
import { createConnections } from './ui/connections.ts';
import { createContextKey } from './ui/context-key.ts';
import { createLogger, describeForLog } from './ui/log.ts';
import { removeAccount, replaceToken } from './ui/manage-accounts.ts';
import { confirmAndDelete, showFailing } from './ui/manage-destinations.ts';
import { createStatusItem } from './ui/status-item.ts';
import { createTargets } from './ui/targets.ts';
import { createDestinationsView, VIEW_ID } from './ui/tree.ts';

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
  const store = createStore({ now: host.now, toApiError: (error) => toApiError(error, host) });
  const connections = createConnections(context, store, redactor, host);
  const destinationsView = createDestinationsView(store);
  const { provider, view } = destinationsView;
  const statusItem = createStatusItem(store);
  const targets = createTargets(store, view);

  const setState = createContextKey('state');
  createContextKey('environmentToken')(hasEnvironmentToken(process.env));
  setState('loading');
  const loaded = connections
    .load()
    .catch((error: unknown) => logger.log('error', `Reading the stored accounts failed: ${describeForLog(error)}`))
    .finally(() => setState(store.entries().length === 0 ? 'noAccount' : 'ready'));

  const commands = registerCommands(
    {
      addAccount: async (argument) => {
        const fromEnvironment = argument === 'fromEnvironment';
        await (fromEnvironment
          ? inView(async () => addFromEnvironment(connections, process.env))
          : addAccount(connections, process.env));
      },
      replaceToken: async (argument, naming) => {
        const connection = await targets.account(argument, vscode.l10n.t('Replace Token'));
        if (connection) {
          naming({ name: connection.account.name, accountId: connection.account.id });
          await replaceToken(connection, connections);
        }
      },
      removeAccount: async (argument) => {
        const connection = await targets.account(argument, vscode.l10n.t('Remove Account'));
        if (connection) {
          await removeAccount(connection, connections);
        }
      },
      refresh: async (argument) => {
        const only = targets.selectedAccount(argument);
        await inView(async () => store.refresh(only && [only.account.id]));
      },
      deleteDestination: async (argument, naming) => {
        const target = await targets.destination(argument, vscode.l10n.t('Delete Destination'));
        if (target) {
          naming({ name: target.connection.account.name, accountId: target.connection.account.id });
          await confirmAndDelete(target, store, VIEW_ID);
        }
      },
      showFailing: async () => showFailing(store, view),
      openInDashboard: async (argument) => {
        const connection = await targets.account(argument, vscode.l10n.t('Open in Dashboard'));
        if (connection) {
          await vscode.env.openExternal(vscode.Uri.parse(dashboardAddress(connection.account.id), true));
        }
      },
      showLog: () => logger.show(),
    },
    logger,
  );

  context.subscriptions.push(logger, connections, destinationsView, statusItem, createAutoRefresh(store), commands, {
    dispose: store.onChanged(
      ({ accounts }) => accounts && setState(store.entries().length === 0 ? 'noAccount' : 'ready'),
    ),
  });
  const storedState = (): unknown =>
    [context.globalState, context.workspaceState].map((state) => state.keys().map((key) => [key, state.get(key)]));
  return isTest
    ? {
        loaded,
        store,
        connections,
        provider,
        view,
        statusItem: statusItem.item,
        storedState,
        logged: () => lines.join('\n'),
      }
    : undefined;
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
  return new ApiError({ kind: 'protocol', reason: 'the extension could not make sense of the answer; see the log' });
}

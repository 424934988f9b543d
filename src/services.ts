import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type * as vscode from 'vscode';
import { ApiError, describeForLog } from './core/api/api-error.ts';
import { PUBLIC_API } from './core/api/base-url.ts';
import { createRedactor, type Redactor } from './core/api/redaction.ts';
import type { Host } from './core/api/transport.ts';
import type { UnansweredUpdates } from './core/api/unanswered.ts';
import type { UnansweredCreations } from './core/destinations/create-destination.ts';
import type { Destination } from './core/model/destination.ts';
import { createTurns, type Turns } from './core/policies/turns.ts';
import { admitUserCall, type CallBudgets, createCallBudgets } from './core/monitoring/call-budget.ts';
import { createStore, type Store } from './core/monitoring/store.ts';
import { createPolicyStore, type PolicyStore } from './core/policies/policy-store.ts';
import { createAccountOrder } from './ui/accounts/account-order.ts';
import { type Connections, createConnections } from './ui/accounts/connections.ts';
import { createProfileSecrets, profileFolderOf, readProfileId } from './ui/accounts/profile-secrets.ts';
import { createSecretStore, type SecretStore } from './ui/destinations/secret-store.ts';
import { createLogger, type Logger } from './ui/host/log.ts';
import { createOrderedState, type State } from './ui/host/ordered-state.ts';
import { readSettings } from './ui/host/settings.ts';
import { userAgentOf } from './ui/host/user-agent.ts';
import { type BackgroundRefresh, createBackgroundRefresh } from './ui/monitoring/background-refresh.ts';
import { createSharedSnapshots, type SharedSnapshots } from './ui/monitoring/shared-snapshots.ts';
import { createStatusItem, type StatusItem } from './ui/monitoring/status-item.ts';
import { createTimelines, type Timelines } from './ui/monitoring/timelines.ts';
import { createLastTests, type LastTests } from './ui/tree/last-tests.ts';
import type { Node } from './ui/tree/nodes.ts';
import { createDestinationsView, type DestinationsView } from './ui/tree/tree.ts';
import { addressOf } from './ui/json/addresses.ts';
import { createFocusedPanel, type FocusedPanel } from './ui/panel/focused-panel.ts';

/** The objects that capabilities share. Each module takes only those it needs. */
export type Services = {
  /** Its `secrets` belong to this VS Code profile. */
  readonly context: vscode.ExtensionContext;
  /** The stored records of all VS Code profiles. */
  readonly allSecrets: vscode.SecretStorage;
  readonly userAgent: string;
  /** The API address; the public one if the setting is invalid. */
  readonly apiBaseUrl: () => string;
  readonly redactor: Redactor;
  readonly logger: Logger;
  readonly host: Host & Turns;
  readonly state: State;
  /** State of this window's workspace. */
  readonly windowState: State;
  /** The folder of the operations in progress, which all windows share. */
  readonly operationsFolder: string;
  /** The folder of what is recorded and cached about the accounts of this VS Code profile. */
  readonly profileFolder: string;
  readonly store: Store;
  readonly budgets: CallBudgets;
  readonly snapshots: SharedSnapshots;
  readonly timelines: Timelines;
  readonly connections: Connections;
  readonly policies: PolicyStore;
  /** Shared, so that a creation of a panel that was not answered is found by an import, and the other way round. */
  readonly unansweredCreations: UnansweredCreations;
  /** Updates of destinations without an answer, which may take effect late. */
  readonly unansweredUpdates: UnansweredUpdates<Destination>;
  readonly lastTests: LastTests;
  readonly secrets: SecretStore;
  readonly accountOrder: vscode.TreeDragAndDropController<Node>;
  readonly destinationsView: DestinationsView;
  readonly focusedPanel: FocusedPanel;
  readonly backgroundRefresh: BackgroundRefresh;
  readonly statusItem: StatusItem;
  /** Resolves once the accounts are loaded, with whether they could be. Never rejects. */
  readonly loaded: Promise<boolean>;
};

/** How long background changes are gathered before the views receive them, in milliseconds. */
const BURST = 50;

/** What exists before the services. */
export type Registered = {
  readonly context: vscode.ExtensionContext;
  readonly channel: vscode.LogOutputChannel;
  /** The view, whose rows the services provide. */
  readonly view: vscode.TreeView<Node>;
  /** Receives each line of the log. */
  readonly onLine?: ((line: string) => void) | undefined;
};

/** Builds the services and starts to load the accounts. */
export function createServices({ context: given, channel, view, onLine }: Registered): Services {
  const userAgent = userAgentOf(given);
  const redactor = createRedactor();
  const logger = createLogger(redactor, channel, onLine);
  const host: Host & Turns = {
    // Looked up at each call, because VS Code replaces `fetch` with one that uses the user's proxy and certificates.
    fetch: async (input, init) => globalThis.fetch(input, init),
    now: Date.now,
    sleep: async (milliseconds, signal) => delay(milliseconds, undefined, signal ? { signal } : {}),
    random: Math.random,
    ...createTurns(),
    log: logger.log,
    redact: (words, most) => redactor.redact(words, most),
  };
  const state = createOrderedState(given.globalState);
  // Only the command that deletes stored credentials sees the records of other profiles.
  const secretStorage = createProfileSecrets(given.secrets, state, host.log);
  const context: vscode.ExtensionContext = Object.create(given, { secrets: { value: secretStorage } });
  const profile = readProfileId(state);
  const profileFolder = profileFolderOf(context.globalStorageUri.fsPath, state, host.log);
  const budgets = createCallBudgets(() => performance.now());
  const store = createStore({
    now: host.now,
    toApiError: (error) => toApiError(error, host),
    defer: (work) => setTimeout(work, BURST),
    log: host.log,
    admit: async ({ token }, signal) => admitUserCall(budgets.of(token?.id), host.sleep, signal),
  });
  const snapshots = createSharedSnapshots({ profileFolder, secrets: secretStorage }, store, host.log);
  const timelines = createTimelines({ profileFolder, store, host }, async () => import('./recording.ts'));
  const connections = createConnections({
    context,
    userAgent,
    state,
    store,
    redactor,
    host,
    budgets,
    snapshots,
    profile,
  });
  const accountOrder = createAccountOrder(connections);
  const policies = createPolicyStore();
  const lastTests = createLastTests();
  const destinationsView = createDestinationsView(store, policies, lastTests, {
    view,
    documentOf: addressOf,
    describeOnHover: async (node) => (await import('./managing.ts')).describeDestinationRow(node, { store, lastTests }),
  });
  const secrets = createSecretStore(context.secrets, redactor, logger.log);
  const loaded = connections.load().then(
    () => true,
    (error: unknown) => {
      logger.log('error', `Reading the stored accounts failed: ${describeForLog(error)}`);
      return false;
    },
  );
  const backgroundRefresh = createBackgroundRefresh({ store, budgets, snapshots, host, loaded });
  const statusItem = createStatusItem(store, backgroundRefresh.intervalOf);
  return {
    context,
    allSecrets: given.secrets,
    userAgent,
    apiBaseUrl,
    redactor,
    logger,
    host,
    state,
    windowState: createOrderedState(given.workspaceState),
    operationsFolder: path.join(context.globalStorageUri.fsPath, 'operations'),
    profileFolder,
    store,
    budgets,
    snapshots,
    timelines,
    connections,
    policies,
    unansweredCreations: new Map(),
    unansweredUpdates: new Map(),
    lastTests,
    secrets,
    accountOrder,
    destinationsView,
    focusedPanel: createFocusedPanel(),
    backgroundRefresh,
    statusItem,
    loaded,
  };
}

function apiBaseUrl(): string {
  const { apiBaseUrl: setting } = readSettings();
  return setting.ok ? setting.url : PUBLIC_API;
}

/**
 * Converts an error of a refresh. Any error other than an {@link ApiError} is a bug of the extension, which is logged.
 */
function toApiError(error: unknown, host: Host): ApiError {
  if (error instanceof ApiError) {
    return error;
  }
  host.log('error', describeForLog(error));
  return new ApiError({ kind: 'protocol', answer: 'otherForm' });
}

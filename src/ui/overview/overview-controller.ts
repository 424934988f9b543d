import * as vscode from 'vscode';
import { describeForLog } from '../../core/api/api-error.ts';
import { dayOf } from '../../core/model/local-day.ts';
import { type AccountEntry, shownOf } from '../../core/monitoring/account-state.ts';
import type { Change } from '../../core/monitoring/store-events.ts';
import type { ShownDestination } from '../../core/model/destination.ts';
import type {
  OverviewEvent,
  OverviewAccount,
  OverviewAction,
  OverviewTarget,
  ToOverview,
} from '../../core/overview-protocol.ts';
import type { CommandName } from '../host/ids.ts';
import { runCommand } from '../host/run-command.ts';
import { onSettingChanged, readSettings } from '../host/settings.ts';
import { createMinuteClock } from '../monitoring/minute-clock.ts';
import { describeUnloaded } from '../text/error.ts';
import type { DestinationNode } from '../tree/nodes.ts';
import { exportCsv } from './overview-csv.ts';
import { createDetailLoader, type DetailServices } from './overview-details.ts';
import { toOverviewAccount, toOverviewRow } from './overview-rows.ts';
import { overviewTexts } from './overview-texts.ts';

/** The host side of one overview page. It follows the store while the page is there. */
export type OverviewController = vscode.Disposable & { receive(message: OverviewEvent): Promise<void> };

export type OverviewServices = DetailServices & {
  /** Resolves once the accounts are loaded, with whether they could be. */
  readonly loaded: Promise<boolean>;
};

const COMMANDS: Readonly<Record<OverviewAction, CommandName>> = {
  test: 'testDestination',
  policies: 'managePolicies',
  export: 'exportDestinations',
  delete: 'deleteDestination',
};

/** The rows of an account that is not loaded yet. */
const NONE: readonly ShownDestination[] = [];

export function createOverviewController(
  services: OverviewServices,
  send: (message: ToOverview) => void,
): OverviewController {
  const { store, policies, timelines, host, loaded } = services;
  /** A refresh may end after the tab was closed, and a closed webview rejects messages. */
  const post = (message: ToOverview): void => {
    if (!isDisposed) {
      send(message);
    }
  };
  /** What the page has of each account, by identity. */
  const sent = new Map<
    string,
    { readonly account: OverviewAccount; readonly destinations: unknown; readonly kind: AccountEntry['state']['kind'] }
  >();
  /** The local day of the last refresh of each account. */
  const refreshedOn = new Map<string, string>();
  const details = createDetailLoader(services, (accountId, loadedDetails) =>
    post({ kind: 'details', accountId, details: [...loadedDetails] }),
  );
  let isReady = false;
  let isDisposed = false;
  /** Undefined: they are loading. */
  let areAccountsLoaded: boolean | undefined;

  function postAccounts(): void {
    const accountIds = store.entries().map(({ connection }) => connection.account.id);
    const kept = new Set(accountIds);
    for (const id of sent.keys()) {
      if (!kept.has(id)) {
        sent.delete(id);
        details.forget(id);
        refreshedOn.delete(id);
      }
    }
    post({
      kind: 'accounts',
      accountIds,
      isComplete: areAccountsLoaded !== undefined,
      ...(areAccountsLoaded === false ? { problem: describeUnloaded() } : {}),
    });
    store.entries().forEach(postAccount);
  }

  /** Sends what the page does not have yet of an account. */
  function postAccount(entry: AccountEntry): void {
    const account = toOverviewAccount(entry);
    const destinations = shownOf(entry.state)?.destinations ?? NONE;
    const before = sent.get(account.accountId);
    const isSameAccount = before?.account.name === account.name && before.account.note === account.note;
    const isSameList = before?.destinations === destinations;
    if (isSameAccount && isSameList) {
      return;
    }
    sent.set(account.accountId, { account, destinations, kind: entry.state.kind });
    post({ kind: 'account', account, ...(isSameList ? {} : { rows: destinations.map(toOverviewRow) }) });
    if (before?.account.note !== undefined && before.kind !== 'ready' && account.note === undefined) {
      // What could not be loaded while the account failed can be loaded now.
      postOutdated(account.accountId);
    }
  }

  function follow({ accounts, states }: Change): void {
    if (!isReady) {
      return;
    }
    if (accounts) {
      postAccounts();
    } else {
      postSome(states);
    }
  }

  function postSome(accountIds: Iterable<string>): void {
    for (const id of isReady ? accountIds : []) {
      const entry = store.entry(id);
      if (entry) {
        postAccount(entry);
      }
    }
  }

  const postSettings = (): void => post({ kind: 'settings', unprovenAfterDays: readSettings().unprovenAfterDays });
  const postOutdated = (accountId: string): void => {
    if (isReady) {
      post({ kind: 'outdated', accountId });
    }
  };

  /** The first refresh of a day tells of the days since the last one whether they were quiet, even if it has no news. */
  function followDays(accountId: string): void {
    const shown = shownOf(store.entry(accountId)?.state);
    if (shown) {
      const before = refreshedOn.get(accountId);
      const day = dayOf(shown.at);
      refreshedOn.set(accountId, day);
      if (before !== undefined && before !== day) {
        postOutdated(accountId);
      }
    }
  }

  const subscriptions = vscode.Disposable.from(
    { dispose: store.onChanged(follow) },
    // A refresh without news, and time that passes, change how old the rows are.
    { dispose: store.onRead((snapshots) => postSome(snapshots.keys())) },
    createMinuteClock(() => postSome(store.entries().map(({ connection }) => connection.account.id))),
    { dispose: policies.onChanged(postOutdated) },
    {
      dispose: timelines.onChanged((accountId) => {
        // The alert of a new delivery was possibly sent after the alerts were fetched.
        details.forgetAlerts(accountId);
        postOutdated(accountId);
      }),
    },
    { dispose: store.onSettled(followDays) },
    onSettingChanged('unprovenAfterDays', postSettings),
    details,
  );

  store.entries().forEach(({ connection }) => followDays(connection.account.id));

  async function loadVisible(rows: readonly OverviewTarget[]): Promise<void> {
    const byAccount = Map.groupBy(rows, ({ accountId }) => accountId);
    await Promise.all(
      [...byAccount].map(async ([accountId, each]) =>
        details.load(
          accountId,
          each.map(({ destinationId }) => destinationId),
        ),
      ),
    );
  }

  return {
    async receive(message) {
      switch (message.kind) {
        case 'ready':
          // The page is new: at first, and each time that VS Code shows its tab again.
          sent.clear();
          isReady = true;
          post({ kind: 'texts', texts: overviewTexts() });
          postSettings();
          postAccounts();
          areAccountsLoaded = await loaded;
          postAccounts();
          return;
        case 'visible':
          await loadVisible(message.rows);
          return;
        case 'open':
          await runCommand('editDestination', toNode(message.row));
          return;
        case 'act': {
          const nodes = message.rows.map(toNode);
          await (nodes[0] && runCommand(COMMANDS[message.action], nodes[0], nodes));
          return;
        }
        case 'refresh':
          details.forget();
          await runCommand('refreshAll');
          store.entries().forEach(({ connection }) => postOutdated(connection.account.id));
          return;
        case 'testUnproven':
        case 'addAccount':
          await runCommand(message.kind);
          return;
        case 'exportCsv':
          await exportCsv(message.rows, { store, now: host.now(), details }).catch((error: unknown) =>
            host.log('error', describeForLog(error)),
          );
          return;
        default:
          message satisfies never;
      }
    },
    dispose() {
      isDisposed = true;
      subscriptions.dispose();
    },
  };
}

function toNode({ accountId, destinationId }: OverviewTarget): DestinationNode {
  return { kind: 'destination', accountId, destinationId };
}

import * as vscode from 'vscode';
import { healthOf } from '../../core/model/health.ts';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { type AccountEntry, isIncomplete, shownOf } from '../../core/monitoring/account-state.ts';
import { locateAll, locateFailing, type Shown } from '../../core/monitoring/overview.ts';
import { countUncertain } from '../../core/monitoring/status.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { runCommand } from '../host/run-command.ts';
import { nothingToPick, toPickItem } from './targets.ts';
import { HEALTH_ICONS } from '../tree/tree-items.ts';
import type { DestinationNode, ProblemNode } from '../tree/nodes.ts';
import { describeUnknownState, describeUnread } from '../text/error.ts';
import { describeAge } from '../text/format.ts';
import type { DestinationsView } from '../tree/tree.ts';
import { tell } from '../host/notice.ts';
import { toPlainItem } from '../host/pick.ts';
import { plain } from '../../core/model/plain-text.ts';

/** `node`: what the view shows if the item is chosen. */
type Item = vscode.QuickPickItem & { readonly node: DestinationNode | ProblemNode };

/**
 * Lists the failing destinations of all accounts, newest failure first, and the accounts whose state is unknown.
 * If only accounts failed, shows the problem of the first in the view, with its remedies. While an account is loading,
 * failed or cached, it never reports that no destination is failing.
 */
export async function showFailing(store: Store, view: DestinationsView): Promise<void> {
  const failing = locateFailing(store.entries());
  const uncertain = countUncertain(store.totals());
  const problems = store.entries().flatMap(toProblemItem);
  if (failing.length === 0) {
    const [problem] = problems;
    if (problem) {
      await view.reveal(problem.node);
    } else {
      void tellNothingFails(store, uncertain);
    }
    return;
  }
  const placeholder =
    uncertain > 0
      ? `${vscode.l10n.t('Choose a destination to show it in the view.')} ${describeUnread(uncertain)}`
      : vscode.l10n.t('Choose a destination to show it in the view');
  const items = [...failing.map(toItem), ...problems];
  await findAmong(items, vscode.l10n.t('Failing Destinations'), placeholder, view);
}

async function tellNoAccount(): Promise<void> {
  const add = vscode.l10n.t('Add Account…');
  if ((await tell('information', vscode.l10n.t('No Cloudflare account has been added yet.'), add)) === add) {
    await runCommand('addAccount');
  }
}

/** The data can be of any age: in a window without the focus, or with automatic refresh off. */
async function tellNothingFails(store: Store, uncertain: number): Promise<void> {
  if (store.totals().accounts === 0) {
    await tellNoAccount();
    return;
  }
  const oldest = Math.min(...store.entries().flatMap(({ state }) => shownOf(state)?.at ?? []));
  const message =
    uncertain === 0
      ? vscode.l10n.t('No webhook destination is failing (refreshed {0})', describeAge(fromMilliseconds(oldest)))
      : `${vscode.l10n.t('No known webhook destination is failing.')} ${describeUnread(uncertain)}`;
  const refresh = vscode.l10n.t('Refresh All');
  if ((await tell('information', message, refresh)) === refresh) {
    await runCommand('refreshAll');
  }
}

/** Finds a destination by name, account, type or state over all accounts. */
export async function goToDestination(store: Store, view: DestinationsView): Promise<void> {
  const all = locateAll(store.entries());
  if (store.totals().accounts === 0) {
    await tellNoAccount();
    return;
  }
  if (all.length === 0) {
    throw nothingToPick(store);
  }
  const placeholder = vscode.l10n.t('Type a name, account, type or state');
  await findAmong(all.map(toItem), vscode.l10n.t('Go to Destination'), placeholder, view);
}

function toItem(located: Shown): Item {
  const { connection, destination } = located;
  return {
    ...toPickItem(located),
    iconPath: HEALTH_ICONS[healthOf(destination)],
    node: { kind: 'destination', accountId: connection.account.id, destinationId: destination.id },
  };
}

function toProblemItem(entry: AccountEntry): readonly Item[] {
  const problem = describeUnknownState(entry);
  if (!problem) {
    return [];
  }
  const { id: accountId, name } = entry.connection.account;
  return [
    {
      label: problem.headline,
      description: name,
      detail: problem.sentence,
      iconPath: new vscode.ThemeIcon('warning'),
      node: { kind: 'problem', accountId, ...(isIncomplete(entry.state) ? { skipped: true } : {}) },
    },
  ];
}

/** Reveals the chosen destination in the view. The item buttons test or edit it instead. */
async function findAmong(
  items: readonly Item[],
  title: string,
  placeholder: string,
  view: DestinationsView,
): Promise<void> {
  const [test, edit, reveal] = [
    { iconPath: new vscode.ThemeIcon('beaker'), tooltip: vscode.l10n.t('Test…') },
    { iconPath: new vscode.ThemeIcon('edit'), tooltip: vscode.l10n.t('Edit…') },
    { iconPath: new vscode.ThemeIcon('list-tree'), tooltip: vscode.l10n.t('Show in View') },
  ];
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = plain(title);
  pick.placeholder = plain(placeholder);
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = items.map((item) => ({
    ...toPlainItem(item),
    buttons: item.node.kind === 'destination' ? [test, edit, reveal] : [reveal],
  }));
  try {
    const [item, button] = await new Promise<readonly [Item | undefined, vscode.QuickInputButton?]>((resolve) => {
      pick.onDidHide(() => resolve([undefined]));
      pick.onDidAccept(() => resolve([pick.selectedItems[0], reveal]));
      pick.onDidTriggerItemButton((event) => resolve([event.item, event.button]));
      pick.show();
    });
    pick.hide();
    if (item && button === reveal) {
      await view.reveal(item.node);
    } else if (item) {
      await runCommand(button === test ? 'testDestination' : 'editDestination', item.node);
    }
  } finally {
    pick.dispose();
  }
}

import * as vscode from 'vscode';
import { plural } from '../text/format.ts';
import { healthOf } from '../../core/model/health.ts';
import { locateAll, locateFailing, type Shown } from '../../core/monitoring/overview.ts';
import { countUncertain } from '../../core/monitoring/status.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { runCommand } from '../host/run-command.ts';
import { UserError } from '../host/report.ts';
import { toPickItem } from './targets.ts';
import { HEALTH_ICONS } from '../tree/tree-items.ts';
import type { DestinationsView } from '../tree/tree.ts';
import { tell } from '../host/notice.ts';
import { toPlainItem } from '../host/pick.ts';
import { plain } from '../../core/model/plain-text.ts';

type Item = vscode.QuickPickItem & { readonly located: Shown };

/**
 * Lists the failing destinations of all accounts, newest failure first. While an account is loading, failed or cached,
 * it never reports that no destination is failing.
 */
export async function showFailing(store: Store, view: DestinationsView): Promise<void> {
  const failing = locateFailing(store.entries());
  const uncertain = countUncertain(store.totals());
  if (failing.length === 0) {
    void tellNothingFails(store.totals().accounts, uncertain);
    return;
  }
  const placeholder =
    uncertain > 0
      ? `${vscode.l10n.t('Choose a destination to show it in the view.')} ${describeUnread(uncertain)}`
      : vscode.l10n.t('Choose a destination to show it in the view');
  await findAmong(failing, vscode.l10n.t('Failing Destinations'), placeholder, view);
}

async function tellNothingFails(accounts: number, uncertain: number): Promise<void> {
  if (accounts === 0) {
    const add = vscode.l10n.t('Add Account…');
    if ((await tell('information', vscode.l10n.t('No Cloudflare account has been added yet.'), add)) === add) {
      await runCommand('addAccount');
    }
  } else if (uncertain === 0) {
    await tell('information', vscode.l10n.t('No webhook destination is failing.'));
  } else {
    const refresh = vscode.l10n.t('Refresh All');
    const message = `${vscode.l10n.t('No known webhook destination is failing.')} ${describeUnread(uncertain)}`;
    if ((await tell('information', message, refresh)) === refresh) {
      await runCommand('refreshAll');
    }
  }
}

function describeUnread(accounts: number): string {
  return plural(
    accounts,
    vscode.l10n.t('The state of 1 account is unknown.'),
    vscode.l10n.t('The state of {0} accounts is unknown.', accounts),
  );
}

/** Finds a destination by name, account, type or state over all accounts. */
export async function goToDestination(store: Store, view: DestinationsView): Promise<void> {
  const all = locateAll(store.entries());
  if (store.totals().accounts === 0) {
    await tellNothingFails(0, 0);
    return;
  }
  if (all.length === 0) {
    throw new UserError(vscode.l10n.t('There are no webhook destinations. Create one with “Create Destination…”.'));
  }
  const placeholder = vscode.l10n.t('Type a name, account, type or state');
  await findAmong(all, vscode.l10n.t('Go to Destination'), placeholder, view);
}

/** Reveals the chosen destination in the view. The item buttons test or edit it instead. */
async function findAmong(
  destinations: readonly Shown[],
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
  pick.items = destinations.map((located) => ({
    ...toPlainItem(toPickItem(located)),
    iconPath: HEALTH_ICONS[healthOf(located.destination)],
    buttons: [test, edit, reveal],
    located,
  }));
  try {
    const [item, button] = await new Promise<readonly [Item | undefined, vscode.QuickInputButton?]>((resolve) => {
      pick.onDidHide(() => resolve([undefined]));
      pick.onDidAccept(() => resolve([pick.selectedItems[0], reveal]));
      pick.onDidTriggerItemButton((event) => resolve([event.item, event.button]));
      pick.show();
    });
    pick.hide();
    if (item) {
      const { connection, destination } = item.located;
      const [accountId, destinationId] = [connection.account.id, destination.id];
      if (button === reveal) {
        await view.reveal(accountId, destinationId);
      } else {
        const command = button === test ? 'testDestination' : 'editDestination';
        const node = { kind: 'destination', accountId, destinationId };
        await runCommand(command, node);
      }
    }
  } finally {
    pick.dispose();
  }
}

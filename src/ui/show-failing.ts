import * as vscode from 'vscode';
import { locateFailing } from '../core/overview.ts';
import type { Store } from '../core/store.ts';
import type { Node } from './nodes.ts';
import { toPickItem } from './targets.ts';

const FAILING_ICON = new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));

/** Lists the failing destinations of all accounts, newest failure first, and reveals the chosen one in the view. */
export async function showFailing(store: Store, view: vscode.TreeView<Node>): Promise<void> {
  const items = locateFailing(store.entries()).map((located) => ({
    ...toPickItem(located),
    iconPath: FAILING_ICON,
    located,
  }));
  if (items.length === 0) {
    const unread = store.entries().filter(({ state }) => state.kind !== 'ready').length;
    void vscode.window.showInformationMessage(
      unread > 0
        ? vscode.l10n.t('No failing destination is known, but {0} accounts could not be read.', unread)
        : vscode.l10n.t('No webhook destination is failing.'),
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Failing Destinations'),
    placeHolder: vscode.l10n.t('Choose one to see it in the view'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen) {
    const { connection, destination } = chosen.located;
    const node: Node = { kind: 'destination', accountId: connection.account.id, destinationId: destination.id };
    await view.reveal(node, { select: true, focus: true });
  }
}

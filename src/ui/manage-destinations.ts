import * as vscode from 'vscode';
import { deleteDestination } from '../core/delete-destination.ts';
import { hostOf } from '../core/destination.ts';
import { locateFailing, type Located } from '../core/overview.ts';
import type { Store } from '../core/store.ts';
import type { Node } from './nodes.ts';
import type { SecretStore } from './secret-store.ts';
import { toPickItem } from './targets.ts';
import { nameOf, typeOf } from './words.ts';

const FAILING_ICON = new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));

/** Deletes a destination at Cloudflare, behind a modal that names it. */
export async function confirmAndDelete(
  { connection, destination }: Located,
  store: Store,
  secrets: SecretStore,
  viewId: string,
): Promise<void> {
  const { account, api } = connection;
  const name = nameOf(destination);
  const remove = vscode.l10n.t('Delete');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete the webhook destination “{0}” of {1}?', name, account.name),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Type {0}, host {1}. Cloudflare deletes it at once and for good. A notification policy that uses it stops delivering there, without a word.',
        typeOf(destination),
        hostOf(destination.url) || vscode.l10n.t('unknown'),
      ),
    },
    remove,
  );
  if (chosen !== remove) {
    return;
  }
  const outcome = await vscode.window.withProgress({ location: { viewId } }, async () =>
    deleteDestination(api, account.id, destination.id),
  );
  store.removeDestination(account.id, destination.id);
  await secrets.forget(account.id, destination.id);
  void vscode.window.showInformationMessage(
    outcome === 'deleted'
      ? vscode.l10n.t('Deleted “{0}” of {1}.', name, account.name)
      : vscode.l10n.t('“{0}” of {1} was already gone: somebody else had deleted it.', name, account.name),
  );
  await store.refresh([account.id]);
}

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

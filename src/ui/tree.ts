import * as vscode from 'vscode';
import { sortDestinations } from '../core/health.ts';
import { countAll } from '../core/overview.ts';
import type { Store } from '../core/store.ts';
import { type AccountNode, type DestinationNode, type Node, type ProblemNode, VIEW_ID } from './nodes.ts';
import { createContextKey } from './context-key.ts';
import { onSettingChanged, readSettings } from './settings.ts';
import { toTreeItem } from './tree-items.ts';

export type DestinationsView = vscode.Disposable & {
  readonly provider: vscode.TreeDataProvider<Node>;
  readonly view: vscode.TreeView<Node>;
  /** The selected rows. `view.selection` is empty for a while after the whole tree was repainted. */
  readonly selected: () => readonly Node[];
};

/** The tree of accounts and destinations and its badge: what the store holds, nothing kept, nothing fetched. */
export function createDestinationsView(
  store: Store,
  dragAndDropController: vscode.TreeDragAndDropController<Node>,
): DestinationsView {
  const changed = new vscode.EventEmitter<Node | undefined>();
  // VS Code repaints a row by the very object it was given, so an account keeps its node.
  const accountNodes = new Map<string, AccountNode>();

  function toAccountNode(accountId: string): AccountNode {
    const node = accountNodes.get(accountId) ?? { kind: 'account', accountId };
    accountNodes.set(accountId, node);
    return node;
  }

  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (node) => toTreeItem(node, store),
    getParent: (node) => (node.kind === 'account' ? undefined : toAccountNode(node.accountId)),
    getChildren(node) {
      if (!node) {
        return store.entries().map(({ connection }) => toAccountNode(connection.account.id));
      }
      return node.kind === 'account' ? childrenOf(node.accountId) : [];
    },
  };

  function childrenOf(accountId: string): Node[] {
    const state = store.entry(accountId)?.state;
    if (!state) {
      return [];
    }
    const problem: readonly ProblemNode[] = state.kind === 'failed' ? [{ kind: 'problem', accountId }] : [];
    const destinations = sortDestinations(state.last?.destinations ?? [], readSettings().sort);
    const rows = destinations.map(({ id }): DestinationNode => ({ kind: 'destination', accountId, destinationId: id }));
    return state.kind === 'ready' && rows.length === 0 ? [{ kind: 'empty', accountId }] : [...problem, ...rows];
  }

  const view = vscode.window.createTreeView(VIEW_ID, {
    treeDataProvider: provider,
    dragAndDropController,
    showCollapseAll: true,
    canSelectMany: true,
  });

  function updateBadge(): void {
    const { failing } = countAll(store.entries());
    if (view.badge?.value !== (failing || undefined)) {
      view.badge =
        failing > 0
          ? { value: failing, tooltip: vscode.l10n.t('{0} webhook destinations failing', failing) }
          : undefined;
    }
  }

  const stop = store.onChanged(({ accounts, states }) => {
    if (accounts) {
      const present = new Set(store.entries().map(({ connection }) => connection.account.id));
      for (const id of accountNodes.keys()) {
        if (!present.has(id)) {
          accountNodes.delete(id);
        }
      }
      changed.fire(undefined);
    }
    for (const id of states) {
      changed.fire(toAccountNode(id));
    }
    updateBadge();
  });

  // So that F2 and the like do what fits the row they are pressed on.
  const setSelection = createContextKey('selection');
  let selected: readonly Node[] = [];

  const subscriptions = vscode.Disposable.from(
    view,
    view.onDidChangeSelection(({ selection }) => {
      selected = selection;
      setSelection(selected[0]?.kind ?? '');
    }),
    changed,
    onSettingChanged('sort', () => changed.fire(undefined)),
    { dispose: stop },
  );
  return {
    provider,
    view,
    selected: () => (view.selection.length > 0 ? view.selection : selected),
    dispose: () => subscriptions.dispose(),
  };
}

import * as vscode from 'vscode';
import type { Services } from './services.ts';
import { DRAGGED_ROWS, VIEW_ID } from './ui/host/ids.ts';
import type { Node } from './ui/tree/nodes.ts';

export type LazyTree = vscode.Disposable & {
  readonly view: vscode.TreeView<Node>;
  /** Called once the rows can be provided. Repaints the view if VS Code has asked for rows in vain. */
  follow(provider: vscode.TreeDataProvider<Node>): void;
};

/**
 * Registers the view. VS Code shows an error for a view without a provider as soon as the extension is activated, so the
 * view is registered before the services that provide its rows are loaded. If they cannot be loaded, the view is empty.
 */
export function createLazyTree(
  services: () => Promise<Services>,
  showFailure: (error: unknown) => Promise<void>,
): LazyTree {
  const changed = new vscode.EventEmitter<Node | Node[] | undefined | null | void>();
  let following: vscode.Disposable | undefined;
  let hasFailed = false;

  const rows = async (): Promise<vscode.TreeDataProvider<Node>> => (await services()).destinationsView.provider;

  async function childrenOf(node?: Node): Promise<Node[] | null | undefined> {
    let provider;
    try {
      provider = await rows();
    } catch (error) {
      hasFailed = true;
      // VS Code would show an error of this function as another message, without a way to the log.
      void showFailure(error);
      return [];
    }
    return provider.getChildren(node);
  }

  const view = vscode.window.createTreeView<Node>(VIEW_ID, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: childrenOf,
      getTreeItem: async (node) => (await rows()).getTreeItem(node),
      getParent: async (node) => (await rows()).getParent?.(node),
      resolveTreeItem: async (item, node, token) => (await rows()).resolveTreeItem?.(item, node, token),
    },
    dragAndDropController: {
      dragMimeTypes: [],
      dropMimeTypes: [DRAGGED_ROWS],
      handleDrag: async (nodes, transfer, token) =>
        (await services()).accountOrder.handleDrag?.(nodes, transfer, token),
      handleDrop: async (node, transfer, token) => (await services()).accountOrder.handleDrop?.(node, transfer, token),
    },
    showCollapseAll: true,
    canSelectMany: true,
  });
  return {
    view,
    follow(provider) {
      following = provider.onDidChangeTreeData?.((nodes) => changed.fire(nodes));
      if (hasFailed) {
        hasFailed = false;
        changed.fire(undefined);
      }
    },
    dispose() {
      following?.dispose();
      vscode.Disposable.from(view, changed).dispose();
    },
  };
}

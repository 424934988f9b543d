import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import type { Destination } from '../../core/model/destination.ts';
import { countHealth, healthOf, sortDestinations } from '../../core/model/health.ts';
import { countAll } from '../../core/monitoring/overview.ts';
import { policiesOf } from '../../core/model/policy.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { AccountEntry, Store } from '../../core/monitoring/store.ts';
import { createContextKey } from '../host/context-key.ts';
import type { LastTests } from './last-tests.ts';
import { type AccountNode, type DestinationNode, type Node, type ProblemNode } from './nodes.ts';
import { VIEW_ID } from '../host/ids.ts';
import { describeProblem } from '../text/error.ts';
import { onSettingChanged, readSettings } from '../host/settings.ts';
import { toTreeItem } from './tree-items.ts';
import { describeBriefly, describeFailing } from '../text/destination.ts';

export type DestinationsView = vscode.Disposable & {
  readonly provider: vscode.TreeDataProvider<Node>;
  readonly view: vscode.TreeView<Node>;
  /** The selected rows. `view.selection` is empty for a while after the whole tree was repainted. */
  readonly selected: () => readonly Node[];
  /** Shows the failing ones only, or all; without a word the other of the two. */
  showOnlyFailing(only?: boolean): void;
  /** Shows a destination, also one that the filter hides. */
  reveal(accountId: string, destinationId: string): Promise<void>;
  /** Has the ages in the rows shown be those of now, where they no longer are; reads nothing. */
  repaintAges(): void;
};

/**
 * The tree of accounts, destinations and the policies that use them, and its badge: what the stores hold, nothing kept.
 * The policies of an account are read when the first of its destinations is expanded.
 */
export function createDestinationsView(
  store: Store,
  policies: PolicyStore,
  lastTests: LastTests,
  dragAndDropController: vscode.TreeDragAndDropController<Node>,
): DestinationsView {
  const changed = new vscode.EventEmitter<Node | undefined>();
  // VS Code repaints a row by the very object it was given, so an account keeps its node.
  const accountNodes = new Map<string, AccountNode>();
  /** What was last painted of an account that grows old. */
  const painted = new Map<string, string>();
  let failingOnly = false;

  function toAccountNode(accountId: string): AccountNode {
    const node = accountNodes.get(accountId) ?? { kind: 'account', accountId };
    accountNodes.set(accountId, node);
    return node;
  }

  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (node) => toTreeItem(node, { store, policies, lastTests }),
    getParent: (node) =>
      node.kind === 'account'
        ? undefined
        : node.kind === 'policy' || node.kind === 'noPolicy'
          ? { kind: 'destination', accountId: node.accountId, destinationId: node.destinationId }
          : toAccountNode(node.accountId),
    getChildren(node) {
      if (!node) {
        return store
          .entries()
          .filter((entry) => !failingOnly || isWorthALook(entry))
          .map(({ connection }) => toAccountNode(connection.account.id));
      }
      return node.kind === 'account'
        ? childrenOf(node.accountId)
        : node.kind === 'destination'
          ? policyNodesOf(node)
          : [];
    },
  };

  function childrenOf(accountId: string): Node[] {
    const state = store.entry(accountId)?.state;
    if (!state) {
      return [];
    }
    painted.set(accountId, describeAges(state.last?.destinations));
    const problem: readonly ProblemNode[] = state.kind === 'failed' ? [{ kind: 'problem', accountId }] : [];
    const destinations = sortDestinations(state.last?.destinations ?? [], readSettings().sort);
    const rows = destinations
      .filter((destination) => !failingOnly || healthOf(destination) === 'failing')
      .map(({ id }): DestinationNode => ({ kind: 'destination', accountId, destinationId: id }));
    return state.kind === 'ready' && destinations.length === 0 ? [{ kind: 'empty', accountId }] : [...problem, ...rows];
  }

  async function policyNodesOf({ accountId, destinationId }: DestinationNode): Promise<Node[]> {
    const connection = store.entry(accountId)?.connection;
    if (!connection) {
      return [];
    }
    try {
      const known = await policies.get(connection);
      const using = policiesOf(known.policies, destinationId);
      return using.length === 0
        ? [{ kind: 'noPolicy', accountId, destinationId }]
        : using.map(({ id }) => ({ kind: 'policy', accountId, destinationId, policyId: id }));
    } catch (error) {
      const problem =
        error instanceof ApiError
          ? describeProblem(error, connection.account.name).sentence
          : vscode.l10n.t('See the log for details.');
      return [{ kind: 'noPolicy', accountId, destinationId, problem }];
    }
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
      view.badge = failing > 0 ? { value: failing, tooltip: describeFailing(failing) } : undefined;
    }
  }

  const stop = store.onChanged(({ accounts, states }) => {
    if (accounts) {
      const present = new Set(store.entries().map(({ connection }) => connection.account.id));
      for (const id of accountNodes.keys()) {
        if (!present.has(id)) {
          accountNodes.delete(id);
          painted.delete(id);
        }
      }
      lastTests.keepAccounts(present);
    }
    if (accounts || failingOnly) {
      // With the filter on, a state decides whether its account is there at all.
      changed.fire(undefined);
    } else {
      for (const id of states) {
        changed.fire(toAccountNode(id));
      }
    }
    updateBadge();
  });

  // So that F2 and the like do what fits the row they are pressed on.
  const setFailingOnly = createContextKey('failingOnly');
  let selected: readonly Node[] = [];

  function showOnlyFailing(only = !failingOnly): void {
    if (only === failingOnly) {
      return;
    }
    failingOnly = only;
    setFailingOnly(failingOnly);
    view.description = failingOnly ? vscode.l10n.t('only failing') : '';
    changed.fire(undefined);
  }

  const subscriptions = vscode.Disposable.from(
    view,
    view.onDidChangeSelection(({ selection }) => {
      selected = selection;
    }),
    changed,
    onSettingChanged('sort', () => changed.fire(undefined)),
    { dispose: stop },
    { dispose: lastTests.onChanged((accountId) => changed.fire(toAccountNode(accountId))) },
    {
      dispose: policies.onChanged((accountId) => accountNodes.has(accountId) && changed.fire(toAccountNode(accountId))),
    },
  );
  return {
    provider,
    view,
    selected: () => (view.selection.length > 0 ? view.selection : selected),
    showOnlyFailing,
    async reveal(accountId, destinationId) {
      const destination = store.entry(accountId)?.state.last?.destinations.find(({ id }) => id === destinationId);
      if (failingOnly && destination && healthOf(destination) !== 'failing') {
        showOnlyFailing(false);
      }
      await view.reveal({ kind: 'destination', accountId, destinationId }, { select: true, focus: true });
    },
    repaintAges() {
      for (const [accountId, text] of painted) {
        const now = describeAges(store.entry(accountId)?.state.last?.destinations);
        if (text !== now) {
          painted.set(accountId, now);
          changed.fire(toAccountNode(accountId));
        }
      }
    },
    dispose: () => subscriptions.dispose(),
  };
}

/** Whether the filter leaves an account: it has a failing destination, or nobody knows. */
function isWorthALook({ state }: AccountEntry): boolean {
  return state.kind === 'failed' || countHealth(state.last?.destinations ?? []).failing > 0;
}

function describeAges(destinations: readonly Destination[] = []): string {
  return destinations.map((destination) => describeBriefly(destination)).join('\n');
}

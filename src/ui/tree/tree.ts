import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import { skippedIn } from '../../core/api/skipped.ts';
import { healthOf, lastEventOf, sortDestinations } from '../../core/model/health.ts';
import { findById, keyOfDestination } from '../../core/model/id.ts';
import { type AccountEntry, isIncomplete, shownOf } from '../../core/monitoring/account-state.ts';
import { countUnread } from '../../core/monitoring/snapshot.ts';
import { policiesOf } from '../../core/model/policy.ts';
import { changesBetween } from '../../core/model/silence.ts';
import { fromMilliseconds, type Instant } from '../../core/model/timestamp.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { createContextKey } from '../host/context-key.ts';
import type { LastTests } from './last-tests.ts';
import { type AccountNode, type DestinationNode, type Node, type ProblemNode } from './nodes.ts';
import { describeProblem } from '../text/error.ts';
import { onSettingChanged, readSettings } from '../host/settings.ts';
import { describeShortAge } from '../text/format.ts';
import { describeAccountRow, type Known, toAccountTooltip, toTreeItem } from './tree-items.ts';
import { describeFailing, nameOf } from '../text/destination.ts';
import { describeUnreadPolicies } from '../text/policy.ts';

export type DestinationsView = vscode.Disposable & {
  readonly provider: vscode.TreeDataProvider<Node>;
  readonly view: vscode.TreeView<Node>;
  /** The selected rows. `view.selection` is temporarily empty after the whole tree was repainted. */
  readonly selected: () => readonly Node[];
  /** Shows only failing destinations, or all; toggles without an argument. */
  showOnlyFailing(only?: boolean): void;
  /** Shows a text above the tree; none if it is empty. */
  showTrouble(text: string): void;
  /** Reveals a destination, even if the filter hides it, or the problem of an account. */
  reveal(node: DestinationNode | ProblemNode): Promise<void>;
  /** Repaints the rows whose ages are out of date, without fetching. */
  repaintAges(): void;
};

type Parts = Pick<Known, 'documentOf'> & {
  readonly view: vscode.TreeView<Node>;
  /** Makes the tooltip of a destination's row when the pointer rests on it. */
  readonly describeOnHover: (node: DestinationNode) => Promise<vscode.MarkdownString | undefined>;
};

/**
 * The rows of accounts, destinations and their policies, and the badge of the view. They show the data of the stores and
 * have no copy. Expanding the first destination of an account fetches the account's policies. The caller registers the
 * provider with the view.
 */
export function createDestinationsView(
  store: Store,
  policies: PolicyStore,
  lastTests: LastTests,
  { view, documentOf, describeOnHover }: Parts,
): DestinationsView {
  const changed = new vscode.EventEmitter<Node | Node[] | undefined>();
  // VS Code repaints a row by object identity, so each account keeps its node.
  const accountNodes = new Map<string, AccountNode>();
  /**
   * When the children of an account were last painted (milliseconds since the epoch), which determines the ages they
   * show.
   */
  const painted = new Map<string, number>();
  /** The description of each account as it was last painted. */
  const described = new Map<string, string>();
  /**
   * When the account was last refreshed, as its tooltip says, and when that was shown. VS Code keeps a tooltip until the row
   * is repainted.
   */
  const hovered = new Map<string, { readonly refreshedAt: number | undefined; readonly at: number }>();
  /** The destinations whose tooltip was shown since the row was painted, and when that was. */
  const hoveredDestinations = new Map<string, DestinationNode & { readonly at: number }>();
  /** The accounts that the view shows while the filter is on. */
  let filtered: ReadonlySet<string> = new Set();
  let failingOnly = false;

  const findShown = (accountId: string) => shownOf(store.entry(accountId)?.state)?.destinations;

  function toAccountNode(accountId: string): AccountNode {
    const node = accountNodes.get(accountId) ?? { kind: 'account', accountId };
    accountNodes.set(accountId, node);
    return node;
  }

  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem(node) {
      const entry = node.kind === 'account' ? store.entry(node.accountId) : undefined;
      if (entry) {
        described.set(node.accountId, describeAccountRow(entry));
        hovered.delete(node.accountId);
      }
      if (node.kind === 'destination') {
        hoveredDestinations.delete(keyOfDestination(node.accountId, node.destinationId));
      }
      return toTreeItem(node, { store, policies, documentOf });
    },
    async resolveTreeItem(item, node) {
      const entry = node.kind === 'account' ? store.entry(node.accountId) : undefined;
      if (entry) {
        hovered.set(node.accountId, { refreshedAt: shownOf(entry.state)?.at, at: Date.now() });
        item.tooltip = toAccountTooltip(entry);
      }
      if (node.kind === 'destination') {
        hoveredDestinations.set(keyOfDestination(node.accountId, node.destinationId), { ...node, at: Date.now() });
        item.tooltip = await describeOnHover(node);
      }
      return item;
    },
    getParent: (node) =>
      node.kind === 'account'
        ? undefined
        : node.kind === 'policy' || node.kind === 'noPolicy'
          ? { kind: 'destination', accountId: node.accountId, destinationId: node.destinationId }
          : toAccountNode(node.accountId),
    getChildren(node) {
      if (!node) {
        const ids = store
          .entries()
          .filter((entry) => !failingOnly || isWorthALook(entry))
          .map(({ connection }) => connection.account.id);
        filtered = new Set(ids);
        showMessage();
        return ids.map(toAccountNode);
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
    painted.set(accountId, Date.now());
    const problems: readonly ProblemNode[] = [
      ...(state.kind === 'failed' ? [{ kind: 'problem' as const, accountId }] : []),
      ...(state.last && countUnread(state.last) > 0 ? [{ kind: 'problem' as const, accountId, skipped: true }] : []),
    ];
    const destinations = sortDestinations(shownOf(state)?.destinations ?? [], readSettings().sort);
    const rows = destinations
      .filter((destination) => !failingOnly || healthOf(destination) === 'failing')
      .map(({ id }): DestinationNode => ({ kind: 'destination', accountId, destinationId: id }));
    return state.kind === 'ready' && destinations.length + problems.length === 0
      ? [{ kind: 'empty', accountId }]
      : [...problems, ...rows];
  }

  async function policyNodesOf({ accountId, destinationId }: DestinationNode): Promise<Node[]> {
    const connection = store.entry(accountId)?.connection;
    if (!connection) {
      return [];
    }
    try {
      const known = await policies.get(connection);
      const using = policiesOf(known.policies, destinationId);
      const destination = findById(findShown(accountId) ?? [], destinationId);
      const isUnclear = skippedIn(known.policies) > 0 && destination !== undefined;
      return using.length === 0
        ? [
            {
              kind: 'noPolicy',
              accountId,
              destinationId,
              ...(isUnclear ? { problem: describeUnreadPolicies(nameOf(destination)) } : {}),
            },
          ]
        : using.map(({ id }) => ({ kind: 'policy', accountId, destinationId, policyId: id }));
    } catch (error) {
      const problem =
        error instanceof ApiError
          ? describeProblem(error, connection.account.name).sentence
          : vscode.l10n.t('See the log for details.');
      return [{ kind: 'noPolicy', accountId, destinationId, problem }];
    }
  }

  function updateBadge(): void {
    const { failing } = store.totals().health;
    if (view.badge?.value !== (failing || undefined)) {
      view.badge = failing > 0 ? { value: failing, tooltip: describeFailing(failing) } : undefined;
    }
  }

  /** Whether the filter adds or removes the account after its state changed. */
  function comesOrGoes(accountId: string): boolean {
    const entry = store.entry(accountId);
    return entry !== undefined && filtered.has(accountId) !== isWorthALook(entry);
  }

  const stop = store.onChanged(({ accounts, states }) => {
    if (accounts) {
      const present = new Set(store.entries().map(({ connection }) => connection.account.id));
      for (const id of accountNodes.keys()) {
        if (!present.has(id)) {
          accountNodes.delete(id);
          painted.delete(id);
          described.delete(id);
          hovered.delete(id);
        }
      }
      lastTests.keepAccounts(present);
    }
    if (accounts || (failingOnly && [...states].some(comesOrGoes))) {
      changed.fire(undefined);
    } else if (states.size > 0) {
      changed.fire([...states].map(toAccountNode));
    }
    updateBadge();
  });

  function isTooltipAged({ state }: AccountEntry, shown: ReturnType<typeof hovered.get>, now: number): boolean {
    const refreshedAt = shownOf(state)?.at;
    return (
      shown !== undefined &&
      (shown.refreshedAt !== refreshedAt ||
        (refreshedAt !== undefined && isAged(fromMilliseconds(refreshedAt), shown.at, now)))
    );
  }

  /** Whether the row of an account, or its tooltip that was shown, says what is not so any more. */
  function isRowAged(accountId: string, now: number): boolean {
    const entry = store.entry(accountId);
    const before = described.get(accountId);
    return (
      entry !== undefined &&
      ((before !== undefined && before !== describeAccountRow(entry)) ||
        isTooltipAged(entry, hovered.get(accountId), now))
    );
  }

  /** Whether the rows of destinations or policies say what is not so any more. */
  function areChildrenAged(accountId: string, now: number): boolean {
    const then = painted.get(accountId);
    return (
      then !== undefined &&
      ((findShown(accountId)?.some((destination) => isAged(lastEventOf(destination)?.at, then, now)) ?? false) ||
        (policies.known(accountId)?.silences?.some((silence) => changesBetween(silence, then, now)) ?? false))
    );
  }

  /** The accounts of destinations whose tooltip was shown and says another age of the last test than now. */
  function accountsOfAgedTooltips(now: number): ReadonlySet<string> {
    const aged = [...hoveredDestinations.values()].filter(({ accountId, destinationId, at }) => {
      const test = lastTests.get(accountId, destinationId);
      return test !== undefined && isAged(fromMilliseconds(test.at), at, now);
    });
    return new Set(aged.map(({ accountId }) => accountId));
  }

  // F2 and other keys depend on the kind of the selected row.
  const setFailingOnly = createContextKey('failingOnly');
  let selected: readonly Node[] = [];

  let trouble = '';

  function showMessage(): void {
    // VS Code shows no welcome content beside a message, and that of an empty view says the same.
    const filter =
      failingOnly && (filtered.size > 0 || trouble !== '') ? vscode.l10n.t('Only failing destinations are shown.') : '';
    const message = [trouble, filter].filter(Boolean).join(' ');
    if (message !== (view.message ?? '')) {
      view.message = message;
    }
  }

  function showOnlyFailing(only = !failingOnly): void {
    if (only === failingOnly) {
      return;
    }
    failingOnly = only;
    setFailingOnly(failingOnly);
    view.description = failingOnly ? vscode.l10n.t('only failing') : '';
    showMessage();
    changed.fire(undefined);
  }

  /** Repaints an account, unless it was removed while a test or a fetch of it was in flight. */
  function repaint(accountId: string): void {
    const node = accountNodes.get(accountId);
    if (node) {
      changed.fire(node);
    }
  }

  const subscriptions = vscode.Disposable.from(
    view.onDidChangeSelection(({ selection }) => {
      selected = selection;
    }),
    changed,
    onSettingChanged('sort', () => changed.fire(undefined)),
    // The tooltips say what is not proved.
    onSettingChanged('unprovenAfterDays', () => changed.fire(undefined)),
    { dispose: stop },
    { dispose: lastTests.onChanged(repaint) },
    { dispose: policies.onChanged(repaint) },
  );
  return {
    provider,
    view,
    selected: () => (view.selection.length > 0 ? view.selection : selected),
    showOnlyFailing,
    showTrouble(text) {
      trouble = text;
      showMessage();
    },
    async reveal(node) {
      const wanted = node.kind === 'destination' ? node.destinationId : '';
      const destination = findById(findShown(node.accountId) ?? [], wanted);
      if (failingOnly && destination && healthOf(destination) !== 'failing') {
        showOnlyFailing(false);
      }
      await view.reveal(node, { select: true, focus: true });
    },
    repaintAges() {
      const now = Date.now();
      const hoveredIn = accountsOfAgedTooltips(now);
      const aged = new Set(
        [...accountNodes.keys()].filter((id) => isRowAged(id, now) || areChildrenAged(id, now) || hoveredIn.has(id)),
      );
      for (const id of aged) {
        if (painted.has(id)) {
          painted.set(id, now);
        }
      }
      // VS Code paints no row that is hidden or gone.
      for (const [key, { accountId }] of hoveredDestinations) {
        if (aged.has(accountId) || !accountNodes.has(accountId)) {
          hoveredDestinations.delete(key);
        }
      }
      if (aged.size > 0) {
        changed.fire([...aged].map(toAccountNode));
      }
    },
    dispose: () => subscriptions.dispose(),
  };
}

/** Whether the filter shows an account: it has a failing destination, or its health is unknown. */
function isWorthALook({ state }: AccountEntry): boolean {
  return state.kind !== 'ready' || state.last.counts.failing > 0 || isIncomplete(state);
}

/** Whether the age of an event is another text now than then. Both times are in milliseconds since the epoch. */
function isAged(at: Instant | undefined, then: number, now: number): boolean {
  return at !== undefined && describeShortAge(at, then) !== describeShortAge(at, now);
}

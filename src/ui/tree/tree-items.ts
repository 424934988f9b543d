import * as vscode from 'vscode';
import { type ShownDestination, shownHostOf } from '../../core/model/destination.ts';
import { type Health, healthOf } from '../../core/model/health.ts';
import { type AccountEntry, shownOf } from '../../core/monitoring/account-state.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { plain } from '../../core/model/plain-text.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { AccountPolicies, PolicyStore } from '../../core/policies/policy-store.ts';
import { describeLastTest, type LastTests } from './last-tests.ts';
import type { AccountNode, DestinationNode, Node, NoPolicyNode, PolicyNode } from './nodes.ts';
import { describeAlert, describeDelivery, describePolicy, nameOfPolicy } from '../text/policy.ts';
import { describeProblem } from '../text/error.ts';
import { describeAge, describeTime, escapeMarkdown } from '../text/format.ts';
import { describeExpiry, describeExpiryNotice, describeToken } from '../text/token.ts';
import { describeBriefly, describeHealth, describeLastEvent, nameOf, typeOf } from '../text/destination.ts';

const WARNING = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));

/** The data that rows show. */
export type Known = { readonly store: Store; readonly policies: PolicyStore; readonly lastTests: LastTests };

/** Makes the row of a node. A node whose subject no longer exists makes an empty row. */
export function toTreeItem(node: Node, known: Pick<Known, 'store' | 'policies'>): vscode.TreeItem {
  const item = makeItem(node, known);
  // Names and Cloudflare's words are untrusted. The tooltip is escaped already.
  item.label = toText(item.label);
  item.description = toText(item.description);
  const spoken = toText(item.accessibilityInformation?.label);
  if (spoken) {
    item.accessibilityInformation = { label: spoken };
  }
  return item;
}

function toText(text: unknown): string {
  return typeof text === 'string' ? plain(text) : '';
}

function makeItem(node: Node, { store, policies }: Pick<Known, 'store' | 'policies'>): vscode.TreeItem {
  const entry = store.entry(node.accountId);
  if (!entry) {
    return new vscode.TreeItem('');
  }
  switch (node.kind) {
    case 'account':
      return toAccountItem(node, entry);
    case 'destination': {
      const destination = shownOf(entry.state)?.destinations.find(({ id }) => id === node.destinationId);
      return destination ? toDestinationItem(node, destination) : new vscode.TreeItem('');
    }
    case 'problem':
      return toProblemItem(entry);
    case 'empty':
      return toEmptyItem(node.accountId);
    case 'policy': {
      const known = policies.known(node.accountId);
      const policy = known?.policies.find(({ id }) => id === node.policyId);
      return known && policy ? toPolicyItem(node, policy, known) : new vscode.TreeItem('');
    }
    case 'noPolicy':
      return toNoPolicyItem(node);
    default:
      return node satisfies never;
  }
}

function toAccountItem(node: AccountNode, { connection, state }: AccountEntry): vscode.TreeItem {
  const { account } = connection;
  const shown = shownOf(state);
  const item = new vscode.TreeItem(account.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `account/${node.accountId}`;
  const notice = describeExpiryNotice(connection.token);
  item.contextValue = notice ? 'account expiring' : 'account';
  item.description = [describeAccount(state), notice].filter(Boolean).join(' · ');
  item.iconPath = state.kind === 'failed' || notice ? WARNING : new vscode.ThemeIcon('organization');
  item.tooltip = toTooltip(account.name, [
    [vscode.l10n.t('Account ID'), account.id],
    [vscode.l10n.t('State'), item.description],
    ...(connection.token
      ? [[vscode.l10n.t('Token'), `${describeToken(connection.token)}, ${describeExpiry(connection.token)}`] as const]
      : []),
    ...(shown ? [[vscode.l10n.t('Last refresh'), describeTime(new Date(shown.at).toISOString())] as const] : []),
  ]);
  item.accessibilityInformation = {
    label: [account.name, vscode.l10n.t('account'), item.description].filter(Boolean).join(', '),
  };
  return item;
}

/** "2 failing · 14": the number of failing destinations, if any, and of all destinations. */
function describeAccount(state: AccountEntry['state']): string {
  const shown = shownOf(state);
  const failing = shown?.counts.failing ?? 0;
  return [
    ...(failing > 0 ? [vscode.l10n.t('{0} failing', failing)] : []),
    ...(shown ? [String(shown.destinations.length)] : []),
    ...(shown && state.cached && state.kind !== 'failed' ? [describeAge(fromMilliseconds(shown.at))] : []),
    ...(state.kind === 'loading' ? [vscode.l10n.t('loading…')] : []),
    ...(state.kind === 'failed' ? [shown ? vscode.l10n.t('stale') : vscode.l10n.t('could not be loaded')] : []),
  ].join(' · ');
}

export const HEALTH_ICONS: Readonly<Record<Health, vscode.ThemeIcon>> = {
  // Not `testing.iconFailed`: newer versions of VS Code derive it from `list.errorForeground`, which has no color in
  // high contrast.
  failing: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
  healthy: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  unused: new vscode.ThemeIcon('circle-outline'),
};

function toDestinationItem(node: DestinationNode, destination: ShownDestination): vscode.TreeItem {
  const health = healthOf(destination);
  const name = nameOf(destination);
  const type = typeOf(destination);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `destination/${node.accountId}/${node.destinationId}`;
  item.contextValue = 'destination';
  item.description = describeBriefly(destination);
  item.iconPath = HEALTH_ICONS[health];
  item.accessibilityInformation = {
    label: [name, type, describeHealth(health), describeLastEvent(destination)].filter(Boolean).join(', '),
  };
  return item;
}

/** The tooltip of a destination's row. VS Code resolves it on hover, because it takes longer than the row. */
export function describeDestinationRow(
  { accountId, destinationId }: DestinationNode,
  { store, lastTests }: Pick<Known, 'store' | 'lastTests'>,
): vscode.MarkdownString | undefined {
  const shown = shownOf(store.entry(accountId)?.state);
  const destination = shown?.destinations.find(({ id }) => id === destinationId);
  if (!destination) {
    return undefined;
  }
  const test = lastTests.get(accountId, destinationId);
  return toTooltip(nameOf(destination), [
    [vscode.l10n.t('Health'), describeHealth(healthOf(destination))],
    [vscode.l10n.t('Type'), typeOf(destination)],
    [vscode.l10n.t('Host'), shownHostOf(destination)],
    [vscode.l10n.t('ID'), destination.id],
    [vscode.l10n.t('Created'), describeTime(destination.createdAt)],
    [vscode.l10n.t('Last success'), describeTime(destination.lastSuccess)],
    [vscode.l10n.t('Last failure'), describeTime(destination.lastFailure)],
    ...(test ? [[vscode.l10n.t('Last test'), describeLastTest(test)] as const] : []),
  ]);
}

function toProblemItem({ connection, state }: AccountEntry): vscode.TreeItem {
  if (state.kind !== 'failed') {
    return new vscode.TreeItem('');
  }
  const { account } = connection;
  const { headline, sentence, remedies } = describeProblem(state.error, account.name);
  const item = new vscode.TreeItem(headline);
  item.description = sentence;
  item.id = `problem/${account.id}`;
  item.contextValue = `problem ${remedies.join(' ')}`;
  item.iconPath = WARNING;
  item.tooltip = toTooltip(sentence, state.error.details.rayId ? [['Ray ID', state.error.details.rayId]] : []);
  item.accessibilityInformation = { label: sentence };
  return item;
}

function toEmptyItem(accountId: string): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('No webhook destinations'));
  item.id = `empty/${accountId}`;
  item.contextValue = 'empty';
  return item;
}

function toPolicyItem(node: PolicyNode, policy: Policy, known: AccountPolicies): vscode.TreeItem {
  const name = nameOfPolicy(policy);
  const item = new vscode.TreeItem(name);
  item.id = `policy/${node.accountId}/${node.destinationId}/${node.policyId}`;
  item.contextValue = 'policy';
  item.description = describePolicy(policy, known);
  item.iconPath = new vscode.ThemeIcon(policy.enabled ? 'bell' : 'bell-slash');
  item.tooltip = toTooltip(name, [
    [vscode.l10n.t('Alert'), describeAlert(policy, known)],
    [vscode.l10n.t('State'), policy.enabled ? vscode.l10n.t('enabled') : vscode.l10n.t('disabled')],
    [describeDelivery(policy)],
    [vscode.l10n.t('ID'), policy.id],
  ]);
  item.accessibilityInformation = { label: [name, vscode.l10n.t('policy'), item.description].join(', ') };
  return item;
}

function toNoPolicyItem({ accountId, destinationId, problem }: NoPolicyNode): vscode.TreeItem {
  const label = problem ? vscode.l10n.t('Could not load policies') : vscode.l10n.t('No policy uses this destination');
  const item = new vscode.TreeItem(label);
  item.id = `noPolicy/${accountId}/${destinationId}`;
  item.contextValue = problem ? 'policyProblem' : 'noPolicy';
  item.description = problem ?? vscode.l10n.t('Cloudflare sends no alerts to it');
  item.tooltip = toTooltip(problem ?? `${label}. ${item.description}.`, []);
  if (problem) {
    item.iconPath = WARNING;
  }
  item.accessibilityInformation = { label: problem ?? `${label}. ${item.description}.` };
  return item;
}

/**
 * A heading and a list of facts. All text is untrusted, so it is escaped, and the tooltip is neither trusted nor HTML.
 */
function toTooltip(heading: string, facts: readonly (readonly [string, string?])[]): vscode.MarkdownString {
  const lines = facts.map(([label, value]) => escapeMarkdown(value === undefined ? label : `${label}: ${value}`));
  return new vscode.MarkdownString([`**${escapeMarkdown(heading).trim()}**`, ...lines].join('  \n'));
}

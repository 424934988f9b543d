import * as vscode from 'vscode';
import type { Account } from '../../core/model/account.ts';
import type { ShownDestination } from '../../core/model/destination.ts';
import { type Health, healthOf } from '../../core/model/health.ts';
import { findById } from '../../core/model/id.ts';
import { type AccountEntry, shownOf } from '../../core/monitoring/account-state.ts';
import { countUnread } from '../../core/monitoring/snapshot.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { fromMilliseconds } from '../../core/model/timestamp.ts';
import { plain } from '../../core/model/plain-text.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { AccountPolicies, PolicyStore } from '../../core/policies/policy-store.ts';
import type { CommandId } from '../host/ids.ts';
import type { AccountNode, DestinationNode, Node, NoPolicyNode, PolicyNode, ProblemNode } from './nodes.ts';
import {
  describeAlert,
  describeDelivery,
  describePolicy,
  describePolicyState,
  isSending,
  nameOfPolicy,
} from '../text/policy.ts';
import { describeProblem, describeSkipped } from '../text/error.ts';
import { enumerate, describeAge, describeTime, plural } from '../text/format.ts';
import { toTooltip } from './tooltips.ts';
import { describeExpiry, describeExpiryNotice, describeToken } from '../text/token.ts';
import { describeForRow, describeHealthOf, describeLastEvent, nameOf, typeOf } from '../text/destination.ts';

const WARNING = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));

/** The data that rows show. `documentOf`: the URI of the JSON document of a destination. */
export type Known = {
  readonly store: Store;
  readonly policies: PolicyStore;
  readonly documentOf: (account: Account, destination: ShownDestination) => vscode.Uri;
};

/** What a row shows. Names and Cloudflare's words in its texts are untrusted. */
type Row = Omit<vscode.TreeItem, 'label' | 'description' | 'accessibilityInformation'> & {
  readonly label: string;
  readonly description?: string;
  /** The text for screen readers. */
  readonly spoken?: string;
};

/** Makes the row of a node. A node whose subject no longer exists makes an empty row. */
export function toTreeItem(node: Node, known: Known): vscode.TreeItem {
  const { label = '', description = '', spoken = '', ...rest } = describeRow(node, known) ?? {};
  return Object.assign(new vscode.TreeItem(plain(label)), rest, {
    description: plain(description),
    ...(spoken ? { accessibilityInformation: { label: plain(spoken) } } : {}),
  });
}

function describeRow(node: Node, { store, policies, documentOf }: Known): Row | undefined {
  const entry = store.entry(node.accountId);
  if (!entry) {
    return undefined;
  }
  switch (node.kind) {
    case 'account':
      return toAccountRow(node, entry);
    case 'destination': {
      const destination = findById(shownOf(entry.state)?.destinations ?? [], node.destinationId);
      return (
        destination && toDestinationRow(node, destination, () => documentOf(entry.connection.account, destination))
      );
    }
    case 'problem':
      return toProblemRow(node, entry);
    case 'empty':
      return toEmptyRow(node.accountId);
    case 'policy': {
      const known = policies.known(node.accountId);
      const policy = findById(known?.policies ?? [], node.policyId);
      return known && policy && toPolicyRow(node, policy, known);
    }
    case 'noPolicy':
      return toNoPolicyRow(node);
    default:
      return node satisfies never;
  }
}

/** The only row of an account without destinations. A click creates one. */
function toEmptyRow(accountId: string): Row {
  const account: AccountNode = { kind: 'account', accountId };
  const label = vscode.l10n.t('No webhook destinations');
  const create = vscode.l10n.t('Create Destination…');
  return {
    label,
    description: create,
    id: `empty/${accountId}`,
    contextValue: 'empty',
    command: {
      command: 'cloudflareWebhooks.createDestination' satisfies CommandId,
      title: create,
      arguments: [account],
    },
    spoken: `${label}, ${create}`,
  };
}

function toAccountRow({ accountId }: AccountNode, { connection, state }: AccountEntry): Row {
  const { account, token } = connection;
  const notice = describeExpiryNotice(token);
  return {
    label: account.name,
    description: describeAccountRow({ connection, state }),
    collapsibleState: vscode.TreeItemCollapsibleState.Expanded,
    id: `account/${accountId}`,
    contextValue: notice ? 'account expiring' : 'account',
    iconPath: state.kind === 'failed' || notice ? WARNING : new vscode.ThemeIcon('organization'),
    spoken: enumerate(
      [account.name, vscode.l10n.t('account'), ...describeAccount(state, countDestinations), notice].filter(Boolean),
    ),
  };
}

/** The description of the row of an account. It changes with time: it has the age of cached data and of the token. */
export function describeAccountRow({ connection, state }: AccountEntry): string {
  return [...describeAccount(state), describeExpiryNotice(connection.token)].filter(Boolean).join(' · ');
}

/** The tooltip of the row of an account, made on hover: a refresh without news repaints no row. */
export function toAccountTooltip(entry: AccountEntry): vscode.MarkdownString {
  const { account, token } = entry.connection;
  const shown = shownOf(entry.state);
  return toTooltip(account.name, [
    [vscode.l10n.t('Account ID'), account.id],
    [vscode.l10n.t('State'), describeAccountRow(entry)],
    ...(token ? [[vscode.l10n.t('Token'), `${describeToken(token)}, ${describeExpiry(token)}`] as const] : []),
    ...(shown ? [[vscode.l10n.t('Last refresh'), describeTime(new Date(shown.at).toISOString())] as const] : []),
  ]);
}

/** "2 failing", "14", …: the number of failing destinations, if any, and of all, which `count` describes. */
function describeAccount(state: AccountEntry['state'], count: (all: number) => string = String): readonly string[] {
  const shown = shownOf(state);
  const failing = shown?.counts.failing ?? 0;
  return [
    ...(failing > 0 ? [vscode.l10n.t('{0} failing', failing)] : []),
    ...(shown ? [count(shown.destinations.length)] : []),
    ...(shown && state.cached && state.kind !== 'failed' ? [describeAge(fromMilliseconds(shown.at))] : []),
    ...(state.kind === 'loading' ? [vscode.l10n.t('loading…')] : []),
    ...(state.kind === 'failed' ? [shown ? vscode.l10n.t('stale') : vscode.l10n.t('could not be loaded')] : []),
  ];
}

function countDestinations(all: number): string {
  return plural(all, vscode.l10n.t('1 destination'), vscode.l10n.t('{0} destinations', all));
}

export const HEALTH_ICONS: Readonly<Record<Health, vscode.ThemeIcon>> = {
  // Not `testing.iconFailed`: newer versions of VS Code derive it from `list.errorForeground`, which has no color in
  // high contrast.
  failing: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
  healthy: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  unused: new vscode.ThemeIcon('circle-outline'),
};

function toDestinationRow(
  { accountId, destinationId }: DestinationNode,
  destination: ShownDestination,
  toDocument: () => vscode.Uri,
): Row {
  const health = healthOf(destination);
  const label = nameOf(destination);
  return {
    label,
    description: describeForRow(destination),
    collapsibleState: vscode.TreeItemCollapsibleState.Collapsed,
    id: `destination/${accountId}/${destinationId}`,
    contextValue: 'destination',
    iconPath: HEALTH_ICONS[health],
    // The decoration of the document colors the row too (`failing-colors.ts`).
    ...(health === 'failing' ? { resourceUri: toDocument() } : {}),
    spoken: enumerate(
      [label, typeOf(destination), describeHealthOf(destination), describeLastEvent(destination)].filter(Boolean),
    ),
  };
}

function toProblemRow({ accountId, skipped }: ProblemNode, { connection, state }: AccountEntry): Row | undefined {
  if (skipped) {
    const { headline, sentence } = describeSkipped(state.last ? countUnread(state.last) : 0);
    return {
      ...toWarning(headline, sentence),
      id: `skipped/${accountId}`,
      contextValue: 'problem showLog',
      spoken: `${headline}. ${sentence}`,
      command: { command: 'cloudflareWebhooks.showLog' satisfies CommandId, title: '' },
    };
  }
  if (state.kind !== 'failed') {
    return undefined;
  }
  const { headline, sentence, remedies } = describeProblem(state.error, connection.account.name);
  const { rayId } = state.error.details;
  return {
    ...toWarning(headline, sentence, rayId ? [['Ray ID', rayId]] : []),
    id: `problem/${accountId}`,
    contextValue: `problem ${remedies.join(' ')}`,
  };
}

/** A row with a warning icon, whose sentence is also its tooltip and its text for screen readers. */
function toWarning(label: string, description: string, facts: Parameters<typeof toTooltip>[1] = []): Row {
  return { label, description, iconPath: WARNING, tooltip: toTooltip(description, facts), spoken: description };
}

function toPolicyRow({ accountId, destinationId }: PolicyNode, policy: Policy, known: AccountPolicies): Row {
  const label = nameOfPolicy(policy);
  const description = describePolicy(policy, known);
  return {
    label,
    description,
    id: `policy/${accountId}/${destinationId}/${policy.id}`,
    contextValue: 'policy',
    iconPath: new vscode.ThemeIcon(isSending(policy, known) ? 'bell' : 'bell-slash'),
    tooltip: toTooltip(label, [
      [vscode.l10n.t('Alert'), describeAlert(policy, known)],
      [vscode.l10n.t('State'), describePolicyState(policy, known)],
      [describeDelivery(policy)],
      [vscode.l10n.t('ID'), policy.id],
    ]),
    spoken: enumerate([label, vscode.l10n.t('policy'), ...description.split(' · ')]),
  };
}

function toNoPolicyRow({ accountId, destinationId, problem }: NoPolicyNode): Row {
  const id = `noPolicy/${accountId}/${destinationId}`;
  if (problem) {
    return { ...toWarning(vscode.l10n.t('Could not load policies'), problem), id, contextValue: 'policyProblem' };
  }
  const label = vscode.l10n.t('No policy uses this destination');
  const description = vscode.l10n.t('Cloudflare sends no alerts to it');
  const sentence = `${label}. ${description}.`;
  return { label, description, id, contextValue: 'noPolicy', tooltip: toTooltip(sentence, []), spoken: sentence };
}

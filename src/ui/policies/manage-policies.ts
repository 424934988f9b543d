import * as vscode from 'vscode';
import { describeForLog } from '../../core/api/api-error.ts';
import type { Host } from '../../core/api/transport.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Turns } from '../../core/policies/turns.ts';
import type { ShownDestination } from '../../core/model/destination.ts';
import { createIdSet, type IdSet } from '../../core/model/id.ts';
import { withoutDestinations } from '../../core/model/policy.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { Store } from '../../core/monitoring/store.ts';
import {
  type Assigned,
  type Assignment,
  assignPolicies,
  destinationsToCheck,
  invert,
  planAssignments,
  usageOf,
} from '../../core/policies/assign-policies.ts';
import { connectionNow, withApiNow } from '../../core/monitoring/connection-now.ts';
import { fetchExisting } from '../../core/policies/existing-destinations.ts';
import type { AccountPolicies, PolicyStore } from '../../core/policies/policy-store.ts';
import { inView } from '../host/commands.ts';
import type { Logger } from '../host/log.ts';
import { ask, tell, withoutLinks } from '../host/notice.ts';
import { askPick } from '../host/quick-input.ts';
import { UserError } from '../host/report.ts';
import { runCommand } from '../host/run-command.ts';
import { plural } from '../text/format.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { describeAlert, nameOfPolicy } from '../text/policy.ts';
import { describeAssigned, describeAssignments, describeImpossible, describeOthers, nameTargets } from './messages.ts';

export type PolicyServices = {
  readonly store: Store;
  readonly policies: PolicyStore;
  readonly logger: Logger;
  readonly host: Pick<Host, 'sleep' | 'now'> & Turns;
};

/** How long a change can be undone, in milliseconds. */
const UNDO_FOR = 60_000;

/**
 * Runs Policies…: a list of the account's policies, with those selected that deliver to all of the destinations. Shows what
 * will change before anything is sent. A policy that would have no recipient left is not changed. Ends with one message
 * that offers Undo for a minute. API errors of loading the policies pass through.
 */
export async function managePolicies(targets: readonly Located[], services: PolicyServices): Promise<void> {
  const [first] = targets;
  if (!first) {
    return;
  }
  const { connection } = first;
  requireOneAccount(targets.map((each) => each.connection.account.id));
  const known = await inView(async () => services.policies.read(connection));
  if (known.policies.length === 0) {
    void offerCreation(targets);
    return;
  }
  const destinations = targets.map(({ destination }) => destination);
  const ids = destinations.map(({ id }) => id);
  // Fetched, because a destination that another client deleted receives nothing.
  await inView(async () => services.store.refresh([connection.account.id]));
  const last = services.store.entry(connection.account.id)?.state.last;
  const all = last?.destinations ?? destinations;
  const picked = await askPick({
    title: vscode.l10n.t('Policies That Deliver to {0}', nameTargets(destinations)),
    placeholder: vscode.l10n.t('Select the policies that deliver here'),
    items: toItems(known, ids, { destinations: all, isPartial: (last?.skipped ?? 0) > 0 }),
    many: true,
    none: true,
  });
  if (picked.kind !== 'value') {
    return;
  }
  const planned = planAssignments(known.policies, ids, new Set(picked.value.map(({ policyId }) => policyId)));
  const existing = last?.skipped
    ? await inView(async () => fetchNamed(planned, connectionNow(services.store, connection)))
    : createIdSet(all.map(({ id }) => id));
  const impossible = planned.filter((each) => isImpossible(each, existing));
  const possible = planned.filter((each) => !impossible.includes(each));
  if (possible.length === 0) {
    const message =
      impossible.length > 0
        ? describeImpossible(impossible.map(({ policy }) => policy))
        : vscode.l10n.t('No changes: the policies deliver as selected.');
    await tell(impossible.length > 0 ? 'warning' : 'information', message);
    return;
  }
  const change = plural(
    possible.length,
    vscode.l10n.t('Change Policy'),
    vscode.l10n.t('Change {0} Policies', possible.length),
  );
  const question = vscode.l10n.t('Change which policies deliver to {0}?', nameTargets(destinations));
  if ((await ask(question, describeAssignments(possible, impossible), change)) !== change) {
    return;
  }
  const now = connectionNow(services.store, connection);
  void offerUndo(await assignWithProgress(possible, now, services), now, services);
}

/** Throws {@link UserError} if destinations belong to several accounts, because a policy belongs to one. */
export function requireOneAccount(accountIds: readonly string[]): void {
  if (new Set(accountIds).size > 1) {
    throw new UserError(
      vscode.l10n.t('The selected destinations belong to several accounts. Select destinations of one account.'),
    );
  }
}

/** Offers to create the first policy of an account, for these destinations. */
async function offerCreation(targets: readonly Located[]): Promise<void> {
  const create = vscode.l10n.t('Create Policy…');
  const accountName = targets[0]?.connection.account.name ?? '';
  const message = vscode.l10n.t('{0} has no notification policies.', accountName);
  if ((await tell('information', message, create)) === create) {
    const nodes = targets.map(({ connection, destination }) => ({
      kind: 'destination',
      accountId: connection.account.id,
      destinationId: destination.id,
    }));
    await runCommand('createPolicy', nodes[0], nodes);
  }
}

type PolicyItem = vscode.QuickPickItem & { readonly policyId: string };

function toItems(
  known: AccountPolicies,
  ids: readonly string[],
  { destinations, isPartial }: { readonly destinations: readonly ShownDestination[]; readonly isPartial: boolean },
): readonly PolicyItem[] {
  const rank = { all: 0, some: 1, none: 2 };
  return known.policies
    .map((policy) => ({ policy, usage: usageOf(policy, ids) }))
    .toSorted((a, b) => rank[a.usage] - rank[b.usage] || a.policy.name.localeCompare(b.policy.name))
    .map(({ policy, usage }) => ({
      label: nameOfPolicy(policy),
      description: [describeAlert(policy, known), ...(policy.enabled ? [] : [vscode.l10n.t('disabled')])].join(' · '),
      detail: [
        ...(usage === 'some'
          ? [vscode.l10n.t('Delivers to some of the selected destinations. Select it to add the others.')]
          : []),
        describeOthers(policy, ids, destinations, isPartial),
      ].join(' · '),
      picked: usage === 'all',
      policyId: policy.id,
    }));
}

/** The destinations that exist, where the list of an account does not show all of them. */
async function fetchNamed(planned: readonly Assignment[], { account, api }: Connection): Promise<IdSet> {
  return fetchExisting(planned.flatMap(destinationsToCheck), { api, accountId: account.id });
}

function isImpossible({ policy, kind, destinationIds }: Assignment, existing: IdSet): boolean {
  return kind === 'remove' && withoutDestinations(policy, createIdSet(destinationIds), existing) === undefined;
}

async function assignWithProgress(
  assignments: readonly Assignment[],
  connection: Connection,
  { store, policies, host }: PolicyServices,
): Promise<readonly Assigned[]> {
  const { account } = connection;
  try {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: plural(
          assignments.length,
          vscode.l10n.t('Changing 1 policy'),
          vscode.l10n.t('Changing {0} policies', assignments.length),
        ),
        cancellable: true,
      },
      async (progress, token) => {
        const cancel = new AbortController();
        token.onCancellationRequested(() => cancel.abort());
        return assignPolicies(
          assignments,
          withApiNow(store, connection, {
            host,
            accountId: account.id,
            signal: cancel.signal,
            onDone: ({ policy }) =>
              progress.report({ message: withoutLinks(nameOfPolicy(policy)), increment: 100 / assignments.length }),
          }),
        );
      },
    );
  } finally {
    policies.forget([account.id]);
  }
}

/** Reports the result and offers Undo for a minute. Undo can be undone too. */
async function offerUndo(
  assigned: readonly Assigned[],
  connection: Connection,
  services: PolicyServices,
): Promise<void> {
  const { logger, host } = services;
  const accountName = connection.account.name;
  for (const each of assigned) {
    if (each.outcome === 'failed') {
      logger.log('error', `managePolicies: policy ${each.policy.id}: ${describeForLog(each.error)}`);
    }
  }
  const end = host.now() + UNDO_FOR;
  const isComplete = assigned.every(
    (each) => each.outcome === 'unchanged' || (each.outcome === 'changed' && !each.conflict),
  );
  const back = invert(assigned);
  const undo = vscode.l10n.t('Undo');
  const message = describeAssigned(assigned, accountName);
  const chosen = await tell(isComplete ? 'information' : 'warning', message, ...(back.length > 0 ? [undo] : []));
  if (chosen !== undo) {
    return;
  }
  if (host.now() > end) {
    void tell(
      'warning',
      vscode.l10n.t('A change of policies can be undone for one minute. The minute is over. Use “Policies…” instead.'),
    );
    return;
  }
  try {
    const now = connectionNow(services.store, connection);
    void offerUndo(await assignWithProgress(back, now, services), now, services);
  } catch (error) {
    // The command has already ended, so its error boundary does not apply.
    logger.log('error', `managePolicies: ${describeForLog(error)}`);
    void tell('error', describeFailure(error, accountName));
  }
}

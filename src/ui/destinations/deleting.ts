import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { type Deletion, deleteDestinations, type Detaching } from '../../core/destinations/delete-destinations.ts';
import { impactOf } from '../../core/policies/delete-impact.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { type Policy, policiesOf, withoutDestinations } from '../../core/model/policy.ts';
import { describeForLog } from '../../core/api/api-error.ts';
import { withoutLinks } from '../host/notice.ts';
import { VIEW_ID } from '../host/ids.ts';
import { type Deleted, type DeletingServices, offerUndo } from './undoing.ts';
import { askDeletion, type Checked, describeDeletion, describeEnd, describeTarget } from './deleting-messages.ts';

/** An account, the IDs to delete, and the impact on its policies. */
type AccountCheck = Checked & {
  readonly connection: Connection;
  readonly ids: ReadonlySet<string>;
  readonly policies: readonly Policy[];
};

/**
 * Deletes destinations after a modal that names them and the policies that would stop delivering. The tree removes each
 * at once. The final message offers Undo for a minute. Throws the error if a single destination fails.
 */
export async function confirmAndDelete(targets: readonly Located[], services: DeletingServices): Promise<void> {
  const { store, policies: policyStore, secrets, logger } = services;
  const byConnection = Map.groupBy(targets, ({ connection }) => connection);
  const checks = await vscode.window.withProgress({ location: { viewId: VIEW_ID } }, async () =>
    Promise.all([...byConnection].map(async ([connection, group]) => checkAccount(connection, group, services))),
  );
  const detachable = checks.flatMap((check) => toDetaching(check));
  // The first button is the default; VS Code puts its own Cancel last.
  const [keep, remove, detach] = [
    vscode.l10n.t('Keep'),
    vscode.l10n.t('Delete'),
    vscode.l10n.t('Remove from Policies and Delete'),
  ];
  const chosen = await vscode.window.showWarningMessage(
    askDeletion(targets),
    { modal: true, detail: describeDeletion(targets, checks) },
    keep,
    remove,
    ...(detachable.length > 0 ? [detach] : []),
  );
  if (chosen !== remove && chosen !== detach) {
    return;
  }
  const deleted: Deleted[] = [];
  const deletions = await vscode.window.withProgress(
    targets.length === 1
      ? { location: { viewId: VIEW_ID } }
      : {
          location: vscode.ProgressLocation.Notification,
          title: vscode.l10n.t('Deleting {0} webhook destinations', targets.length),
          cancellable: true,
        },
    async (progress, token) => {
      const cancel = new AbortController();
      token.onCancellationRequested(() => cancel.abort());
      return deleteDestinations(targets, {
        ...(chosen === detach ? { detach: detachable } : {}),
        signal: cancel.signal,
        onDone({ target, outcome }) {
          progress.report({ message: withoutLinks(describeTarget(target)), increment: 100 / targets.length });
          if (outcome === 'deleted' || outcome === 'alreadyGone') {
            store.removeDestination(target.connection.account.id, target.destination.id);
          }
        },
      });
    },
  );
  for (const deletion of deletions) {
    const { connection, destination } = deletion.target;
    if (deletion.outcome === 'deleted' || deletion.outcome === 'alreadyGone') {
      const { policies } = checks.find((check) => check.connection === connection) ?? { policies: [] };
      const remembered = await secrets.get(connection.account.id, destination.id);
      deleted.push({ target: deletion.target, remembered, policies: policiesOf(policies, destination.id) });
      await secrets.forget(connection.account.id, destination.id);
    }
    if (deletion.outcome === 'failed' && targets.length > 1) {
      logger.log('error', `deleteDestination: ${destination.id}: ${describeForLog(deletion.error)}`);
    }
  }
  const accountIds = checks.map(({ connection }) => connection.account.id);
  policyStore.forget(accountIds);
  void store.refresh(accountIds);
  await tellEnd(deletions, deleted, services);
}

async function tellEnd(deletions: readonly Deletion[], deleted: Deleted[], services: DeletingServices): Promise<void> {
  const [only] = deletions;
  if (
    deletions.length === 1 &&
    only?.outcome === 'failed' &&
    only.takenOutOf.length === 0 &&
    only.error instanceof ApiError
  ) {
    throw only.error;
  }
  void offerUndo(
    describeEnd(deletions),
    deletions.every(({ outcome }) => outcome !== 'failed'),
    deleted,
    services,
  );
}

/** Loads the policies of an account and computes the impact of the deletion. */
async function checkAccount(
  connection: Connection,
  targets: readonly Located[],
  { store, policies: policyStore }: DeletingServices,
): Promise<AccountCheck> {
  const { account } = connection;
  const ids = new Set(targets.map(({ destination }) => destination.id));
  const base = { connection, accountName: account.name, ids };
  try {
    const { policies, alertNames } = await policyStore.read(connection);
    const existing = new Set(store.entry(account.id)?.state.last?.destinations.map(({ id }) => id));
    return { ...base, policies, alertNames, impacts: impactOf(policies, ids, existing) };
  } catch {
    // The client logs the error, and the user can still decide.
    return { ...base, policies: [], alertNames: new Map(), impacts: undefined };
  }
}

/** The policies that keep at least one mechanism after the removal; Cloudflare rejects a policy without one. */
function toDetaching({ connection, ids, impacts = [] }: AccountCheck): readonly Detaching[] {
  const possible = impacts.filter(({ policy }) => withoutDestinations(policy, ids));
  return possible.length > 0 ? [{ api: connection.api, accountId: connection.account.id, impacts: possible }] : [];
}

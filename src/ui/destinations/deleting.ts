import * as vscode from 'vscode';
import { ApiError, describeForLog } from '../../core/api/api-error.ts';
import { skippedIn } from '../../core/api/skipped.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { type Deletion, deleteDestinations, type Detaching } from '../../core/destinations/delete-destinations.ts';
import { createIdSet, findById, type IdSet } from '../../core/model/id.ts';
import { type Policy, policiesOf, withoutDestinations } from '../../core/model/policy.ts';
import { connectionNow, withApiNow } from '../../core/monitoring/connection-now.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { hasGrown, type Impact, impactOf } from '../../core/policies/delete-impact.ts';
import { fetchExisting } from '../../core/policies/existing-destinations.ts';
import { VIEW_ID } from '../host/ids.ts';
import { ask, withoutLinks } from '../host/notice.ts';
import {
  askDeletion,
  type Changes,
  type Checked,
  describeDeletion,
  describeEnd,
  describeTarget,
} from './deleting-messages.ts';
import { type Deleted, type DeletingServices, offerUndo } from './undoing.ts';

/** An account with the destinations to delete, and the impact on its policies. */
type AccountCheck = Checked & {
  readonly connection: Connection;
  readonly ids: IdSet;
  readonly existing: IdSet;
  readonly policies: readonly Policy[];
};

type Choice = 'delete' | 'detach';

/**
 * Deletes one or several destinations after a modal that names them and the policies that would stop delivering. Both are
 * checked again before the first deletion. If a destination has changed or more policies are affected, the modal asks again.
 * Ends with one message that offers Undo for a minute. The failure of a single deletion is thrown.
 */
export async function confirmAndDelete(chosen: readonly Located[], services: DeletingServices): Promise<void> {
  const byConnection = Map.groupBy(chosen, ({ connection }) => connection);
  const check = async (): Promise<readonly AccountCheck[]> =>
    vscode.window.withProgress({ location: { viewId: VIEW_ID } }, async () =>
      Promise.all([...byConnection].map(async ([connection, group]) => checkAccount(connection, group, services))),
    );
  let checks = await check();
  let targets = locateNow(chosen, services);
  let choice: Choice | undefined;
  let changes: Changes = { hasMore: false, hasChanged: false };
  for (;;) {
    choice = await askChoice(targets, checks, changes, services);
    if (choice === undefined) {
      return;
    }
    const before = { checks, targets };
    checks = (await check()).map((now, index) => ({
      ...now,
      // Undo uses what was read last.
      policies: now.impacts ? now.policies : (before.checks[index]?.policies ?? []),
    }));
    targets = locateNow(targets, services);
    changes = {
      hasMore: before.checks.some((each, index) => hasGrown(each.impacts ?? [], checks[index]?.impacts ?? [])),
      hasChanged: before.targets.some((each, index) => isChanged(each, targets[index])),
    };
    const isUnread = before.checks.some(
      ({ impacts, isPartial }, index) =>
        impacts && (!checks[index]?.impacts || (!isPartial && checks[index].isPartial)),
    );
    if (!changes.hasMore && !changes.hasChanged && !isUnread) {
      break;
    }
  }
  const deletions = await deleteWithProgress(
    targets.map((target) => ({ ...target, connection: follow(target.connection, services) })),
    choice === 'detach' ? checks.flatMap((each) => toDetaching(each, services)) : [],
    services,
  );
  const deleted = await collectDeleted(deletions, checks, services);
  const accountIds = checks.map(({ connection }) => connection.account.id);
  services.policies.forget(accountIds);
  void services.store.refresh(accountIds);
  const [only] = deletions;
  if (only?.outcome === 'failed' && deletions.length === 1 && only.error instanceof ApiError) {
    // Unless policies are changed, or may be: the message names them.
    if (only.removedFrom.length + only.unclearIn.length === 0) {
      throw only.error;
    }
  }
  const isComplete = deletions.every(({ outcome }) => outcome !== 'failed');
  void offerUndo(describeEnd(deletions), isComplete, deleted, services);
}

/** The destinations as they are now, so that a colleague's change is shown, and comes back with Undo. */
function locateNow(targets: readonly Located[], { store }: DeletingServices): readonly Located[] {
  return targets.map(({ connection, destination }) => {
    const { last } = store.entry(connection.account.id)?.state ?? {};
    return { connection, destination: findById(last?.destinations ?? [], destination.id) ?? destination };
  });
}

function isChanged({ destination: before }: Located, after: Located | undefined): boolean {
  return before.name !== after?.destination.name || before.url !== after.destination.url;
}

/** Undefined if the user cancels. */
async function askChoice(
  targets: readonly Located[],
  checks: readonly AccountCheck[],
  changes: Changes,
  { secrets }: DeletingServices,
): Promise<Choice | undefined> {
  const remembered = await Promise.all(
    targets.map(async ({ connection, destination }) => secrets.get(connection.account.id, destination.id)),
  );
  const [remove, detach] = [vscode.l10n.t('Delete'), vscode.l10n.t('Remove from Policies and Delete')];
  const canDetach = checks.some((each) => policiesToLeave(each).length > 0);
  const chosen = await ask(
    askDeletion(targets),
    describeDeletion({ targets, checked: checks, remembered, canDetach, ...changes }),
    remove,
    ...(canDetach ? [detach] : []),
  );
  return chosen === remove ? 'delete' : chosen === detach ? 'detach' : undefined;
}

async function deleteWithProgress(
  targets: readonly Located[],
  detach: readonly Detaching[],
  { store, host, leases, replacements }: DeletingServices,
): Promise<readonly Deletion[]> {
  return vscode.window.withProgress(
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
        host,
        leases,
        check: async (target) => replacements.checkFree(target),
        detach,
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
}

/** Collects the data that Undo needs for each deleted destination, and deletes its remembered secret. */
async function collectDeleted(
  deletions: readonly Deletion[],
  checks: readonly AccountCheck[],
  { secrets, logger }: DeletingServices,
): Promise<Deleted[]> {
  const deleted: Deleted[] = [];
  for (const deletion of deletions) {
    const { connection, destination } = deletion.target;
    if (deletion.outcome === 'deleted' || deletion.outcome === 'alreadyGone') {
      const { policies } = checks.find((check) => check.connection.account.id === connection.account.id) ?? {
        policies: [],
      };
      const remembered = await secrets.get(connection.account.id, destination.id);
      deleted.push({ target: deletion.target, remembered, policies: policiesOf(policies, destination.id) });
      await secrets.forget(connection.account.id, destination.id);
    }
    if (deletion.outcome === 'failed' && deletions.length > 1) {
      logger.log('error', `deleteDestination: ${destination.id}: ${describeForLog(deletion.error)}`);
    }
  }
  return deleted;
}

/** Loads the policies and destinations of an account, and computes the impact on the policies. */
async function checkAccount(
  known: Connection,
  targets: readonly Located[],
  { store, policies: policyStore }: DeletingServices,
): Promise<AccountCheck> {
  // The question may have been open for long.
  const connection = connectionNow(store, known);
  const { account } = connection;
  const ids = createIdSet(targets.map(({ destination }) => destination.id));
  // A destination that another client deleted receives nothing any more.
  const [read] = await Promise.allSettled([policyStore.read(connection), store.refresh([account.id])]);
  const shown = createIdSet((store.entry(account.id)?.state.last?.destinations ?? []).map(({ id }) => id));
  const base = { connection, accountName: account.name, ids };
  if (read.status === 'fulfilled') {
    const { policies, alertNames } = read.value;
    const existing = await findExisting(policies, { connection, ids, shown, store });
    const isPartial = skippedIn(policies) > 0;
    return { ...base, existing, policies, alertNames, isPartial, impacts: impactOf(policies, ids, existing) };
  }
  // The client has logged why. The user can still decide.
  return { ...base, existing: shown, policies: [], alertNames: new Map(), impacts: undefined };
}

/** The destinations that exist, as far as the policies that lose one name them. `shown`: those in the list of the account. */
async function findExisting(
  policies: readonly Policy[],
  {
    connection,
    ids,
    shown,
    store,
  }: Pick<AccountCheck, 'connection' | 'ids'> & {
    readonly shown: IdSet;
    readonly store: DeletingServices['store'];
  },
): Promise<IdSet> {
  const { account, api } = connection;
  if (!store.entry(account.id)?.state.last?.skipped) {
    return shown;
  }
  const named = policies.map(({ mechanisms }) => mechanisms['webhooks'] ?? []);
  const affected = named.filter((webhooks) => webhooks.some((id) => ids.has(id))).flat();
  // The client has logged why. What is not known to exist counts as deleted, so the question names too many policies.
  return fetchExisting(affected, { api, accountId: account.id }).catch(() => shown);
}

/** The policies that the destinations can be removed from: those that would keep a mechanism. */
function policiesToLeave({ ids, existing, impacts = [] }: AccountCheck): readonly Impact[] {
  const left: IdSet = { has: (id) => existing.has(id) && !ids.has(id) };
  return impacts.filter(({ policy }) => withoutDestinations(policy, ids, left));
}

/** A deletion can take minutes. */
function follow(known: Connection, { store }: DeletingServices): Connection {
  const { account, token } = connectionNow(store, known);
  return withApiNow(store, known, { account, token });
}

function toDetaching(check: AccountCheck, { store }: DeletingServices): readonly Detaching[] {
  const { connection, existing } = check;
  const impacts = policiesToLeave(check);
  const accountId = connection.account.id;
  return impacts.length === 0 ? [] : [withApiNow(store, connection, { accountId, impacts, existing })];
}

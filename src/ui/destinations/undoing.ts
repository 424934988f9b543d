import * as vscode from 'vscode';
import { ApiError, describeForLog } from '../../core/api/api-error.ts';
import type { Redactor } from '../../core/api/redaction.ts';
import type { Host } from '../../core/api/transport.ts';
import type { Leases } from '../../core/async/lease.ts';
import type { Turns } from '../../core/policies/turns.ts';
import type { UnansweredCreations } from '../../core/destinations/create-destination.ts';
import { sha256 } from '../../core/destinations/fingerprint.ts';
import type { RememberedSecret } from '../../core/destinations/remembered-secret.ts';
import { type Restored, restoreDestination, type RestoreOptions } from '../../core/destinations/restore-destination.ts';
import type { Draft } from '../../core/model/destination.ts';
import { typeOrGeneric } from '../../core/model/destination-types/index.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { connectionNow, withApiNow } from '../../core/monitoring/connection-now.ts';
import type { Store } from '../../core/monitoring/store.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { Logger } from '../host/log.ts';
import { tell, withoutLinks } from '../host/notice.ts';
import { list, nameSome, quote } from '../text/format.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { collectCredentials } from './credentials.ts';
import { describeTarget } from './deleting-messages.ts';
import type { SecretStore } from './secret-store.ts';

/** The data to create a destination again. It contains credentials, so it stays in memory only, for a minute. */
export type Deleted = {
  readonly target: Located;
  readonly remembered: RememberedSecret | undefined;
  /** The policies that used the destination when it was deleted. */
  readonly policies: readonly Policy[];
  /** The progress of an earlier Undo: the entered draft, and the created destination. */
  readonly draft?: Draft;
  readonly newId?: string;
};

/** The services that deleting and Undo need. */
export type DeletingServices = {
  readonly store: Store;
  readonly policies: PolicyStore;
  readonly secrets: SecretStore;
  readonly redactor: Redactor;
  readonly logger: Logger;
  readonly host: Host & Turns;
  readonly leases: Leases;
  readonly unansweredCreations: UnansweredCreations;
  /** Throws where a replacement that has not ended needs the destination. */
  readonly replacements: { checkFree(target: Located): Promise<void> };
};

const UNDO_FOR = 60_000;
const MOST_TOLD = 5;

/**
 * Reports the result of a deletion and offers Undo. Undo can be retried until it succeeds or the minute is over. Then
 * the credentials are dropped (`deleted` is emptied).
 */
export async function offerUndo(
  message: string,
  isComplete: boolean,
  deleted: Deleted[],
  services: DeletingServices,
): Promise<void> {
  const end = Date.now() + UNDO_FOR;
  const timer = setTimeout(() => deleted.splice(0), UNDO_FOR);
  let kind: 'information' | 'error' = isComplete ? 'information' : 'error';
  let said = message;
  const [undo, showLog] = [vscode.l10n.t('Undo'), vscode.l10n.t('Show Log')];
  for (;;) {
    const chosen = await tell(
      kind,
      said,
      ...(deleted.length > 0 ? [undo] : []),
      ...(kind === 'error' ? [showLog] : []),
    );
    if (chosen === showLog) {
      services.logger.show();
    }
    if (chosen !== undo) {
      break;
    }
    if (Date.now() > end || deleted.length === 0) {
      void tell(
        'warning',
        vscode.l10n.t('A deletion can be undone for one minute. The minute is over, and the credentials are dropped.'),
      );
      break;
    }
    const results = await undoAll(deleted.splice(0), services);
    deleted.push(...(Date.now() > end ? [] : results.flatMap(({ again }) => again ?? [])));
    said = describeUndone(results);
    kind = results.some(({ result }) => result === 'failed' || result === 'incomplete') ? 'error' : 'information';
    if (deleted.length === 0) {
      void tell(kind, said);
      break;
    }
  }
  clearTimeout(timer);
  deleted.splice(0);
}

/** The result of undoing one deletion. `again`: the data for another attempt. */
type UndoResult = {
  readonly result: 'done' | 'incomplete' | 'failed' | 'left';
  readonly sentence: string;
  readonly again?: Deleted;
};

async function undoAll(deleted: readonly Deleted[], services: DeletingServices): Promise<readonly UndoResult[]> {
  const results: UndoResult[] = [];
  for (const each of deleted) {
    results.push(await undoDeletion(each, services));
  }
  return results;
}

async function undoDeletion(deleted: Deleted, services: DeletingServices): Promise<UndoResult> {
  const { target, remembered } = deleted;
  const { account } = target.connection;
  let progress = deleted;
  try {
    const draft = deleted.draft ?? (await completeDraft(deleted, services));
    if (!draft) {
      const sentence = vscode.l10n.t('{0} stays deleted.', describeTarget(target));
      return { result: 'left', sentence, again: deleted };
    }
    progress = { ...deleted, draft };
    const restored = await createAgain(progress, services, {
      draft,
      onCreated(newId) {
        progress = { ...progress, newId };
      },
    });
    // Removing an account deletes its secrets, so none is stored for it afterwards.
    if (remembered && services.store.entry(account.id)) {
      await services.secrets.remember(account.id, restored.newId, remembered);
    }
    const sentence = describeRestored(deleted, restored, draft);
    const failed = restored.failed.map(({ policy }) => policy);
    return failed.length > 0
      ? { result: 'incomplete', sentence, again: { ...progress, policies: failed } }
      : { result: 'done', sentence };
  } catch (error) {
    services.logger.log('error', `Failed to undo the deletion of ${target.destination.id}: ${describeForLog(error)}`);
    const reason = describeFailure(error, account.name);
    const sentence = vscode.l10n.t('Could not create {0} again. {1}', describeTarget(target), reason);
    return { result: 'failed', sentence, again: isRefused(error, progress) ? withoutDraft(progress) : progress };
  }
}

/** Whether Cloudflare did not accept the draft, so that nothing was created from it. */
function isRefused(error: unknown, { newId }: Deleted): boolean {
  return newId === undefined && error instanceof ApiError && error.kind === 'rejected';
}

/** The next attempt asks for the URL and secret again, because one of them may be mistyped. */
function withoutDraft({ draft: _draft, ...rest }: Deleted): Deleted {
  return rest;
}

function describeUndone(results: readonly UndoResult[]): string {
  const done = results.filter(({ result }) => result === 'done' || result === 'incomplete');
  const [only] = results;
  return only && results.length === 1
    ? only.sentence
    : [
        vscode.l10n.t(
          'Created {0} of {1} webhook destinations again, with new IDs. Cloudflare tested them.',
          done.length,
          results.length,
        ),
        ...nameSome(
          results.filter(({ result }) => result !== 'done').map(({ sentence }) => sentence),
          MOST_TOLD,
        ),
      ].join(' ');
}

/** Undefined if a value is missing and the user cancels the prompt. */
async function completeDraft(
  { target, remembered }: Deleted,
  { redactor }: DeletingServices,
): Promise<Draft | undefined> {
  const title = vscode.l10n.t('Undo the Deletion of {0}', describeTarget(target));
  const { destination } = target;
  const credentials = await collectCredentials(destination, remembered, { title, redactor, optional: false });
  if (!credentials || credentials === 'skip') {
    return undefined;
  }
  const { url, secret } = credentials;
  return { name: destination.name, url, ...(secret === undefined ? {} : { secret }) };
}

async function createAgain(
  { target, policies, newId }: Deleted,
  services: DeletingServices,
  given: Pick<RestoreOptions, 'draft' | 'onCreated'>,
): Promise<Restored> {
  const { account } = connectionNow(services.store, target.connection);
  const { host } = services;
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: withoutLinks(vscode.l10n.t('Creating {0} again, which Cloudflare tests', describeTarget(target))),
    },
    async () => {
      try {
        return await restoreDestination(
          withApiNow(services.store, target.connection, {
            host: { ...host, digest: sha256, makeSalt: () => crypto.randomUUID() },
            accountId: account.id,
            oldId: target.destination.id,
            ...given,
            unanswered: services.unansweredCreations,
            policies,
            newId,
          }),
        );
      } finally {
        services.policies.forget([account.id]);
        await services.store.refresh([account.id]);
      }
    },
  );
}

function describeRestored(
  { target, policies }: Deleted,
  { newId, restored, conflicts, failed }: Restored,
  draft: Draft,
): string {
  const names = list(restored.map(({ name }) => quote(name)));
  return [
    vscode.l10n.t('{0} was created again with the new ID {1}. Cloudflare tested it.', describeTarget(target), newId),
    ...(draft.secret === undefined && typeOrGeneric(target.destination.type).secret === 'optional'
      ? [vscode.l10n.t('It has no secret: this machine does not remember one.')]
      : []),
    ...(names ? [vscode.l10n.t('Added to: {0}.', names)] : []),
    ...conflicts.map((error) => describeFailure(error, target.connection.account.name)),
    ...failed.map(({ policy, error }) =>
      vscode.l10n.t('Not added to “{0}”: {1}', policy.name, describeFailure(error, target.connection.account.name)),
    ),
    ...(policies.length === 0 ? [vscode.l10n.t('No policy is known to have used it.')] : []),
  ].join(' ');
}

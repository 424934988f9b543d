import * as vscode from 'vscode';
import type { Redactor } from '../../core/api/redaction.ts';
import { typeNamed } from '../../core/model/destination-types/index.ts';
import type { Draft } from '../../core/model/destination.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { Policy } from '../../core/model/policy.ts';
import { type Restored, restoreDestination } from '../../core/destinations/restore-destination.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { collectCredentials } from './credentials.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { type Logger } from '../host/log.ts';
import { describeForLog } from '../../core/api/api-error.ts';
import { tell, withoutLinks } from '../host/notice.ts';
import type { RememberedSecret, SecretStore } from './secret-store.ts';
import { describeTarget, nameSome } from './deleting-messages.ts';

/** The data that Undo needs. It contains credentials, so it stays in memory for one minute only. */
export type Deleted = {
  readonly target: Located;
  readonly remembered: RememberedSecret | undefined;
  /** The policies that used the destination before its deletion. */
  readonly policies: readonly Policy[];
};

/** The services that deleting and undoing need. */
export type DeletingServices = {
  readonly store: Store;
  readonly policies: PolicyStore;
  readonly secrets: SecretStore;
  readonly redactor: Redactor;
  readonly logger: Logger;
};

const UNDO_FOR = 60_000;
const MOST_TOLD = 5;

/** Shows the result of a deletion with an Undo button for one minute, then empties `deleted`. */
export async function offerUndo(
  message: string,
  isWhole: boolean,
  deleted: Deleted[],
  services: DeletingServices,
): Promise<void> {
  const end = Date.now() + UNDO_FOR;
  const forgetting = setTimeout(() => deleted.splice(0), UNDO_FOR);
  const [undo, showLog] = [vscode.l10n.t('Undo'), vscode.l10n.t('Show Log')];
  const buttons = [...(deleted.length > 0 ? [undo] : []), ...(isWhole ? [] : [showLog])];
  const chosen = await tell(isWhole ? 'information' : 'error', message, ...buttons);
  clearTimeout(forgetting);
  if (chosen === showLog) {
    services.logger.show();
  }
  const isLate = Date.now() > end;
  const wanted = deleted.splice(0);
  if (chosen !== undo) {
    return;
  }
  if (isLate) {
    void tell(
      'warning',
      vscode.l10n.t(
        'Could not undo the deletion: the minute for undoing it is over. The URL and the secret are no longer in memory.',
      ),
    );
    return;
  }
  const ends: UndoEnd[] = [];
  for (const each of wanted) {
    ends.push(await undoDeletion(each, services));
  }
  tellUndone(ends);
}

/** The result of undoing one deletion. */
type UndoEnd = { readonly kind: 'done' | 'incomplete' | 'failed' | 'left'; readonly sentence: string };

async function undoDeletion(deleted: Deleted, services: DeletingServices): Promise<UndoEnd> {
  const { target, remembered } = deleted;
  const { account } = target.connection;
  try {
    const draft = await completeDraft(deleted, services);
    if (!draft) {
      return { kind: 'left', sentence: vscode.l10n.t('{0} stays deleted.', describeTarget(target)) };
    }
    const restored = await createAgain(deleted, draft, services);
    if (remembered) {
      await services.secrets.remember(account.id, restored.newId, remembered);
    }
    const kind = restored.failed.length > 0 ? 'incomplete' : 'done';
    return { kind, sentence: describeRestored(deleted, restored, draft) };
  } catch (error) {
    services.logger.log('error', `Failed to undo the deletion of ${target.destination.id}: ${describeForLog(error)}`);
    const reason = describeFailure(error, account.name);
    const sentence = vscode.l10n.t('Could not create {0} again. {1}', describeTarget(target), reason);
    return { kind: 'failed', sentence };
  }
}

function tellUndone(ends: readonly UndoEnd[]): void {
  const failed = ends.filter(({ kind }) => kind === 'failed' || kind === 'incomplete');
  const done = ends.filter(({ kind }) => kind === 'done' || kind === 'incomplete');
  const [only] = ends;
  const message =
    only && ends.length === 1
      ? only.sentence
      : [
          vscode.l10n.t(
            'Created {0} of {1} webhook destinations again, with new IDs. Cloudflare tested them.',
            done.length,
            ends.length,
          ),
          ...nameSome(
            ends.filter(({ kind }) => kind !== 'done').map(({ sentence }) => sentence),
            MOST_TOLD,
          ),
        ].join(' ');
  void tell(failed.length > 0 ? 'error' : 'information', message);
}

/** Undefined if the user cancels a required input. */
async function completeDraft(
  { target, remembered }: Deleted,
  { redactor }: DeletingServices,
): Promise<Draft | undefined> {
  const title = vscode.l10n.t('Undo the Deletion of {0}', describeTarget(target));
  const { destination } = target;
  const credentials = await collectCredentials(destination, remembered, { title, redactor, optional: false });
  if (!credentials) {
    return undefined;
  }
  const { url, secret } = credentials;
  return { name: destination.name, url, ...(secret === undefined ? {} : { secret }) };
}

async function createAgain({ target, policies }: Deleted, draft: Draft, services: DeletingServices): Promise<Restored> {
  const { account, api } = target.connection;
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: withoutLinks(vscode.l10n.t('Creating {0} again and testing its URL', describeTarget(target))),
    },
    async () => {
      const known = new Set(services.store.entry(account.id)?.state.last?.destinations.map(({ id }) => id));
      try {
        return await restoreDestination(api, account.id, target.destination.id, draft, policies, known);
      } finally {
        services.policies.forget([account.id]);
        await services.store.refresh([account.id]);
      }
    },
  );
}

function describeRestored({ target, policies }: Deleted, { newId, putBack, failed }: Restored, draft: Draft): string {
  const names = putBack.map(({ name }) => `“${name}”`).join(', ');
  return [
    vscode.l10n.t('Created {0} again with the new ID {1}. Cloudflare tested it.', describeTarget(target), newId),
    ...(draft.secret === undefined && typeNamed(target.destination.type)?.secret === 'optional'
      ? [vscode.l10n.t('It has no secret, because this machine does not remember one.')]
      : []),
    ...(names ? [vscode.l10n.t('Added to: {0}.', names)] : []),
    ...failed.map(({ policy, error }) =>
      vscode.l10n.t('Not added to “{0}”: {1}', policy.name, describeFailure(error, target.connection.account.name)),
    ),
    ...(policies.length === 0 ? [vscode.l10n.t('No policy used it.')] : []),
  ].join(' ');
}

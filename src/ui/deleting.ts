import * as vscode from 'vscode';
import { deleteDestination } from '../core/delete-destination.ts';
import { type Impact, impactOf } from '../core/delete-impact.ts';
import { hostOf } from '../core/destination.ts';
import type { Located } from '../core/overview.ts';
import type { Store } from '../core/store.ts';
import type { SecretStore } from './secret-store.ts';
import { nameOf, typeOf } from './words.ts';

const MOST_NAMED = 8;

/** Deletes a destination at Cloudflare, behind a modal that names it and what would fall silent. */
export async function confirmAndDelete(
  target: Located,
  store: Store,
  secrets: SecretStore,
  viewId: string,
): Promise<void> {
  const { connection, destination } = target;
  const { account, api } = connection;
  const name = nameOf(destination);
  const detail = await vscode.window.withProgress({ location: { viewId } }, async () =>
    describeDeletion(target, store),
  );
  const remove = vscode.l10n.t('Delete');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete the webhook destination “{0}” of {1}?', name, account.name),
    { modal: true, detail },
    remove,
  );
  if (chosen !== remove) {
    return;
  }
  const outcome = await vscode.window.withProgress({ location: { viewId } }, async () =>
    deleteDestination(api, account.id, destination.id),
  );
  store.removeDestination(account.id, destination.id);
  await secrets.forget(account.id, destination.id);
  void vscode.window.showInformationMessage(
    outcome === 'deleted'
      ? vscode.l10n.t('Deleted “{0}” of {1}.', name, account.name)
      : vscode.l10n.t('“{0}” of {1} was already gone: somebody else had deleted it.', name, account.name),
  );
  await store.refresh([account.id]);
}

/** What is deleted, and what it means for the policies; that it could not be checked where they cannot be read. */
async function describeDeletion({ connection, destination }: Located, store: Store): Promise<string> {
  const { account, api } = connection;
  const facts = vscode.l10n.t(
    'Type {0}, host {1}. Cloudflare deletes it at once and for good.',
    typeOf(destination),
    hostOf(destination.url) || vscode.l10n.t('unknown'),
  );
  try {
    const [policies, alertNames] = await Promise.all([
      api.listPolicies(account.id),
      api.listAlertNames(account.id).catch((): ReadonlyMap<string, string> => new Map()),
    ]);
    const existing = new Set(store.entry(account.id)?.state.last?.destinations.map(({ id }) => id));
    const impacts = impactOf(policies, new Set([destination.id]), existing);
    return [facts, ...describeImpacts(impacts, alertNames)].join('\n\n');
  } catch {
    // The client has logged why. The user can still decide.
    return [
      facts,
      vscode.l10n.t(
        'Its policies could not be read, so nobody has checked which of them would stop delivering, without a word.',
      ),
    ].join('\n\n');
  }
}

function describeImpacts(impacts: readonly Impact[], alertNames: ReadonlyMap<string, string>): readonly string[] {
  if (impacts.length === 0) {
    return [vscode.l10n.t('No policy uses it.')];
  }
  const list = (some: readonly Impact[]): string => {
    const named = some
      .slice(0, MOST_NAMED)
      .map(({ policy }) => `“${policy.name}” (${alertNames.get(policy.alertType) ?? policy.alertType})`);
    const rest = some.length - named.length;
    return [...named, ...(rest > 0 ? [vscode.l10n.t('and {0} more', rest)] : [])].join(', ');
  };
  const silenced = impacts.filter((impact) => impact.silenced);
  const thinned = impacts.filter((impact) => !impact.silenced);
  return [
    ...(silenced.length > 0
      ? [vscode.l10n.t('It is the last one these policies deliver to; they would fall silent: {0}.', list(silenced))]
      : []),
    ...(thinned.length > 0 ? [vscode.l10n.t('These policies would deliver to one less: {0}.', list(thinned))] : []),
  ];
}

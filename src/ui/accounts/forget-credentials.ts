import * as vscode from 'vscode';
import { MIGRATED_AT_KEY, parseStoredKey, type RecordKind, type StoredKey } from '../../core/accounts/stored-keys.ts';
import type { Services } from '../../services.ts';
import { ask, tell } from '../host/notice.ts';
import { askPick } from '../host/quick-input.ts';
import { UserError } from '../host/report.ts';
import { readProfileId } from './profile-secrets.ts';
import { forgetTokens } from './stored-accounts.ts';

type ForgetServices = Pick<Services, 'allSecrets' | 'connections' | 'state'>;

/** Records that are listed and deleted together. */
type Group = { readonly label: string; readonly records: readonly StoredKey[]; readonly own: boolean };

/**
 * Lists the stored credentials by kind and number, and deletes those the user chooses. Never shows or reads a value.
 */
export async function forgetCredentials(services: ForgetServices): Promise<void> {
  const groups = (await listGroups(services)).filter(({ records }) => records.length > 0);
  if (groups.length === 0) {
    await tell('information', vscode.l10n.t('The extension has stored no credentials.'));
    return;
  }
  const answer = await askPick({
    title: vscode.l10n.t('Forget Stored Credentials'),
    placeholder: vscode.l10n.t('Select what to delete from VS Code’s secret storage'),
    items: groups.map((group) => ({
      label: group.label,
      description: String(group.records.length),
      picked: group.own,
      group,
    })),
    many: true,
  });
  if (answer.kind !== 'value') {
    return;
  }
  const chosen = answer.value.map(({ group }) => group);
  const count = chosen.reduce((sum, { records }) => sum + records.length, 0);
  const remove = vscode.l10n.t('Delete');
  const confirmed = await ask(
    count === 1 ? vscode.l10n.t('Delete 1 stored record?') : vscode.l10n.t('Delete {0} stored records?', count),
    [
      ...chosen.map(({ label, records }) => `${label}: ${records.length}`),
      '',
      vscode.l10n.t('This cannot be undone. Nothing changes at Cloudflare: tokens stay valid there.'),
    ].join('\n'),
    remove,
  );
  if (confirmed === remove) {
    await deleteGroups(chosen, services);
  }
}

async function listGroups({ allSecrets, state }: ForgetServices): Promise<readonly Group[]> {
  const all = (await allSecrets.keys()).flatMap((raw) => parseStoredKey(raw) ?? []);
  const profile = readProfileId(state);
  const ofKind = (kind: RecordKind): readonly StoredKey[] =>
    all.filter((record) => record.kind === kind && record.profile !== undefined && record.profile === profile);
  return [
    { label: vscode.l10n.t('API tokens'), records: ofKind('token'), own: true },
    { label: vscode.l10n.t('Secrets and URLs of destinations'), records: ofKind('secret'), own: true },
    { label: vscode.l10n.t('Unsaved changes of panels'), records: ofKind('draft'), own: true },
    { label: vscode.l10n.t('Cached lists of destinations'), records: ofKind('snapshot'), own: true },
    {
      label: vscode.l10n.t('Records of earlier versions, for all VS Code profiles'),
      records: all.filter((record) => record.profile === undefined),
      own: false,
    },
    {
      label: vscode.l10n.t('Records of other VS Code profiles'),
      records: all.filter((record) => record.profile !== undefined && record.profile !== profile),
      own: false,
    },
  ];
}

async function deleteGroups(groups: readonly Group[], { allSecrets, connections }: ForgetServices): Promise<void> {
  const records = groups.flatMap((group) => group.records);
  if (groups.some(({ own, records: [first] }) => own && first?.kind === 'token')) {
    await forgetTokens(connections);
  }
  await Promise.allSettled(records.map(async ({ raw }) => allSecrets.delete(raw)));
  if (records.some(({ profile }) => profile === undefined)) {
    await Promise.allSettled([allSecrets.delete(MIGRATED_AT_KEY)]);
  }
  const left = new Set(await allSecrets.keys());
  const failed = records.filter(({ raw }) => left.has(raw)).length;
  await connections.load();
  if (failed > 0) {
    throw new UserError(
      vscode.l10n.t('VS Code’s secret storage did not delete {0} of {1} records. Try again.', failed, records.length),
    );
  }
  await tell(
    'information',
    records.length === 1
      ? vscode.l10n.t('Deleted 1 stored record.')
      : vscode.l10n.t('Deleted {0} stored records.', records.length),
  );
}

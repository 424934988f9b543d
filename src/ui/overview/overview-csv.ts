import * as vscode from 'vscode';
import { formatCsv } from '../../core/formats/csv.ts';
import { dayOf } from '../../core/model/local-day.ts';
import { type ShownDestination, shownHostOf } from '../../core/model/destination.ts';
import { provedAt } from '../../core/model/health.ts';
import { plain, plainName } from '../../core/model/plain-text.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { unprovenDaysOf } from '../../core/monitoring/unproven.ts';
import type { OverviewTarget } from '../../core/overview-protocol.ts';
import { tell } from '../host/notice.ts';
import { readSettings } from '../host/settings.ts';
import { describeHealthOf, nameOf, typeOf } from '../text/destination.ts';
import { plural } from '../text/format.ts';
import type { DetailLoader } from './overview-details.ts';
import { overviewTexts } from './overview-texts.ts';

type CsvParts = { readonly store: Store; readonly details: Pick<DetailLoader, 'known'>; readonly now: number };

/** Asks for a file and writes the shown rows in their order. Times are as Cloudflare sent them. No URLs, no secrets. */
export async function exportCsv(targets: readonly OverviewTarget[], { store, details, now }: CsvParts): Promise<void> {
  const { columns } = overviewTexts();
  const { unprovenAfterDays } = readSettings();
  const head = [
    columns.name,
    columns.account,
    columns.type,
    columns.host,
    columns.health,
    vscode.l10n.t('Created'),
    columns.success,
    columns.failure,
    columns.policies,
    columns.alerts,
    vscode.l10n.t('Days not proved'),
  ];
  /** By account, so that the work grows with the rows only. */
  const byId = new Map<string, ReadonlyMap<string, ShownDestination>>();
  const cells = targets.flatMap(({ accountId, destinationId }) => {
    const entry = store.entry(accountId);
    const known =
      byId.get(accountId) ?? new Map((shownOf(entry?.state)?.destinations ?? []).map((each) => [each.id, each]));
    byId.set(accountId, known);
    const destination = known.get(destinationId);
    if (!entry || !destination) {
      return [];
    }
    const { policies = '', alerts = '' } = details.known(accountId, destinationId);
    return [
      [
        nameOf(destination),
        plainName(entry.connection.account.name),
        typeOf(destination),
        plain(shownHostOf(destination)),
        describeHealthOf(destination),
        destination.createdAt ?? '',
        destination.lastSuccess ?? '',
        destination.lastFailure ?? '',
        policies ?? '',
        alerts ?? '',
        unprovenDaysOf(provedAt(destination), unprovenAfterDays, now) ?? '',
      ],
    ];
  });
  const name = `webhook-destinations-${dayOf(now)}.csv`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export as CSV'),
    filters: { CSV: ['csv'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!uri) {
    return;
  }
  try {
    await vscode.workspace.fs.writeFile(uri, Buffer.from(formatCsv([head, ...cells])));
  } catch {
    void tell('error', vscode.l10n.t('{0} could not be written. Choose another folder.', uri.path));
    return;
  }
  const open = vscode.l10n.t('Open File');
  const message = plural(
    cells.length,
    vscode.l10n.t('Exported 1 destination to {0}.', uri.path),
    vscode.l10n.t('Exported {0} destinations to {1}.', cells.length, uri.path),
  );
  if ((await tell('information', message, open)) === open) {
    vscode.window.showTextDocument(uri).then(undefined, () => undefined);
  }
}

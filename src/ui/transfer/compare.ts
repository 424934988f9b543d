import * as vscode from 'vscode';
import { skippedIn } from '../../core/api/skipped.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { type ImportEntry, planImport, type Wanted } from '../../core/destinations/import-plan.ts';
import { byNameAndId, type ExportedDestination, formatExportFile } from '../../core/formats/export-file.ts';
import { type Destination, hostOf } from '../../core/model/destination.ts';
import { createIdSet } from '../../core/model/id.ts';
import { isSameAddress } from '../../core/model/web-address.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { inView } from '../host/commands.ts';
import { tell } from '../host/notice.ts';
import { pickOne } from '../host/pick.ts';
import { reportFailure } from '../host/report.ts';
import type { Logger } from '../host/log.ts';
import { runCommand } from '../host/run-command.ts';
import { nameOf, typeOf } from '../text/destination.ts';
import { plural } from '../text/format.ts';
import type { TransferDocuments } from './documents.ts';
import { type ExportServices, readDestinations, readExport } from './export.ts';
import { nameWanted } from './messages.ts';

/** One difference between a file and an account. */
export type Drift =
  | { readonly kind: 'onlyInFile'; readonly wanted: Wanted }
  /** The account may have it: its list has entries that could not be read. */
  | { readonly kind: 'notFound'; readonly wanted: Wanted }
  | { readonly kind: 'onlyInAccount'; readonly destination: Destination }
  | { readonly kind: 'changed'; readonly wanted: Wanted; readonly destination: Destination };

/**
 * The differences between the destinations of a file and of an account. `existing` is the very list that the client returned.
 * Sends nothing.
 */
export function findDrift(wanted: readonly Wanted[], existing: readonly Destination[]): readonly Drift[] {
  const entries = planImport(wanted, existing);
  const known = createIdSet(
    entries.flatMap((entry) => ('existing' in entry && entry.existing ? [entry.existing.id] : [])),
  );
  const missing = skippedIn(existing) > 0 ? 'notFound' : 'onlyInFile';
  return [
    ...entries.flatMap((entry) => toDrift(entry, missing)),
    ...existing
      .filter(({ id }) => !known.has(id))
      .map((destination): Drift => ({ kind: 'onlyInAccount', destination })),
  ];
}

function toDrift(entry: ImportEntry, missing: 'onlyInFile' | 'notFound'): readonly Drift[] {
  switch (entry.kind) {
    case 'same':
      return [];
    case 'unclear':
      return 'existing' in entry && entry.existing ? [] : [{ kind: missing, wanted: entry.wanted }];
    case 'differs':
      return [{ kind: 'changed', wanted: entry.wanted, destination: entry.existing }];
    case 'create':
    case 'incomplete':
    case 'invalid':
      return [{ kind: missing, wanted: entry.wanted }];
    default:
      return entry satisfies never;
  }
}

export type CompareServices = ExportServices & {
  readonly store: Store;
  readonly logger: Logger;
  readonly documents: TransferDocuments;
  readonly startImport: () => Promise<void>;
};

/** What is compared: the file, and what it says about the account. */
export type Compared = {
  readonly file: vscode.Uri;
  /** Whether the file is an export, so that it can be compared line by line. */
  readonly isExport: boolean;
  readonly wanted: readonly ExportedDestination[];
};

/**
 * Runs Compare with File…: VS Code's diff editor between the file and a fresh export, which is read-only, and a list of the
 * differences. Choosing one opens the destination, or imports the file if the account lacks it. A whole URL is on the right
 * side only where the file has the same one.
 */
export async function compareWithFile(
  { file, isExport, wanted }: Compared,
  connection: Connection,
  services: CompareServices,
): Promise<void> {
  const { account } = connection;
  const existing = await inView(async () => {
    // A destination of the list can be opened only if the view knows it too.
    const [destinations] = await Promise.all([readDestinations(connection), services.store.refresh([account.id])]);
    return destinations;
  });
  const withUrl = createIdSet(
    planImport(wanted, existing).flatMap((entry) =>
      'existing' in entry &&
      entry.existing &&
      entry.wanted.url !== undefined &&
      isSameAddress(entry.existing.url, entry.wanted.url)
        ? [entry.existing.id]
        : [],
    ),
  );
  const { file: fresh } = await readExport(
    // The same list: another one can have another URL, which the file does not have.
    [{ connection, fetched: existing }],
    ({ id }) => withUrl.has(id),
    // An answer of the API has no policies.
    isExport ? services : {},
  );
  const right = services.documents.add(`${account.name}.cfwebhooks.json`, formatExportFile(fresh));
  const left = isExport ? file : services.documents.add(`${nameOfFile(file)}.cfwebhooks.json`, toText(wanted, account));
  const title = vscode.l10n.t('{0} ↔ {1} at Cloudflare', nameOfFile(file), account.name);
  await vscode.commands.executeCommand('vscode.diff', left, right, title);
  void offerDrift(findDrift(wanted, existing), skippedIn(existing), connection, services);
}

function nameOfFile({ path }: vscode.Uri): string {
  return path.split('/').at(-1) ?? '';
}

/** An answer of the API in the format of an export. */
function toText(wanted: readonly ExportedDestination[], { id, name }: Connection['account']): string {
  return formatExportFile({ version: 1, accounts: [{ id, name, destinations: wanted.toSorted(byNameAndId) }] });
}

async function offerDrift(
  drift: readonly Drift[],
  skipped: number,
  { account }: Connection,
  { startImport, logger }: CompareServices,
): Promise<void> {
  if (drift.length === 0 && skipped === 0) {
    await tell(
      'information',
      vscode.l10n.t('{0} has the same webhook destinations as the file, as far as the file tells.', account.name),
    );
    return;
  }
  const show = vscode.l10n.t('Show Differences');
  const message = describeDrift(drift, skipped, account.name);
  if ((await tell('warning', message, ...(drift.length > 0 ? [show] : []))) !== show) {
    return;
  }
  const picked = await pickOne(drift.map(toItem), {
    title: vscode.l10n.t('Differences between the file and {0}', account.name),
    matchOnDescription: true,
  });
  try {
    if (picked?.drift.kind === 'onlyInFile' || picked?.drift.kind === 'notFound') {
      await startImport();
    } else if (picked) {
      const { id } = picked.drift.destination;
      await runCommand('editDestination', { kind: 'destination', accountId: account.id, destinationId: id });
    }
  } catch (error) {
    // The command has already ended, so its error boundary does not apply.
    await reportFailure(error, logger, 'compareWithFile', { subject: { name: account.name, accountId: account.id } });
  }
}

function describeDrift(drift: readonly Drift[], skipped: number, accountName: string): string {
  const count = (kind: Drift['kind']): number => drift.filter((each) => each.kind === kind).length;
  if (skipped === 0) {
    return vscode.l10n.t(
      'Differences between the file and {0}: {1} only in the file, {2} only in the account, {3} changed.',
      accountName,
      count('onlyInFile'),
      count('onlyInAccount'),
      count('changed'),
    );
  }
  const reason = plural(
    skipped,
    vscode.l10n.t('1 entry of Cloudflare’s list could not be read, so the comparison is incomplete.'),
    vscode.l10n.t('{0} entries of Cloudflare’s list could not be read, so the comparison is incomplete.', skipped),
  );
  const found = vscode.l10n.t(
    'Differences between the file and {0}: {1} not found in the account, {2} only in the account, {3} changed.',
    accountName,
    count('notFound'),
    count('onlyInAccount'),
    count('changed'),
  );
  return `${reason} ${found}`;
}

function toItem(drift: Drift): vscode.QuickPickItem & { readonly drift: Drift } {
  switch (drift.kind) {
    case 'onlyInFile':
      return {
        label: nameWanted(drift.wanted),
        description: vscode.l10n.t('only in the file'),
        detail: vscode.l10n.t('Select this to import the file. The plan is shown before anything is sent.'),
        drift,
      };
    case 'notFound':
      return {
        label: nameWanted(drift.wanted),
        description: vscode.l10n.t('not found in the account'),
        detail: vscode.l10n.t(
          'Cloudflare’s list has entries that could not be read. The destination may be one of them.',
        ),
        drift,
      };
    case 'onlyInAccount':
      return {
        label: nameOf(drift.destination),
        description: vscode.l10n.t('only in the account'),
        detail: `${typeOf(drift.destination)} · ${hostOf(drift.destination.url)}`,
        drift,
      };
    case 'changed':
      return {
        label: nameWanted(drift.wanted),
        description: vscode.l10n.t('changed'),
        detail: vscode.l10n.t(
          'In the account: “{0}” · {1} · {2}',
          nameOf(drift.destination),
          typeOf(drift.destination),
          hostOf(drift.destination.url),
        ),
        drift,
      };
    default:
      return drift satisfies never;
  }
}

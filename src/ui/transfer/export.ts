import * as vscode from 'vscode';
import { skippedIn } from '../../core/api/skipped.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import {
  type AccountToExport,
  type ExportFile,
  formatExportFile,
  toExportFile,
} from '../../core/formats/export-file.ts';
import type { Destination } from '../../core/model/destination.ts';
import { createIdSet } from '../../core/model/id.ts';
import type { Services } from '../../services.ts';
import { inView } from '../host/commands.ts';
import { tell } from '../host/notice.ts';
import { pickOne } from '../host/pick.ts';
import { UserError } from '../host/report.ts';
import { plural } from '../text/format.ts';

export type ExportServices = Pick<Services, 'policies'>;

/**
 * What to export of an account: some destinations, or all where `ids` is undefined. `fetched`: the destinations of the account, if
 * they were fetched just before. Default: they are fetched.
 */
export type Selection = {
  readonly connection: Connection;
  readonly ids?: readonly string[];
  readonly fetched?: readonly Destination[];
};

/**
 * Runs Export…: asks whether to write whole URLs, and where to. Everything is fetched first. Where an account cannot be
 * fetched, its error is thrown and nothing is written. Throws {@link UserError} if none of the selected destinations exists.
 */
export async function exportDestinations(selections: readonly Selection[], services: ExportServices): Promise<void> {
  const urls = await askUrls();
  if (!urls) {
    return;
  }
  const { file, skipped, gone } = await inView(async () => readExport(selections, urls, services));
  const all = file.accounts.flatMap(({ destinations }) => destinations);
  if (all.length === 0 && gone > 0 && skipped === 0) {
    throw new UserError(vscode.l10n.t('The selected webhook destinations no longer exist at Cloudflare.'));
  }
  if (all.length === 0 && skipped > 0 && selections.every(({ ids }) => ids)) {
    throw new UserError(
      vscode.l10n.t('Cloudflare’s list has entries that could not be read. The destination may be one of them.'),
    );
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Webhook Destinations'),
    filters: { [vscode.l10n.t('Webhook destinations')]: ['cfwebhooks.json', 'json'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, 'cloudflare.cfwebhooks.json') } : {}),
  });
  if (!uri) {
    return;
  }
  try {
    await vscode.workspace.fs.writeFile(uri, Buffer.from(formatExportFile(file)));
  } catch {
    throw new UserError(vscode.l10n.t('{0} could not be written. Choose another folder.', uri.path));
  }
  const isUnsure = all.some(({ policies }) => policies === undefined);
  const message = [
    urls === 'whole'
      ? vscode.l10n.t(
          'Exported webhook destinations: {0}. The file contains whole URLs: anyone who reads it can send to most of these destinations.',
          all.length,
        )
      : vscode.l10n.t('Exported webhook destinations: {0}. The file contains no secrets.', all.length),
    ...(gone > 0
      ? [
          plural(
            gone,
            vscode.l10n.t('1 selected destination no longer exists at Cloudflare.'),
            vscode.l10n.t('{0} selected destinations no longer exist at Cloudflare.', gone),
          ),
        ]
      : []),
    ...(skipped > 0
      ? [
          plural(
            skipped,
            vscode.l10n.t('1 entry of Cloudflare’s list could not be read and is missing from the file.'),
            vscode.l10n.t('{0} entries of Cloudflare’s list could not be read and are missing from the file.', skipped),
          ),
        ]
      : []),
    ...(isUnsure ? [vscode.l10n.t('Some policies could not be loaded, so the file does not list them.')] : []),
  ].join(' ');
  void offerOpen(isUnsure || gone + skipped > 0 ? 'warning' : 'information', message, uri);
}

async function offerOpen(kind: 'information' | 'warning', message: string, uri: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open File');
  if ((await tell(kind, message, open)) === open) {
    // The file may have been moved since.
    vscode.window.showTextDocument(uri).then(undefined, () => undefined);
  }
}

async function askUrls(): Promise<'host' | 'whole' | undefined> {
  const items = [
    {
      label: vscode.l10n.t('Hosts only'),
      detail: vscode.l10n.t('For a repository: shows changes without credentials. An import asks for the URLs.'),
      urls: 'host' as const,
    },
    {
      label: vscode.l10n.t('Whole URLs'),
      detail: vscode.l10n.t(
        'For a backup: anyone who reads the file can send to most of these destinations. Secrets that Cloudflare withholds are missing.',
      ),
      urls: 'whole' as const,
    },
  ];
  const title = vscode.l10n.t('Export Webhook Destinations');
  return (await pickOne(items, { title, placeHolder: vscode.l10n.t('Choose what to write of each URL') }))?.urls;
}

/** The file, and what is missing from it. */
export type ReadExport = {
  readonly file: ExportFile;
  /** How many selected destinations no longer exist at Cloudflare. */
  readonly gone: number;
  /** How many entries could not be read, in the lists of accounts that may have more destinations to export. */
  readonly skipped: number;
};

/**
 * Fetches destinations and policies, and builds the file. Without `policies`, or where an account's list of policies is
 * incomplete, the file does not list them.
 */
export async function readExport(
  selections: readonly Selection[],
  urls: Parameters<typeof toExportFile>[1],
  { policies }: Partial<ExportServices>,
): Promise<ReadExport> {
  const read = await Promise.all(
    selections.map(async ({ connection, ids, fetched }) => {
      const { id, name } = connection.account;
      const chosen = ids && createIdSet(ids);
      const [all, known] = await Promise.all([
        fetched ?? readDestinations(connection),
        // The file says nothing about policies then. The client has logged why.
        policies?.read(connection).catch(() => undefined),
      ]);
      const existing = createIdSet(all.map((each) => each.id));
      const missing = (ids ?? []).filter((each) => !existing.has(each)).length;
      const skipped = !ids || missing > 0 ? skippedIn(all) : 0;
      const account: AccountToExport = {
        id,
        name,
        destinations: chosen ? all.filter((each) => chosen.has(each.id)) : all,
        policies: known && skippedIn(known.policies) === 0 ? known.policies : undefined,
      };
      // With an incomplete list, a selected destination that is not found may still exist.
      return { account, skipped, gone: skipped > 0 ? 0 : missing };
    }),
  );
  return {
    file: toExportFile(
      read.map(({ account }) => account),
      urls,
    ),
    gone: sum(read.map(({ gone }) => gone)),
    skipped: sum(read.map(({ skipped }) => skipped)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** The destinations as Cloudflare has them now. Throws `ApiError`. */
export async function readDestinations({ account, api }: Connection): Promise<readonly Destination[]> {
  return api.listDestinations(account.id);
}

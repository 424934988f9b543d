import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Wanted } from '../../core/destinations/import-plan.ts';
import { LARGEST_FILE, type ReadFile, readExportFile } from '../../core/formats/export-file.ts';
import type { Leases } from '../../core/async/lease.ts';
import { isSameId } from '../../core/model/id.ts';
import { hostOf } from '../../core/model/destination.ts';
import { wholeUrlOf } from '../../core/model/whole-url.ts';
import { connectionNow } from '../../core/monitoring/connection-now.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { TargetServices } from '../../target-services.ts';
import { onDestinations, pickAccount, pickAnyAccount, untilAccountsKnown } from '../destinations/targets.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { askPick } from '../host/quick-input.ts';
import { UserError } from '../host/report.ts';
import { isNode } from '../tree/nodes.ts';
import { compareWithFile } from './compare.ts';
import { createTransferDocuments } from './documents.ts';
import { exportDestinations, type Selection } from './export.ts';
import { importInto } from './import.ts';
import { describeFileProblem } from './messages.ts';
import { enumerate } from '../text/format.ts';

/** Export, import, copying to another account, and comparing with a file. A bundle of its own. */
export function createTransferModule(services: TargetServices & { readonly leases: Leases }) {
  const { store, targets, secrets } = services;
  const documents = createTransferDocuments();
  const importing = { ...services, documents };

  /** The account of the row, or one that the user chooses: a file says nothing about where it goes. */
  async function chooseAccount(argument: unknown, title: string): Promise<Connection | undefined> {
    const node = isNode(argument) ? store.entry(argument.accountId)?.connection : undefined;
    return node ?? pickAnyAccount(services, title);
  }

  /** What a command exports: the accounts or destinations of the rows, else accounts that the user selects. */
  async function selectExport(argument: unknown, all: unknown): Promise<readonly Selection[] | undefined> {
    const chosen = targets.rows(argument, all).filter(({ kind }) => kind === 'account' || kind === 'destination');
    if (chosen.length > 0) {
      const byAccount = Map.groupBy(chosen, ({ accountId }) => accountId);
      return [...byAccount].flatMap(([accountId, group]): readonly Selection[] => {
        const connection = store.entry(accountId)?.connection;
        const ids = group.flatMap((node) => (node.kind === 'destination' ? [node.destinationId] : []));
        const isWhole = group.some(({ kind }) => kind === 'account');
        return connection ? [{ connection, ...(isWhole ? {} : { ids }) }] : [];
      });
    }
    await untilAccountsKnown(services);
    const connections = store.entries().map(({ connection }) => connection);
    const [only] = connections;
    if (!only) {
      throw new UserError(
        vscode.l10n.t('There is no Cloudflare account yet. Add one with “Add Account…”.'),
        'addAccount',
      );
    }
    if (connections.length === 1) {
      return [{ connection: only }];
    }
    const picked = await askPick({
      title: vscode.l10n.t('Export Webhook Destinations'),
      placeholder: vscode.l10n.t('Select the accounts to export'),
      items: connections.map((connection) => ({ label: connection.account.name, picked: true, connection })),
      many: true,
    });
    return picked.kind === 'value' ? picked.value.map(({ connection }) => ({ connection })) : undefined;
  }

  return {
    documents,
    commands: {
      async exportDestinations(argument, naming, selected) {
        const selections = await selectExport(argument, selected);
        const [first] = selections ?? [];
        if (selections && first) {
          naming({ name: first.connection.account.name, accountId: first.connection.account.id });
          await exportDestinations(selections, services);
        }
      },
      async importDestinations(argument, naming) {
        const title = vscode.l10n.t('Import Webhook Destinations');
        const file = await chooseFile(argument, title);
        const read = file && (await readFile(file));
        const connection = read && (await chooseAccount(argument, title));
        const wanted = connection && (await chooseSource(read, connection, title));
        if (file && connection && wanted) {
          naming({ name: connection.account.name, accountId: connection.account.id });
          await importInto(connection, nameOfFile(file), wanted, importing);
        }
      },
      async compareWithFile(argument, naming) {
        const title = vscode.l10n.t('Compare with File');
        const file = await chooseFile(argument, title);
        const read = file && (await readFile(file));
        const connection = read && (await chooseAccount(argument, title));
        const wanted = connection && (await chooseSource(read, connection, title));
        if (file && read && connection && wanted) {
          naming({ name: connection.account.name, accountId: connection.account.id });
          await compareWithFile({ file, isExport: read.isExport, wanted }, connection, {
            ...services,
            documents,
            startImport: async () => importInto(connectionNow(store, connection), nameOfFile(file), wanted, importing),
          });
        }
      },
      copyToAccount: onDestinations(targets, vscode.l10n.t('Copy to Account'), async (chosen) => {
        const connection = await chooseTarget(chosen, services);
        if (connection) {
          const wanted = await Promise.all(chosen.map(async (target) => toWanted(target, secrets)));
          const sources = new Set(chosen.map((target) => target.connection.account.name));
          await importInto(connection, enumerate([...sources]), wanted, importing);
        }
      }),
    } satisfies CommandHandlers,
    disposables: [],
  } satisfies Module & { readonly documents: unknown };
}

/** What this machine knows of a destination. What is missing is asked for. */
async function toWanted({ connection, destination }: Located, secrets: TargetServices['secrets']): Promise<Wanted> {
  const remembered = await secrets.get(connection.account.id, destination.id);
  const { name, type } = destination;
  const url = wholeUrlOf(destination, remembered);
  const secret = remembered?.secret;
  return { name, type, host: hostOf(url), url, ...(secret === undefined ? {} : { secret }) };
}

async function chooseTarget(chosen: readonly Located[], { store }: TargetServices): Promise<Connection | undefined> {
  const sources = new Set(chosen.map(({ connection }) => connection.account.id));
  const others = store
    .entries()
    .map(({ connection }) => connection)
    .filter(({ account }) => sources.size > 1 || !sources.has(account.id));
  if (others.length === 0) {
    throw new UserError(
      vscode.l10n.t('There is no other account to copy to. Add one with “Add Account…”.'),
      'addAccount',
    );
  }
  return pickAccount(others, vscode.l10n.t('Copy to Account'));
}

/** The destinations of the only account in a file, of the account with the same ID, or of those that the user selects. */
async function chooseSource(
  { accounts }: UsableFile,
  { account }: Connection,
  title: string,
): Promise<readonly Wanted[] | undefined> {
  if (accounts.length === 1) {
    return accounts[0]?.destinations;
  }
  const picked = await askPick({
    title,
    placeholder: vscode.l10n.t('Select the accounts of the file to use'),
    items: accounts.map(({ id, name, destinations }) => ({
      label: name ?? id ?? vscode.l10n.t('(no name)'),
      description: vscode.l10n.t('Webhook destinations: {0}', destinations.length),
      picked: id !== undefined && isSameId(id, account.id),
      destinations,
    })),
    many: true,
  });
  return picked.kind === 'value' ? picked.value.flatMap(({ destinations }) => destinations) : undefined;
}

type UsableFile = Extract<ReadFile, { readonly ok: true }>;

function nameOfFile({ path }: vscode.Uri): string {
  return path.split('/').at(-1) ?? '';
}

/** The file of the argument, of the active editor, or of a dialog. */
async function chooseFile(argument: unknown, title: string): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) {
    return argument;
  }
  // A row says where to, and not what: its file is always asked for.
  const active = isNode(argument) ? undefined : vscode.window.activeTextEditor?.document.uri;
  if (active?.path.endsWith('.cfwebhooks.json') && ['file', 'vscode-remote', 'vscode-vfs'].includes(active.scheme)) {
    return active;
  }
  const chosen = await vscode.window.showOpenDialog({
    title,
    filters: { [vscode.l10n.t('Webhook destinations')]: ['cfwebhooks.json', 'json'] },
  });
  return chosen?.[0];
}

/** A file, or its open document if there is one. Throws {@link UserError} if it cannot be used. */
async function readFile(file: vscode.Uri): Promise<UsableFile> {
  const name = nameOfFile(file);
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file.toString());
  let content: string | Uint8Array | undefined = open?.getText();
  if (content === undefined) {
    try {
      // Four bytes per character at most. A larger file is not read at all.
      const { size } = await vscode.workspace.fs.stat(file);
      content = size > 4 * LARGEST_FILE ? ' '.repeat(LARGEST_FILE + 1) : await vscode.workspace.fs.readFile(file);
    } catch {
      throw new UserError(vscode.l10n.t('{0} cannot be read. Check that the file exists and try again.', name));
    }
  }
  const read = readExportFile(content);
  if (!read.ok) {
    throw new UserError(describeFileProblem(read.problem, name));
  }
  return read;
}

import * as vscode from 'vscode';
import { ApiError, type ApiErrorKind, describeForLog } from '../../core/api/api-error.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { createDestination, type UnansweredCreations } from '../../core/destinations/create-destination.ts';
import { sha256 } from '../../core/destinations/fingerprint.ts';
import { type Imported, importDestinations } from '../../core/destinations/import-destinations.ts';
import { type ImportEntry, planImport, toDraft, type Wanted } from '../../core/destinations/import-plan.ts';
import { guessType, typeOrGeneric } from '../../core/model/destination-types/index.ts';
import type { Draft } from '../../core/model/destination.ts';
import { normalizeAddress } from '../../core/model/web-address.ts';
import { joinUrl, lacksSecret } from '../../core/model/whole-url.ts';
import type { Services } from '../../services.ts';
import { inView } from '../host/commands.ts';
import { tell, withoutLinks } from '../host/notice.ts';
import { askText, type Check } from '../host/quick-input.ts';
import { nameService } from '../text/draft.ts';
import { describeMoment } from '../text/format.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { readDestinations } from './export.ts';
import { describePlan, describeReport, nameWanted, summarizeImport, summarizePlan } from './messages.ts';
import type { TransferDocuments } from './documents.ts';

export type ImportServices = Pick<Services, 'store' | 'policies' | 'redactor' | 'logger' | 'host'> & {
  readonly documents: TransferDocuments;
  /** Shared by all imports of the window, so that a creation that was not answered is found at the next one. */
  readonly unanswered: UnansweredCreations;
};

/** No other creation can succeed after these. */
const FATAL: ReadonlySet<ApiErrorKind> = new Set([
  'auth',
  'forbidden',
  'addressFilter',
  'rateLimited',
  'misconfigured',
  'otherOrigin',
  'noToken',
  'undecryptable',
]);

/**
 * Imports destinations into an account: asks for missing URLs and secrets, shows the plan, and creates after the user has
 * agreed. Ends in a report. Destinations that the account has are never changed, and none is created twice. API errors of
 * loading the account pass through.
 */
export async function importInto(
  connection: Connection,
  wanted: readonly Wanted[],
  services: ImportServices,
): Promise<void> {
  const existing = await inView(async () => readDestinations(connection, services.store));
  const entries = await complete(planImport(wanted, existing), services);
  if (!entries) {
    return;
  }
  const { name } = connection.account;
  const uri = services.documents.add(`${vscode.l10n.t('Import into {0}', name)}.txt`, describePlan(entries, name));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  const planned = entries.flatMap((entry) => (entry.kind === 'create' ? [entry] : []));
  if (planned.length === 0) {
    void tell('information', vscode.l10n.t('Nothing to create in {0}: see the plan.', name));
    return;
  }
  // Not a modal, so that the plan can be read before the decision. Not awaited, because the command must not stay open.
  void confirmAndCreate(connection, entries, planned, services);
}

async function confirmAndCreate(
  connection: Connection,
  entries: readonly ImportEntry[],
  planned: readonly { readonly wanted: Wanted; readonly draft: Draft }[],
  services: ImportServices,
): Promise<void> {
  const { account } = connection;
  const create = vscode.l10n.t('Create');
  try {
    if ((await tell('warning', summarizePlan(entries, account.name), create)) !== create) {
      return;
    }
    const imported = await createAll(connection, planned, services);
    for (const each of imported) {
      if (each.outcome === 'failed') {
        services.logger.log('error', `importDestinations: ${describeForLog(each.error)}`);
      }
    }
    const at = describeMoment(new Date(services.host.now()).toISOString());
    const report = vscode.l10n.t('Show Report');
    const isComplete = imported.every(({ outcome }) => outcome === 'created');
    const chosen = await tell(isComplete ? 'information' : 'warning', summarizeImport(imported, account.name), report);
    if (chosen === report) {
      const content = describeReport(imported, entries, account.name, at);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language: 'plaintext' }));
    }
  } catch (error) {
    // The command has already ended, so its error boundary does not apply.
    services.logger.log('error', `importDestinations: ${describeForLog(error)}`);
    void tell('error', describeFailure(error, account.name));
  }
}

async function createAll(
  { account, api }: Connection,
  planned: readonly { readonly wanted: Wanted; readonly draft: Draft }[],
  { store, policies, redactor, host, unanswered }: ImportServices,
): Promise<readonly Imported[]> {
  const operationHost = { now: host.now, sleep: host.sleep, digest: sha256, makeSalt: () => crypto.randomUUID() };
  for (const { draft } of planned) {
    hide(draft, redactor);
  }
  try {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: withoutLinks(vscode.l10n.t('Creating webhook destinations in {0}', account.name)),
        cancellable: true,
      },
      async (progress, token) => {
        const cancel = new AbortController();
        token.onCancellationRequested(() => cancel.abort());
        return importDestinations(planned, {
          create: async (draft) =>
            createDestination({ api, host: operationHost, accountId: account.id, draft, unanswered }),
          isFatal: (error) => error instanceof ApiError && FATAL.has(error.kind),
          signal: cancel.signal,
          onDone: ({ wanted }) =>
            progress.report({ message: withoutLinks(nameWanted(wanted)), increment: 100 / planned.length }),
        });
      },
    );
  } finally {
    policies.forget([account.id]);
    await store.refresh([account.id]);
  }
}

function hide({ url, secret }: Draft, redactor: ImportServices['redactor']): void {
  for (const credential of [url, secret]) {
    if (credential) {
      redactor.remember(credential);
    }
  }
}

/** Asks for missing URLs and secrets, one masked prompt per value. Empty skips a destination; Escape cancels the import. */
async function complete(
  entries: readonly ImportEntry[],
  { redactor }: ImportServices,
): Promise<readonly ImportEntry[] | undefined> {
  const incomplete = entries.filter(({ kind }) => kind === 'incomplete').length;
  const completed: ImportEntry[] = [];
  let index = 0;
  for (const entry of entries) {
    let now: ImportEntry = entry;
    if (entry.kind === 'incomplete') {
      index += 1;
    }
    while (now.kind === 'incomplete') {
      const title = vscode.l10n.t('Import “{0}” ({1} of {2})', nameWanted(entry.wanted), index, incomplete);
      const answer = await (now.needs === 'url' ? askUrl(now, title) : askSecret(now, title));
      if (answer === undefined) {
        return undefined;
      }
      if (answer === '') {
        break;
      }
      redactor.remember(answer);
      now = toDraft(now.needs === 'url' ? { ...now.wanted, url: answer } : { ...now.wanted, secret: answer });
    }
    completed.push(now);
  }
  // Two entries may have become the same by what was entered.
  return dropRepeated(completed);
}

function dropRepeated(entries: readonly ImportEntry[]): readonly ImportEntry[] {
  const seen = new Set<string>();
  return entries.map((entry) => {
    if (entry.kind !== 'create') {
      return entry;
    }
    const key = JSON.stringify([entry.draft.name, entry.draft.url]);
    if (seen.has(key)) {
      return { kind: 'same', wanted: entry.wanted };
    }
    seen.add(key);
    return entry;
  });
}

type Incomplete = Extract<ImportEntry, { kind: 'incomplete' }>;

async function askUrl({ wanted, url }: Incomplete, title: string): Promise<string | undefined> {
  const type = typeOrGeneric(guessType(url)?.type ?? wanted.type);
  const service = nameService(type.type, wanted.host);
  return askMasked(
    title,
    url === ''
      ? vscode.l10n.t('Enter the {0} URL at {1}. Leave it empty to skip this destination.', service, wanted.host)
      : vscode.l10n.t(
          'Enter the full {0} URL, or only its secret part. Leave it empty to skip this destination.',
          service,
        ),
    (typed) => {
      const isPart = url !== '' && !/[:/\s]/.test(typed);
      const address = isPart ? joinUrl(type, url, typed) : normalizeAddress(typed);
      const guessed = guessType(address);
      return guessed === undefined || lacksSecret(guessed, address)
        ? { ok: false, problem: vscode.l10n.t('This is not a full {0} webhook URL.', service) }
        : { ok: true, value: address };
    },
  );
}

async function askSecret({ wanted }: Incomplete, title: string): Promise<string | undefined> {
  const service = nameService(wanted.type, wanted.host);
  return askMasked(
    title,
    vscode.l10n.t('Enter the secret that {0} requires. Leave it empty to skip this destination.', service),
    (typed) => ({ ok: true, value: typed }),
  );
}

/** Undefined if the user cancels, empty if the user skips. */
async function askMasked(
  title: string,
  prompt: string,
  check: (text: string) => Check<string>,
): Promise<string | undefined> {
  const answer = await askText<string>({
    title,
    prompt,
    password: true,
    check: (text) => (text.trim() === '' ? { ok: true, value: '' } : check(text.trim())),
  });
  return answer.kind === 'value' ? answer.value : undefined;
}

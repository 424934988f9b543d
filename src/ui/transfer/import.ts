import * as vscode from 'vscode';
import { ApiError, type ApiErrorKind, describeForLog, isUncertain } from '../../core/api/api-error.ts';
import { SETTLING_TIME } from '../../core/api/deadlines.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { acquireInTurn, type Lease, type Leases } from '../../core/async/lease.ts';
import { admitUserCall } from '../../core/monitoring/call-budget.ts';
import { createDestination } from '../../core/destinations/create-destination.ts';
import { sha256 } from '../../core/destinations/fingerprint.ts';
import { type Imported, importDestinations } from '../../core/destinations/import-destinations.ts';
import { completeEntry, type ImportEntry, planImport, type Wanted } from '../../core/destinations/import-plan.ts';
import { guessType, typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { type Destination, type Draft, hostOf } from '../../core/model/destination.ts';
import { normalizeAddress } from '../../core/model/web-address.ts';
import { joinUrl, lacksSecret } from '../../core/model/whole-url.ts';
import { AccountRemovedError, connectionNow, withApiNow } from '../../core/monitoring/connection-now.ts';
import type { Services } from '../../services.ts';
import { inView } from '../host/commands.ts';
import { tell, withoutLinks } from '../host/notice.ts';
import { askInTurn, type FlowQuestion } from '../host/flow.ts';
import { askText, type TextQuestion } from '../host/quick-input.ts';
import { nameService } from '../text/draft.ts';
import { describeMoment } from '../text/format.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { readDestinations } from './export.ts';
import { describePlan, describeReport, nameWanted, summarizeImport, summarizePlan } from './messages.ts';
import type { TransferDocuments } from './documents.ts';

export type ImportServices = Pick<
  Services,
  'store' | 'policies' | 'redactor' | 'logger' | 'host' | 'budgets' | 'unansweredCreations'
> & {
  readonly documents: TransferDocuments;
  /** Imports into one account take turns, over all windows: the second plans with what the first created. */
  readonly leases: Leases;
};

/** No other creation can succeed after these. A creation has no ID, so `notFound` is about the account. */
const FATAL: ReadonlySet<ApiErrorKind> = new Set([
  'auth',
  'forbidden',
  'addressFilter',
  'rateLimited',
  'notFound',
  'misconfigured',
  'otherOrigin',
  'noToken',
  'undecryptable',
  'storageUnreadable',
]);

/**
 * Imports destinations into an account: asks for missing URLs and secrets, shows the plan, and creates after the user has
 * agreed. Ends in a report. Destinations that the account has are never changed, and none is created twice. `source` says
 * where they are from. API errors of loading the account pass through.
 */
export async function importInto(
  connection: Connection,
  source: string,
  wanted: readonly Wanted[],
  services: ImportServices,
): Promise<void> {
  const existing = await inView(async () => readDestinations(connection));
  const entries = await complete(planImport(wanted, existing), existing, services);
  if (!entries) {
    return;
  }
  const { name } = connection.account;
  const uri = services.documents.add(
    `${vscode.l10n.t('Import into {0}', name)}.txt`,
    describePlan(entries, name, source),
  );
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  if (!entries.some(({ kind }) => kind === 'create')) {
    void tell('information', vscode.l10n.t('Nothing to create in {0}: see the plan.', name));
    return;
  }
  // Not a modal, so that the plan can be read before the decision. Not awaited, because the command must not stay open.
  void confirmAndCreate(connection, entries, services);
}

async function confirmAndCreate(
  { account }: Connection,
  agreed: readonly ImportEntry[],
  services: ImportServices,
): Promise<void> {
  const create = vscode.l10n.t('Create');
  const { logger, host } = services;
  try {
    if ((await tell('warning', summarizePlan(agreed, account.name), create)) !== create) {
      return;
    }
    const done = await createInTurn(account.id, agreed, services);
    if (!done) {
      void tell('warning', vscode.l10n.t('The account was removed from VS Code. Nothing was sent.'));
      return;
    }
    const { entries, imported } = done;
    for (const each of imported) {
      if (each.outcome === 'failed') {
        logger.log('error', `importDestinations: ${describeForLog(each.error)}`);
      }
    }
    const at = describeMoment(new Date(host.now()).toISOString());
    const report = vscode.l10n.t('Show Report');
    const left = agreed.filter(({ kind }) => kind === 'create').length - imported.length;
    const isComplete = left === 0 && imported.every(({ outcome }) => outcome === 'created');
    const summary = summarizeImport(imported, left, account.name);
    const chosen = await tell(isComplete ? 'information' : 'warning', summary, report);
    if (chosen === report) {
      const content = describeReport(imported, entries, account.name, at);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language: 'plaintext' }));
    }
  } catch (error) {
    // The command has already ended, so its error boundary does not apply.
    logger.log('error', `importDestinations: ${describeForLog(error)}`);
    void tell('error', describeFailure(error, account.name));
  }
}

type Done = { readonly entries: readonly ImportEntry[]; readonly imported: readonly Imported[] };

/** Waits for the other imports into the account, over all windows of this machine, and creates. */
async function createInTurn(
  accountId: string,
  agreed: readonly ImportEntry[],
  services: ImportServices,
): Promise<Done | undefined> {
  const { leases, host } = services;
  const lease = await inView(async () => acquireInTurn(leases, `import.${accountId}`, host.sleep));
  // A lease that cannot be released expires by itself.
  const release = async (): Promise<void> => lease.release().catch(() => undefined);
  let isSettling = false;
  try {
    const done = await createAgreed(accountId, agreed, lease, services);
    isSettling = done?.imported.some((each) => each.outcome === 'failed' && isUncertain(each.error)) ?? false;
    return done;
  } finally {
    if (isSettling) {
      // Another window must not plan without a creation that may still take effect.
      void host.sleep(SETTLING_TIME).then(release);
    } else {
      await release();
    }
  }
}

/**
 * Plans again with what the account has now, and creates what the user agreed to and what is still missing. Undefined if the
 * account is no longer in VS Code.
 */
async function createAgreed(
  accountId: string,
  agreed: readonly ImportEntry[],
  lease: Lease,
  services: ImportServices,
): Promise<Done | undefined> {
  const connection = services.store.entry(accountId)?.connection;
  if (!connection) {
    return undefined;
  }
  const existing = await readDestinations(connection);
  const now = planImport(
    agreed.map(({ wanted }) => wanted),
    existing,
  );
  const entries = agreed.map((entry, index) => (entry.kind === 'create' ? (now[index] ?? entry) : entry));
  const planned = entries.flatMap((entry) => (entry.kind === 'create' ? [entry] : []));
  return { entries, imported: await createAll(connection, planned, existing, { ...services, lease }) };
}

async function createAll(
  connection: Connection,
  planned: readonly { readonly wanted: Wanted; readonly draft: Draft }[],
  existing: readonly Destination[],
  {
    store,
    policies,
    redactor,
    host,
    budgets,
    unansweredCreations: unanswered,
    lease,
  }: ImportServices & { readonly lease: Lease },
): Promise<readonly Imported[]> {
  const { account } = connection;
  const operationHost = { now: host.now, sleep: host.sleep, digest: sha256, makeSalt: () => crypto.randomUUID() };
  for (const { draft } of planned) {
    hide(draft, redactor);
  }
  // With the destinations of this import, so that a lost answer is not taken for another creation.
  let before = existing;
  try {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: withoutLinks(vscode.l10n.t('Creating webhook destinations in {0}', account.name)),
        cancellable: true,
      },
      async (progress, canceling) => {
        const cancel = new AbortController();
        canceling.onCancellationRequested(() => cancel.abort());
        return importDestinations(planned, {
          async create(draft) {
            const { token } = connectionNow(store, connection);
            await admitUserCall(budgets.of(token?.id), host.sleep, cancel.signal);
            await lease.check();
            const id = await createDestination(
              withApiNow(store, connection, {
                host: operationHost,
                accountId: account.id,
                draft,
                unanswered,
                before,
                signal: cancel.signal,
              }),
            );
            before = [...before, { id, type: '', ...draft }];
            return id;
          },
          isFatal: (error) =>
            error instanceof AccountRemovedError || (error instanceof ApiError && FATAL.has(error.kind)),
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

/** What the user typed, by what it is and the index of its entry: `url 3`. Empty: skipped. */
type Typed = Readonly<Record<string, string>>;

/** Asks for missing URLs and secrets, one masked prompt per value. Empty skips a destination; Escape cancels the import. */
async function complete(
  entries: readonly ImportEntry[],
  existing: readonly Destination[],
  { redactor }: ImportServices,
): Promise<readonly ImportEntry[] | undefined> {
  const fill = (entry: ImportEntry, index: number, typed: Typed): ImportEntry =>
    completeEntry(entry, { url: typed[`url ${index}`], secret: typed[`secret ${index}`] });
  const questions = entries.flatMap((entry, index) =>
    (['url', 'secret'] as const).map((needs): FlowQuestion<Typed> => {
      const key = `${needs} ${index}`;
      return (typed) => {
        // Without the answer to this question, so that it is still asked after Back.
        const now = fill(entry, index, { ...typed, [key]: '' });
        if (now.kind !== 'incomplete' || now.needs !== needs) {
          return undefined;
        }
        return async ({ keep, shared }) => {
          const answer = await askText<string>({
            ...shared,
            ...(needs === 'url' ? urlQuestion(now) : secretQuestion(now)),
            title: vscode.l10n.t('Import “{0}”', nameWanted(entry.wanted)),
            value: typed[key] ?? '',
            password: true,
            onBack: (text) => keep({ [key]: text }),
          });
          if (answer.kind !== 'value') {
            return answer;
          }
          redactor.remember(answer.value);
          return { kind: 'value', value: { [key]: answer.value } };
        };
      };
    }),
  );
  const typed = await askInTurn<Typed>(vscode.l10n.t('Import Webhook Destinations'), {}, questions);
  if (!typed) {
    return undefined;
  }
  // What was entered can be what the account has already, or what another entry has.
  return planImport(
    entries.map((entry, index) => fill(entry, index, typed).wanted),
    existing,
  );
}
type Incomplete = Extract<ImportEntry, { kind: 'incomplete' }>;

type MaskedQuestion = Pick<TextQuestion<string>, 'prompt' | 'check'>;

function urlQuestion({ wanted, url }: Incomplete): MaskedQuestion {
  const type = typeOrGeneric(guessType(url)?.type ?? wanted.type);
  const service = nameService(type.type, wanted.host);
  return {
    prompt:
      url === ''
        ? vscode.l10n.t('Enter the {0} URL at {1}. Leave it empty to skip this destination.', service, wanted.host)
        : vscode.l10n.t(
            'Enter the full {0} URL, or only its secret part. Leave it empty to skip this destination.',
            service,
          ),
    check(text) {
      const typed = text.trim();
      if (typed === '') {
        return { ok: true, value: '' };
      }
      const isPart = url !== '' && !/[:/\s]/.test(typed);
      const address = isPart ? joinUrl(type, url, typed) : normalizeAddress(typed);
      const guessed = guessType(address);
      if (guessed === undefined || lacksSecret(guessed, address)) {
        return { ok: false, problem: vscode.l10n.t('This is not a full {0} webhook URL.', service) };
      }
      return wanted.host !== '' && hostOf(address) !== wanted.host.toLowerCase()
        ? {
            ok: false,
            problem: vscode.l10n.t('The host of this destination is {0}, not {1}.', wanted.host, hostOf(address)),
          }
        : { ok: true, value: address };
    },
  };
}

function secretQuestion({ wanted, url }: Incomplete): MaskedQuestion {
  // The type that Cloudflare will derive from the URL, whatever the file says.
  const service = nameService(guessType(url)?.type ?? wanted.type, wanted.host);
  return {
    prompt: vscode.l10n.t('Enter the secret that {0} requires. Leave it empty to skip this destination.', service),
    check: (text) => ({ ok: true, value: text.trim() }),
  };
}

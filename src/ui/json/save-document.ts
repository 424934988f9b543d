import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import { type Destination, type Draft, hostOf } from '../../core/model/destination.ts';
import { checkDraft } from '../../core/model/draft-check.ts';
import { parseDocument } from '../../core/formats/json-document.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { planChange } from '../../core/model/plan.ts';
import type { UpdateOutcome } from '../../core/destinations/update-destination.ts';
import { describeDraftProblem } from '../text/draft.ts';
import { addressOf } from './addresses.ts';
import type { JsonWrite } from './files.ts';
import { swapEditor } from './tabs.ts';
import { describeDocumentProblem, describeUpdate } from './messages.ts';
import { type Logger } from '../host/log.ts';
import { describeForLog } from '../../core/api/api-error.ts';
import { tell } from '../host/notice.ts';
import { describeProblem } from '../text/error.ts';
import { describeRefusedTest } from '../text/refused-test.ts';
import { replaceWithProgress } from '../replacement/replacing.ts';
import { reportFailure, UserError } from '../host/report.ts';
import type { DestinationWriter } from '../destinations/destination-writer.ts';
import type { SecretStore } from '../destinations/secret-store.ts';
import { nameOf } from '../text/destination.ts';

export type SaveServices = {
  readonly writer: DestinationWriter;
  readonly secrets: SecretStore;
  readonly logger: Logger;
  /** Shows Cloudflare's refusal in the document. */
  readonly refuse: (uri: vscode.Uri, sentence: string) => void;
  /** A secret that was moved out of the text. */
  readonly heldSecret: (uri: vscode.Uri) => string | undefined;
};

/**
 * Saves a document: what it says is planned and carried out. Returns the id of the destination it is of now. Whatever
 * keeps it from being done is thrown as a `FileSystemError`, so that VS Code keeps the document unsaved and says why.
 */
export async function saveDocument(write: JsonWrite, parts: SaveServices): Promise<string> {
  const { uri, connection } = write;
  try {
    return await carryOut(write, readDraft(write, parts.heldSecret(uri)), parts);
  } catch (error) {
    if (error instanceof vscode.FileSystemError) {
      throw error;
    }
    parts.logger.log('error', `Saving a JSON document: ${describeForLog(error)}`);
    if (error instanceof ApiError) {
      const { sentence } = describeProblem(error, connection.account.name);
      const url = parseDocument(write.text).draft?.url ?? '';
      const why = error.kind === 'rejected' ? describeRefusedTest(error, url) : undefined;
      if (error.kind === 'rejected') {
        parts.refuse(uri, [error.details.reason ?? sentence, why].filter(Boolean).join('. '));
      }
      throw notSaved([sentence, why].filter(Boolean).join(' '));
    }
    throw notSaved(vscode.l10n.t('Something went wrong in the extension; the log says more.'));
  }
}

function readDraft({ text, target }: JsonWrite, heldSecret: string | undefined): Draft {
  const current = typeof target === 'string' ? undefined : target;
  const { draft, findings } = parseDocument(text, { current, heldSecret: heldSecret !== undefined });
  const wrong = findings.find(({ severity }) => severity === 'error');
  if (!draft || wrong) {
    throw notSaved(wrong ? describeDocumentProblem(wrong.problem) : vscode.l10n.t('This is not valid JSON.'));
  }
  return { ...draft, ...(draft.secret === undefined && heldSecret !== undefined ? { secret: heldSecret } : {}) };
}

async function carryOut(write: JsonWrite, draft: Draft, parts: SaveServices): Promise<string> {
  const { connection, target } = write;
  if (target === 'new') {
    return create(write, draft, parts);
  }
  if (target === 'gone') {
    return createAgain(write, draft, parts);
  }
  if (write.isStale) {
    await askToOverwrite(target);
  }
  const plan = planChange(target, draft);
  switch (plan.kind) {
    case 'nothing':
      return target.id;
    case 'rename':
    case 'update':
      return update(write, { connection, destination: target }, draft, parts);
    case 'replace':
      return replace({ connection, destination: target }, draft, parts);
    default:
      return plan.kind satisfies never;
  }
}

async function create({ connection }: JsonWrite, draft: Draft, { writer }: SaveServices): Promise<string> {
  const { account } = connection;
  const created = await writer.create(connection, draft, false);
  void tell(
    'information',
    vscode.l10n.t('Created “{0}” of {1}: Cloudflare has tested it.', nameOf(created), account.name),
  );
  return created.id;
}

async function createAgain(write: JsonWrite, draft: Draft, parts: SaveServices): Promise<string> {
  const again = vscode.l10n.t('Create Again');
  await confirm(
    vscode.l10n.t('“{0}” was deleted at Cloudflare meanwhile. Create it again?', draft.name),
    vscode.l10n.t(
      'The new one gets another ID: policies that used the old one do not use it. A secret, also one within the URL, has to be in the document.',
    ),
    again,
    vscode.l10n.t('The destination was deleted at Cloudflare.'),
  );
  return create(write, draft, parts);
}

async function update(write: JsonWrite, target: Located, draft: Draft, parts: SaveServices): Promise<string> {
  const { connection, destination } = target;
  let outcome: UpdateOutcome;
  try {
    outcome = await parts.writer.update(target, draft, await isRemembered(target, parts));
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'notFound') {
      return createAgain(write, draft, parts);
    }
    throw error;
  }
  const sentence = describeUpdate(outcome, nameOf(outcome.destination), connection.account.name);
  if (outcome.ignored.length === 0 && outcome.unknown.length === 0) {
    void tell('information', sentence);
  } else {
    // Not awaited: the document is saved, whenever the message is answered.
    const located = { connection, destination: outcome.destination };
    void offerReplacement(sentence, write.uri, { target: located, draft }, parts);
  }
  return destination.id;
}

async function offerReplacement(
  sentence: string,
  uri: vscode.Uri,
  { target, draft }: { readonly target: Located; readonly draft: Draft },
  parts: SaveServices,
): Promise<void> {
  const { account } = target.connection;
  const button = vscode.l10n.t('Replace…');
  if ((await tell('warning', sentence, button)) !== button) {
    return;
  }
  try {
    await requireSecret(target, draft, parts);
    const id = await replace(target, draft, parts);
    await swapEditor(uri, addressOf(account.id, { ...target.destination, id, name: draft.name }));
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError)) {
      await reportFailure(error, parts.logger, 'replaceDestination', {
        subject: { name: account.name, accountId: account.id },
      });
    }
  }
}

/** An update leaves the secret as it is; the new one of a replacement begins without. */
async function requireSecret({ connection, destination }: Located, draft: Draft, parts: SaveServices): Promise<void> {
  const remembered = await parts.secrets.get(connection.account.id, destination.id);
  const findings = checkDraft(draft, { secret: remembered?.secret !== undefined });
  const missing = findings.find(({ problem }) => problem.kind === 'missing' || problem.kind === 'incomplete');
  if (missing) {
    throw new UserError(
      vscode.l10n.t(
        '{0} Nothing was replaced: use “Replace…” of the destination.',
        describeDraftProblem(missing.problem),
      ),
    );
  }
}

async function replace(target: Located, draft: Draft, parts: SaveServices): Promise<string> {
  const { connection, destination } = target;
  const remembered = await parts.secrets.get(connection.account.id, destination.id);
  const secret = draft.secret ?? remembered?.secret;
  const incomplete = checkDraft(draft, { secret: secret !== undefined }).find(
    ({ problem }) => problem.kind === 'incomplete',
  );
  if (incomplete) {
    throw notSaved(describeDraftProblem(incomplete.problem));
  }
  const steps = vscode.l10n.t(
    'A new destination is created, which Cloudflare tests. Each policy that uses the old one is moved to it and checked. Then the old one is deleted. The first failure stops it, with the old one kept.',
  );
  const withoutSecret = vscode.l10n.t('The new one has no secret, since the document has none.');
  await confirm(
    vscode.l10n.t('Replace “{0}” of {1}?', nameOf(destination), connection.account.name),
    secret === undefined ? `${steps} ${withoutSecret}` : steps,
    vscode.l10n.t('Replace'),
    vscode.l10n.t('What the document says takes a replacement, which you did not want.'),
  );
  const wanted = { ...draft, ...(secret === undefined ? {} : { secret }) };
  const done = await replaceWithProgress(target, wanted, remembered !== undefined, parts.writer).catch(
    (error: unknown) => {
      throw error instanceof Error && error.name === 'AbortError'
        ? notSaved(vscode.l10n.t('Replacing was cancelled.'))
        : error;
    },
  );
  if (done?.newId === undefined) {
    throw notSaved(vscode.l10n.t('The replacement stopped; its message says what is done and how to go on.'));
  }
  return done.newId;
}

async function askToOverwrite(now: Destination): Promise<void> {
  await confirm(
    vscode.l10n.t('“{0}” has changed at Cloudflare since you last saw it. Overwrite it?', nameOf(now)),
    vscode.l10n.t(
      'Its URL leads to {0} now. To see it, cancel and use “Revert File”.',
      hostOf(now.url) || vscode.l10n.t('unknown'),
    ),
    vscode.l10n.t('Overwrite'),
    vscode.l10n.t('It has changed at Cloudflare since you last saw it.'),
  );
}

/** Asks in a modal; anything but the button ends the save. */
async function confirm(question: string, detail: string, button: string, otherwise: string): Promise<void> {
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) !== button) {
    throw notSaved(otherwise);
  }
}

/** A secret that is remembered has to follow a new one, or the next rename would bring the old one back. */
async function isRemembered({ connection, destination }: Located, { secrets }: SaveServices): Promise<boolean> {
  return (await secrets.get(connection.account.id, destination.id)) !== undefined;
}

/** VS Code shows the sentence after the file's name. Of its codes the others have it offer what does not help here. */
export function notSaved(sentence: string): vscode.FileSystemError {
  return vscode.FileSystemError.Unavailable(sentence);
}

import * as vscode from 'vscode';
import { ApiError, describeForLog, isNotFound } from '../../core/api/api-error.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Account } from '../../core/model/account.ts';
import type { Destination, Draft } from '../../core/model/destination.ts';
import { secretFor } from '../../core/destinations/remembered-secret.ts';
import { checkDraft } from '../../core/model/draft-check.ts';
import { findById, keyOfDestination } from '../../core/model/id.ts';
import { connectionNow } from '../../core/monitoring/connection-now.ts';
import { parseDocument } from '../../core/formats/json-document.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { planChange } from '../../core/model/plan.ts';
import { DestinationConflictError, type UpdateOutcome } from '../../core/destinations/update-destination.ts';
import { describeDraftProblem } from '../text/draft.ts';
import { openDestination } from './commands.ts';
import { askWhichDestination } from './conflict.ts';
import type { JsonWrite, Saved } from './files.ts';
import { describeDocumentProblem, describeIgnored, describeUpdate, notSaved } from './messages.ts';
import { type Logger } from '../host/log.ts';
import { ask, tell } from '../host/notice.ts';
import { runCommand } from '../host/run-command.ts';
import { describeProblem } from '../text/error.ts';
import { offerToken } from './offer-token.ts';
import { describeRefusedTest } from '../text/refused-test.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { asUserError, confirmReplacement } from '../replacement/ask-replacement.ts';
import type { Replacements } from '../replacement/replacements.ts';
import { replaceWithProgress } from '../replacement/run-replacement.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import { reportFailure, UserError } from '../host/report.ts';
import type { DestinationWriter } from '../destinations/destination-writer.ts';
import type { SecretStore } from '../destinations/secret-store.ts';
import { nameOf } from '../text/destination.ts';
import { unconfirmedIn } from '../text/update.ts';
import { isShown } from './tabs.ts';

export type SaveServices = {
  readonly store: Pick<Store, 'entry'>;
  readonly lastSaves: LastSaves;
  readonly writer: DestinationWriter;
  readonly replacements: Replacements;
  readonly policies: PolicyStore;
  readonly secrets: SecretStore;
  readonly logger: Logger;
  /** Shows Cloudflare's rejection in the document. */
  readonly refuse: (uri: vscode.Uri, sentence: string) => void;
  /** The secret that was moved out of the text before this save. */
  readonly heldSecret: string | undefined;
  /** Shows the new destination instead of the document whose unsaved text it was created from. */
  readonly showReplacement: (id: string) => Promise<void>;
};

/** The last save of each destination. Weak, because a text can contain a secret. */
export type LastSaves = Map<string, WeakRef<JsonWrite>>;

/**
 * Saves a document. Every failure is thrown as a `FileSystemError`, so that VS
 * Code keeps the document unsaved and shows the reason.
 */
export async function saveDocument(write: JsonWrite, parts: SaveServices): Promise<Saved> {
  const { uri, connection } = write;
  try {
    return await carryOut(write, readDraft(write, parts.heldSecret), parts);
  } catch (error) {
    if (error instanceof vscode.FileSystemError) {
      throw error;
    }
    parts.logger.log('error', `Failed to save a JSON document: ${describeForLog(error)}`);
    void offerToken(error, connection.account);
    if (error instanceof ApiError) {
      const { sentence } = describeProblem(error, connection.account.name);
      const url = parseDocument(write.text).draft?.url ?? '';
      const why = error.kind === 'rejected' ? describeRefusedTest(error, url) : undefined;
      if (error.kind === 'rejected') {
        parts.refuse(uri, [error.details.reason ?? sentence, why].filter(Boolean).join('. '));
      }
      throw notSaved([sentence, why].filter(Boolean).join(' '));
    }
    throw notSaved(error instanceof UserError ? error.message : describeFailure(error, connection.account.name));
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

async function carryOut(write: JsonWrite, draft: Draft, parts: SaveServices): Promise<Saved> {
  const { target } = write;
  if (target === 'new') {
    return create(write, draft, parts);
  }
  if (target === 'gone') {
    return createAgain(write, draft, parts);
  }
  let destination = target;
  let isConflict = write.isStale;
  for (;;) {
    // After this save, VS Code loads Cloudflare's version, since it differs from the saved text.
    if (isConflict && (await askWhichDestination(destination)) === 'cloudflare') {
      markSaved(write, target, parts);
      return { id: target.id };
    }
    try {
      return await change(write, { connection: write.connection, destination }, draft, parts);
    } catch (error) {
      if (!(error instanceof DestinationConflictError)) {
        throw error;
      }
      destination = error.now;
      isConflict = true;
    }
  }
}

async function change(write: JsonWrite, target: Located, draft: Draft, parts: SaveServices): Promise<Saved> {
  const plan = planChange(target.destination, draft);
  switch (plan.kind) {
    case 'nothing':
      markSaved(write, target.destination, parts);
      return { id: target.destination.id };
    case 'rename':
      return update(write, target, draft, parts);
    case 'update':
      return changeCredentials(write, target, draft, parts);
    case 'replace':
      return { id: await replace(target, draft, parts) };
    default:
      return plan.kind satisfies never;
  }
}

async function create({ connection }: JsonWrite, draft: Draft, { writer }: SaveServices): Promise<Saved> {
  const { account } = connection;
  const created = await writer.create(connection, draft, false);
  void offerPolicies(created, account);
  return { id: created.id };
}

async function offerPolicies(created: Destination, account: Account): Promise<void> {
  const policies = vscode.l10n.t('Policies…');
  const message = vscode.l10n.t(
    'Created “{0}” of {1}. Cloudflare tested it. No notification policy uses it yet.',
    nameOf(created),
    account.name,
  );
  if ((await tell('information', message, policies)) === policies) {
    await runCommand('managePolicies', { kind: 'destination', accountId: account.id, destinationId: created.id });
  }
}

async function createAgain(write: JsonWrite, draft: Draft, parts: SaveServices): Promise<Saved> {
  const again = vscode.l10n.t('Create Again');
  await confirm(
    vscode.l10n.t('“{0}” was deleted at Cloudflare. Create it again?', draft.name),
    vscode.l10n.t(
      'The new destination gets a new ID, and no policy uses it. The document must contain the secret, including a secret in the URL.',
    ),
    again,
    vscode.l10n.t('The destination was deleted at Cloudflare. Nothing was saved.'),
  );
  return create(write, draft, parts);
}

/** Another URL or secret: Cloudflare documents only a new name as an edit, so replacing is offered first. */
async function changeCredentials(write: JsonWrite, target: Located, draft: Draft, parts: SaveServices): Promise<Saved> {
  const [replacing, inPlace] = [vscode.l10n.t('Replace…'), vscode.l10n.t('Update in Place')];
  const chosen = await ask(
    vscode.l10n.t('Change the URL or secret of “{0}”?', nameOf(target.destination)),
    vscode.l10n.t(
      '“Replace…” creates a new destination, moves the policies to it and deletes the old one. “Update in Place” keeps the ID. Cloudflare may ignore the change, so the result is checked.',
    ),
    replacing,
    inPlace,
  );
  if (chosen === inPlace) {
    return update(write, target, draft, parts);
  }
  if (chosen === replacing) {
    await requireSecret(target, draft, parts);
    return { id: await replace(target, draft, parts) };
  }
  throw notSaved(vscode.l10n.t('Nothing was saved.'));
}

async function update(write: JsonWrite, target: Located, draft: Draft, parts: SaveServices): Promise<Saved> {
  const { connection, destination } = target;
  let outcome: UpdateOutcome;
  try {
    outcome = await parts.writer.update(target, draft, await isRemembered(target, parts));
  } catch (error) {
    if (isNotFound(error)) {
      // A creation needs what an update keeps: the secret part of the URL.
      return createAgain(write, readDraft({ ...write, target: 'gone' }, draft.secret), parts);
    }
    throw error;
  }
  const sentence = describeUpdate(outcome, nameOf(outcome.destination), connection.account.name);
  const located = { connection, destination: findNow(connection, destination.id, parts) ?? outcome.destination };
  markSaved(write, destination, parts);
  if (outcome.ignored.length > 0) {
    // The document stays unsaved, with the ignored text in it. Not awaited, because an open message must not block the save.
    void offerReplacement(sentence, write, { target: located, draft }, parts);
    return { id: destination.id, keepUnsaved: describeIgnored(outcome.ignored) };
  }
  if (unconfirmedIn(outcome).length > 0) {
    void offerReplacement(sentence, write, { target: located, draft }, parts);
  } else {
    void tell('information', sentence);
  }
  return { id: destination.id };
}

/** The message can stay open for long, so the button does nothing to a destination that changed or was saved again since. */
async function offerReplacement(
  sentence: string,
  write: JsonWrite,
  { target, draft }: { readonly target: Located; readonly draft: Draft },
  parts: SaveServices,
): Promise<void> {
  const { account } = target.connection;
  const button = vscode.l10n.t('Replace…');
  if ((await tell('warning', sentence, button)) !== button) {
    return;
  }
  try {
    const now = { ...target, connection: connectionNow(parts.store, target.connection) };
    const outdated = await describeOutdated(write, target, parts);
    if (outdated !== undefined) {
      void tell('warning', outdated);
      return;
    }
    await requireSecret(now, draft, parts);
    const id = await replace(now, draft, parts).catch(asUserError(now));
    await parts.showReplacement(id);
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError)) {
      await reportFailure(error, parts.logger, 'replaceDestination', {
        subject: { name: account.name, accountId: account.id },
      });
    }
  }
}

/** Shows the document of a destination and says why its older message must not replace it. Undefined where nothing changed. */
async function describeOutdated(
  write: JsonWrite,
  { connection, destination }: Located,
  parts: SaveServices,
): Promise<string | undefined> {
  const now = findNow(connection, destination.id, parts);
  if (!now) {
    return vscode.l10n.t('“{0}” no longer exists at Cloudflare. It was deleted or replaced.', nameOf(destination));
  }
  const isSame = now.name === destination.name && now.url === destination.url && now.type === destination.type;
  const isLast = parts.lastSaves.get(keyOfDestination(connection.account.id, destination.id))?.deref() === write;
  if (isSame && isLast) {
    return undefined;
  }
  await (isShown(write.uri)
    ? vscode.window.showTextDocument(write.uri, { preview: false })
    : openDestination({ connection, destination: now }));
  return vscode.l10n.t(
    '{0} Nothing was replaced. Use “Replace Destination…” instead.',
    isSame
      ? vscode.l10n.t('The document was saved again after this message.')
      : vscode.l10n.t('“{0}” has changed at Cloudflare since you opened it.', nameOf(now)),
  );
}

function findNow({ account }: Connection, id: string, { store }: SaveServices): Destination | undefined {
  return findById(store.entry(account.id)?.state.last?.destinations ?? [], id);
}

function markSaved(write: JsonWrite, destination: Destination, { lastSaves }: SaveServices): void {
  lastSaves.set(keyOfDestination(write.connection.account.id, destination.id), new WeakRef(write));
}

/** An update keeps the current secret, but a replacement needs the secret again. */
async function requireSecret({ connection, destination }: Located, draft: Draft, parts: SaveServices): Promise<void> {
  const remembered = await parts.secrets.get(connection.account.id, destination.id);
  const missing = findMissing(draft, secretFor(destination, draft, remembered));
  if (missing) {
    throw new UserError(vscode.l10n.t('{0} Nothing was replaced. Use “Replace Destination…” instead.', missing));
  }
}

/** What a new destination needs that neither the draft nor this machine has. */
function findMissing(draft: Draft, secret: string | undefined): string | undefined {
  const missing = checkDraft(draft, { secret: secret !== undefined }).find(
    ({ problem }) => problem.kind === 'missing' || problem.kind === 'incomplete',
  );
  return missing && describeDraftProblem(missing.problem);
}

async function replace(target: Located, draft: Draft, parts: SaveServices): Promise<string> {
  const { connection, destination } = target;
  const remembered = await parts.secrets.get(connection.account.id, destination.id);
  const secret = secretFor(destination, draft, remembered);
  const missing = findMissing(draft, secret);
  if (missing) {
    throw notSaved(missing);
  }
  const note =
    secret === undefined
      ? vscode.l10n.t('The new destination will have no secret. To keep the secret, enter it in the document.')
      : '';
  const wanted = { ...draft, ...(secret === undefined ? {} : { secret }) };
  if (!(await confirmReplacement(target, wanted, parts.policies, note))) {
    throw notSaved(vscode.l10n.t('This change requires replacing the destination. Nothing was saved.'));
  }
  const end = await replaceWithProgress(target, wanted, remembered !== undefined, parts.replacements);
  if (end?.ending !== 'done' || end.state.newId === undefined) {
    throw notSaved(vscode.l10n.t('The replacement stopped. See its notification for what you can do.'));
  }
  return end.state.newId;
}

/** Asks in a modal. Every answer except the button cancels the save. */
async function confirm(question: string, detail: string, button: string, otherwise: string): Promise<void> {
  if ((await ask(question, detail, button)) !== button) {
    throw notSaved(otherwise);
  }
}

/** A remembered secret must be updated too, because the next rename sends it again. */
async function isRemembered(target: Located, { secrets, writer }: SaveServices): Promise<boolean> {
  const { connection, destination } = target;
  return writer.hasForgotten(target) || (await secrets.get(connection.account.id, destination.id)) !== undefined;
}

import * as vscode from 'vscode';
import { skippedIn } from '../../core/api/skipped.ts';
import { type Draft, hostOf } from '../../core/model/destination.ts';
import { typeNamed } from '../../core/model/destination-types/index.ts';
import { normalizeDraft } from '../../core/model/draft.ts';
import { checkDraft } from '../../core/model/draft-check.ts';
import { policiesOf } from '../../core/model/policy.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import { DestinationConflictError } from '../../core/destinations/update-destination.ts';
import { ask } from '../host/notice.ts';
import { UserError } from '../host/report.ts';
import { askInTurn } from '../host/flow.ts';
import { askText, type Check } from '../host/quick-input.ts';
import { nameOf } from '../text/destination.ts';
import { describeDraftProblem } from '../text/draft.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { describeUnreadPolicies, nameOfPolicy } from '../text/policy.ts';
import { describeConsequences, type Moving } from './messages.ts';
import type { Replacements } from './replacements.ts';
import { replaceWithProgress } from './run-replacement.ts';

/**
 * Replace… from the palette or a row: asks for the new URL and secret, says what will happen, and does it. Throws
 * {@link UserError} where another client has changed the destination.
 */
export async function askAndReplace(
  target: Located,
  services: { readonly replacements: Replacements; readonly policies: PolicyStore },
): Promise<void> {
  const draft = await askNewDraft(target);
  if (draft && (await confirmReplacement(target, draft, services.policies))) {
    await replaceWithProgress(target, draft, false, services.replacements).catch(asUserError(target));
  }
}

/** Rethrows a conflict as what the user reads of it. */
export function asUserError({ connection }: Located): (error: unknown) => never {
  return (error) => {
    throw error instanceof DestinationConflictError
      ? new UserError(describeFailure(error, connection.account.name))
      : error;
  };
}

/** Undefined if the policies could not be loaded: the client has logged why, and the user can still decide. */
export async function readMoving(
  { connection, destination }: Located,
  policies: PolicyStore,
): Promise<Moving | undefined> {
  try {
    const known = await policies.read(connection);
    return {
      names: policiesOf(known.policies, destination.id).map(nameOfPolicy),
      ...(skippedIn(known.policies) > 0 ? { unread: describeUnreadPolicies(nameOf(destination)) } : {}),
    };
  } catch {
    return undefined;
  }
}

/** Asks in a modal that names the new host and the policies that will move. */
export async function confirmReplacement(
  target: Located,
  draft: Draft,
  policies: PolicyStore,
  note = '',
): Promise<boolean> {
  const { connection, destination } = target;
  const moving = await readMoving(target, policies);
  const replace = vscode.l10n.t('Replace');
  const chosen = await ask(
    vscode.l10n.t('Replace “{0}” of {1}?', nameOf(destination), connection.account.name),
    [describeConsequences(hostOf(draft.url), moving), note].filter(Boolean).join('\n\n'),
    replace,
  );
  return chosen === replace;
}

async function askNewDraft({ destination }: Located): Promise<Draft | undefined> {
  const title = vscode.l10n.t('Replace “{0}”', nameOf(destination));
  const answers = await askInTurn(title, { url: '', secret: '' }, [
    ({ url }) =>
      async ({ shared }) =>
        askText({
          ...shared,
          value: url,
          prompt: vscode.l10n.t('Enter the new URL. For most types it is a credential; later only its host is shown.'),
          placeholder: typeNamed(destination.type)?.example ?? 'https://',
          check: (text) => checkNewDraft({ url: text.trim() }),
        }),
    ({ url, secret }) =>
      async ({ keep, shared }) =>
        askText({
          ...shared,
          value: secret,
          prompt: vscode.l10n.t('Enter the secret of the new destination. Leave it empty for none.'),
          password: true,
          onBack: (text) => keep({ secret: text }),
          check: (text) => checkNewDraft({ url, secret: text }),
        }),
  ]);
  const { url, secret } = answers ?? { url: '', secret: '' };
  return answers && normalizeDraft({ name: destination.name, url, ...(secret && { secret }) }, destination);
}

/** Without `secret`, which is asked for later. */
function checkNewDraft<T extends { readonly url: string; readonly secret?: string }>(typed: T): Check<T> {
  const { url, secret } = typed;
  const draft = { name: 'x', url, ...(secret ? { secret } : {}) };
  const error = checkDraft(draft, { secret: secret === undefined }).find(({ severity }) => severity === 'error');
  return error ? { ok: false, problem: describeDraftProblem(error.problem) } : { ok: true, value: typed };
}

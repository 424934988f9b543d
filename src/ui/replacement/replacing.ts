import * as vscode from 'vscode';
import { plural } from '../text/format.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { typeNamed } from '../../core/model/destination-types/index.ts';
import type { Draft } from '../../core/model/destination.ts';
import { checkDraft } from '../../core/model/draft-check.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { ReplaceState } from '../../core/replacement/replace-destination.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { describeDraftProblem } from '../text/draft.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { tell } from '../host/notice.ts';
import { askText } from '../host/quick-input.ts';
import type { DestinationWriter } from '../destinations/destination-writer.ts';
import { nameOf } from '../text/destination.ts';

type Step = (onStep: (state: ReplaceState) => void, signal: AbortSignal) => Promise<ReplaceState>;

/** Replace… from the palette or a row: asks for the new URL and secret, says what will happen, and does it. */
export async function askAndReplace(target: Located, writer: DestinationWriter): Promise<void> {
  const draft = await askNewDraft(target);
  if (!draft) {
    return;
  }
  const replace = vscode.l10n.t('Replace');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Replace “{0}” of {1}?', nameOf(target.destination), target.connection.account.name),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Cloudflare tests and creates the new destination. Each policy is moved to the new destination and checked. Then the old destination is deleted. If a step fails, the replacement stops and the old destination stays.',
      ),
    },
    replace,
  );
  if (chosen === replace) {
    await replaceWithProgress(target, draft, false, writer);
  }
}

async function askNewDraft({ destination }: Located): Promise<Draft | undefined> {
  const title = vscode.l10n.t('Replace “{0}”', nameOf(destination));
  for (;;) {
    const url = await askText<string>({
      title,
      prompt: vscode.l10n.t('Enter the new URL. Treat it like a password. Later, only its host is shown.'),
      placeholder: typeNamed(destination.type)?.example ?? 'https://',
      password: false,
      check(text) {
        const value = text.trim();
        const problem = checkDraft({ name: 'x', url: value }, { secret: true }).find(
          ({ severity }) => severity === 'error',
        );
        return problem ? { ok: false, problem: describeDraftProblem(problem.problem) } : { ok: true, value };
      },
    });
    if (url.kind !== 'value') {
      return undefined;
    }
    const secret = await askText<string>({
      title,
      prompt: vscode.l10n.t('Enter the secret of the replacement, or leave it empty if there is none.'),
      password: true,
      back: true,
      check(text) {
        const draft = { name: 'x', url: url.value, ...(text ? { secret: text } : {}) };
        const problem = checkDraft(draft, { secret: false }).find(({ severity }) => severity === 'error');
        return problem ? { ok: false, problem: describeDraftProblem(problem.problem) } : { ok: true, value: text };
      },
    });
    if (secret.kind === 'value') {
      const { name } = destination;
      return { name, url: url.value, ...(secret.value === '' ? {} : { secret: secret.value }) };
    }
    if (secret.kind === 'cancel') {
      return undefined;
    }
  }
}

/** Replaces a destination, each step shown as it happens and cancellable; a stop says what is done and what is not. */
export async function replaceWithProgress(
  target: Located,
  draft: Draft,
  remember: boolean,
  writer: DestinationWriter,
): Promise<ReplaceState | undefined> {
  return runReplacement(target.connection, writer, async (onStep, signal) =>
    writer.replace(target, draft, remember, onStep, signal),
  );
}

/** Tells of replacements that an earlier window did not end, and what can be done, but for those `isTold` of elsewhere. */
export function offerUnfinished(
  store: Store,
  writer: DestinationWriter,
  isTold: (state: ReplaceState) => boolean,
): void {
  for (const state of writer.unfinished().filter((each) => !isTold(each))) {
    const connection = store.entry(state.accountId)?.connection;
    if (connection) {
      void offerToGoOn(
        connection,
        state,
        writer,
        vscode.l10n.t('The replacement of “{0}” of {1} was interrupted.', state.name, connection.account.name),
      );
    }
  }
}

async function runReplacement(
  connection: Connection,
  writer: DestinationWriter,
  step: Step,
): Promise<ReplaceState | undefined> {
  let last: ReplaceState | undefined;
  try {
    const done = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Replacing destination'),
        cancellable: true,
      },
      async (progress, token) => {
        const cancel = new AbortController();
        token.onCancellationRequested(() => cancel.abort());
        return step((state) => {
          last = state;
          progress.report({ message: describeStep(state) });
        }, cancel.signal);
      },
    );
    void tell('information', describeEnd(done, connection));
    return done;
  } catch (error) {
    if (!last || last.newId === undefined) {
      // Nothing was created: an error like any other, and nothing to resume.
      if (last && !last.attempted) {
        await writer.dismiss(last);
      }
      throw error;
    }
    void offerToGoOn(connection, last, writer, describeStop(error, connection));
    return undefined;
  }
}

async function offerToGoOn(
  connection: Connection,
  state: ReplaceState,
  writer: DestinationWriter,
  happened: string,
): Promise<void> {
  const [resume, undo, leave] = [vscode.l10n.t('Resume'), vscode.l10n.t('Undo'), vscode.l10n.t('Keep Both')];
  const message = `${happened} ${describeStanding(state)}`;
  const chosen = await tell('warning', message, resume, undo, leave);
  if (chosen === leave) {
    await writer.dismiss(state);
  }
  if (chosen !== resume && chosen !== undo) {
    return;
  }
  try {
    await runReplacement(connection, writer, async (onStep, signal) =>
      chosen === resume
        ? writer.resume(connection, state, onStep, signal)
        : writer.undo(connection, state, onStep, signal),
    );
  } catch (error) {
    void tell('error', describeStop(error, connection));
  }
}

function describeStep(state: ReplaceState): string {
  const policies = state.policies ?? [];
  const moved = policies.filter((each) => each.moved).length;
  switch (state.phase) {
    case 'creating':
      return vscode.l10n.t('creating and testing the new destination…');
    case 'moving':
      return vscode.l10n.t('moving policies: {0} of {1}…', moved, policies.length);
    case 'deleting':
      return vscode.l10n.t('deleting the old destination…');
    case 'done':
      return vscode.l10n.t('Done');
    case 'undone':
      return vscode.l10n.t('Undone');
    default:
      return state.phase satisfies never;
  }
}

/** What there is of the new destination and of the old one. */
export function describeBoth({ newId }: ReplaceState): string {
  return newId === undefined
    ? vscode.l10n.t('Could not confirm whether the new destination was created. The old destination is unchanged.')
    : vscode.l10n.t('The new destination (ID {0}) and the old destination both exist.', newId);
}

/** What is done and what is not, policy by policy. */
export function describeStanding(state: ReplaceState): string {
  if (state.newId === undefined && !state.attempted) {
    return vscode.l10n.t('Nothing was changed.');
  }
  const name = (moved: boolean): string =>
    (state.policies ?? [])
      .filter((each) => each.moved === moved)
      .map((each) => `“${each.name}”`)
      .join(', ');
  const [moved, unmoved] = [name(true), name(false)];
  return [
    describeBoth(state),
    ...(moved ? [vscode.l10n.t('Moved: {0}.', moved)] : []),
    ...(unmoved ? [vscode.l10n.t('Not moved: {0}.', unmoved)] : []),
  ].join(' ');
}

function describeEnd({ phase, name, policies, newId }: ReplaceState, { account }: Connection): string {
  return phase === 'undone'
    ? vscode.l10n.t(
        'The replacement of “{0}” of {1} was undone. The policies use the old destination again.',
        name,
        account.name,
      )
    : vscode.l10n.t(
        'Replaced “{0}” of {1}. {2} The new ID is {3}.',
        name,
        account.name,
        describeMoved(policies?.length ?? 0),
        newId ?? '',
      );
}

function describeMoved(policies: number): string {
  return plural(policies, vscode.l10n.t('1 policy was moved.'), vscode.l10n.t('{0} policies were moved.', policies));
}

function describeStop(error: unknown, { account }: Connection): string {
  const isCancelled = error instanceof Error && error.name === 'AbortError';
  return isCancelled ? vscode.l10n.t('The replacement was canceled.') : describeFailure(error, account.name);
}

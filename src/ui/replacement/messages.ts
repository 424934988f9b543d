import * as vscode from 'vscode';
import type { Look } from '../../core/replacement/controller.ts';
import { StepUnavailableError } from '../../core/replacement/errors.ts';
import type { RunEnd } from '../../core/replacement/run.ts';
import type { Replacement, Step } from '../../core/replacement/state.ts';
import { list, plural, quote } from '../text/format.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { describeUnreadPolicies } from '../text/policy.ts';

/** The button of a step. */
export function labelOf(step: Step): string {
  return {
    resume: vscode.l10n.t('Resume'),
    undo: vscode.l10n.t('Undo'),
    finish: vscode.l10n.t('Finish'),
    keepBoth: vscode.l10n.t('Keep Both'),
    adopt: vscode.l10n.t('Use It'),
    close: vscode.l10n.t('Close'),
    retry: vscode.l10n.t('Retry'),
  }[step];
}

/** The names of the policies that will move, and why there may be others that will not. */
export type Moving = { readonly names: readonly string[]; readonly unread?: string };

/** What replacing does, before it is confirmed. `policies`: undefined if they could not be loaded. */
export function describeConsequences(host: string, policies: Moving | undefined): string {
  const { names = [], unread } = policies ?? {};
  return [
    vscode.l10n.t('Cloudflare tests the new URL at {0} and creates a new destination with a new ID.', host),
    policies === undefined
      ? vscode.l10n.t('The policies of the account could not be loaded. Each policy that uses the old one moves to it.')
      : names.length === 0
        ? (unread ?? vscode.l10n.t('No policy uses the old destination.'))
        : plural(
            names.length,
            vscode.l10n.t('This policy moves to it: {0}.', quoteAll(names)),
            vscode.l10n.t('These policies move to it: {0}.', quoteAll(names)),
          ),
    ...(unread !== undefined && names.length > 0 ? [unread] : []),
    vscode.l10n.t('Then the old destination is deleted. Until then, you can stop, resume or undo.'),
  ].join(' ');
}

export function describeProgress(state: Replacement): string {
  const { stage, policies } = state;
  const moved = policies.filter((each) => each.moved).length;
  switch (stage) {
    case 'creating':
      return vscode.l10n.t('creating the new destination, which Cloudflare tests…');
    case 'moving':
    case 'finishing':
      return vscode.l10n.t('moving policies: {0} of {1}…', moved, policies.length);
    case 'deleting':
      return vscode.l10n.t('deleting the old destination…');
    case 'undoing':
    case 'closing':
      return vscode.l10n.t('moving policies back…');
    case 'removing':
      return vscode.l10n.t('deleting the new destination…');
    default:
      return stage satisfies never;
  }
}

/** What exists, which policies have moved, and what each offered button does. */
export function describeLook({ state, observed, steps, isBusy }: Look): readonly string[] {
  if (isBusy) {
    return [vscode.l10n.t('“{0}” is being replaced in another window.', state.oldName)];
  }
  return [...describeWhatExists({ state, observed, steps, isBusy }), ...steps.flatMap((step) => explain(step, state))];
}

function describeWhatExists({ state, observed }: Look): readonly string[] {
  const { policies } = state;
  const { newId = '' } = observed;
  if (observed.old === 'unknown' || observed.new === 'unknown' || observed.onOld === undefined) {
    return [vscode.l10n.t('Cloudflare could not be reached, so the state of both destinations is unknown.')];
  }
  const candidates = observed.candidates.map(({ id, host }) => vscode.l10n.t('{0} (ID {1})', host, id));
  const isOldThere = observed.old === 'exists';
  const fresh = {
    exists: isOldThere
      ? vscode.l10n.t('The new destination (ID {0}) and the old one both exist.', newId)
      : vscode.l10n.t('The new destination (ID {0}) exists. The old one is gone.', newId),
    gone: isOldThere
      ? vscode.l10n.t('The old destination exists. The new one (ID {0}) was deleted.', newId)
      : vscode.l10n.t('Both destinations were deleted. Policies that used them stopped delivering to them.'),
    none:
      candidates.length > 0
        ? vscode.l10n.t(
            'Cloudflare did not confirm the creation. A destination with this name has appeared: {0}.',
            list(candidates),
          )
        : observed.isSettling
          ? vscode.l10n.t('Cloudflare has not confirmed the creation yet. The old destination is unchanged.')
          : vscode.l10n.t('The new destination was not created. The old one is unchanged.'),
  }[observed.new];
  const named = (moved: boolean): readonly string[] =>
    policies.filter((each) => each.moved === moved && !observed.inNeither.includes(each.id)).map(({ name }) => name);
  const [done, open] = [named(true), named(false)];
  return [
    fresh,
    ...(done.length > 0 && observed.new === 'exists'
      ? [vscode.l10n.t('On the new destination: {0}.', quoteAll(done))]
      : []),
    ...(open.length > 0 && observed.new === 'exists'
      ? [vscode.l10n.t('On the old destination: {0}.', quoteAll(open))]
      : []),
  ];
}

function explain(step: Step, { origin }: Replacement): readonly string[] {
  switch (step) {
    case 'resume':
      return [vscode.l10n.t('Resume moves the remaining policies and deletes the old destination.')];
    case 'undo':
      return [
        origin === 'confirmed'
          ? vscode.l10n.t('Undo moves the policies back and keeps both destinations.')
          : vscode.l10n.t('Undo moves the policies back and deletes the new destination.'),
      ];
    case 'finish':
      return [vscode.l10n.t('Finish moves policies that still use the old destination to the new one.')];
    case 'adopt':
      return [vscode.l10n.t('Use It continues with this destination, if it is yours.')];
    case 'keepBoth':
    case 'close':
    case 'retry':
      return [];
    default:
      return step satisfies never;
  }
}

/** How a replacement ended, in a sentence or two. */
export function describeEnd({ ending, state, isPartial = false }: RunEnd, accountName: string): string {
  const { oldName, policies, newId = '' } = state;
  const moved = policies.filter((each) => each.moved).length;
  switch (ending) {
    case 'done':
      return [
        vscode.l10n.t('Replaced “{0}” of {1}. The new ID is {2}.', oldName, accountName, newId),
        ...(policies.length === 0 && !isPartial ? [vscode.l10n.t('No policy used it.')] : []),
        ...(moved === 0
          ? []
          : [plural(moved, vscode.l10n.t('1 policy was moved.'), vscode.l10n.t('{0} policies were moved.', moved))]),
        ...(isPartial ? [describeUnreadPolicies(oldName)] : []),
      ].join(' ');
    case 'undone':
      return [
        vscode.l10n.t(
          'The replacement of “{0}” of {1} was undone. The old destination is in use.',
          oldName,
          accountName,
        ),
        ...(isPartial ? [describeUnreadPolicies(state.name)] : []),
      ].join(' ');
    case 'kept':
      return vscode.l10n.t('Both destinations of “{0}” are kept. Policies are unchanged.', oldName);
    case 'closed':
      return vscode.l10n.t('The replacement of “{0}” of {1} has ended.', oldName, accountName);
    default:
      return ending satisfies never;
  }
}

/** Why a replacement stopped. */
export function describeStop(error: unknown, accountName: string): string {
  if (isCancellation(error)) {
    return vscode.l10n.t('The replacement was stopped.');
  }
  if (error instanceof StepUnavailableError) {
    return error.reason === 'ended'
      ? vscode.l10n.t('This replacement has already ended. Nothing was changed.')
      : vscode.l10n.t('The destinations changed at Cloudflare in the meantime. Nothing was changed.');
  }
  return describeFailure(error, accountName);
}

/** The user stopped it: not an error. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function quoteAll(names: readonly string[]): string {
  return list(names.map((name) => quote(name)));
}

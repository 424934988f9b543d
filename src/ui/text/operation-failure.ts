import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import { UncertainCreationError } from '../../core/destinations/create-destination.ts';
import { LastMechanismError } from '../../core/destinations/delete-destinations.ts';
import { DestinationConflictError } from '../../core/destinations/update-destination.ts';
import {
  MissingDestinationsError,
  PolicyConflictError,
  PolicyUnchangedError,
  UncertainPolicyError,
} from '../../core/policies/change-policy.ts';
import {
  DestinationGoneError,
  DraftNeededError,
  UnfinishedReplacementError,
  UnreadPoliciesError,
} from '../../core/replacement/errors.ts';
import { describeObstacle, describeProblem } from './error.ts';
import { enumerate, list } from './format.ts';
import { describeUnreadPolicies } from './policy.ts';

/** Why an operation on destinations of an account failed, in a sentence. */
export function describeFailure(error: unknown, accountName: string): string {
  if (error instanceof ApiError) {
    return describeProblem(error, accountName).sentence;
  }
  if (error instanceof PolicyUnchangedError) {
    return vscode.l10n.t('Cloudflare accepted the change of the policy “{0}” but did not apply it.', error.policyName);
  }
  if (error instanceof PolicyConflictError) {
    return vscode.l10n.t(
      'The policy “{0}” was changed by another client at the same time ({1}). Check it in the dashboard.',
      error.policyName,
      enumerate(error.fields),
    );
  }
  if (error instanceof LastMechanismError) {
    return vscode.l10n.t('The policy “{0}” would have no mechanism left, so it was not changed.', error.policyName);
  }
  if (error instanceof MissingDestinationsError) {
    return error.destinationIds.length === 1
      ? vscode.l10n.t('A destination of the policy no longer exists at Cloudflare, so nothing was sent.')
      : vscode.l10n.t('Some destinations of the policy no longer exist at Cloudflare, so nothing was sent.');
  }
  if (error instanceof DraftNeededError) {
    return vscode.l10n.t(
      'The new destination was not created, and its URL is not stored. Start again with “Replace Destination…”.',
    );
  }
  if (error instanceof DestinationGoneError) {
    return error.which === 'old'
      ? vscode.l10n.t('The old destination no longer exists.')
      : vscode.l10n.t('The new destination no longer exists.');
  }
  if (error instanceof UnreadPoliciesError) {
    return describeUnreadPolicies(error.destinationName);
  }
  if (error instanceof UncertainCreationError) {
    const found = list(error.candidates.map(({ id, host }) => vscode.l10n.t('{0} (ID {1})', host, id)));
    return vscode.l10n.t(
      'Cloudflare did not confirm the creation. A destination with this name has appeared: {0}. Check whether it is yours. To create another one, choose another name.',
      found,
    );
  }
  if (error instanceof UncertainPolicyError) {
    return vscode.l10n.t(
      'Cloudflare did not confirm the creation. Several policies with this name have appeared. Check whether one of them is yours. To create another one, choose another name.',
    );
  }
  if (error instanceof DestinationConflictError) {
    return vscode.l10n.t('Another client changed “{0}” at Cloudflare. Nothing was saved.', error.now.name);
  }
  if (error instanceof UnfinishedReplacementError) {
    return vscode.l10n.t(
      'The replacement of “{0}” has not ended. Resume, undo or end it in the panel of that destination first.',
      error.oldName,
    );
  }
  return (
    describeObstacle(error, accountName) ?? vscode.l10n.t('Something went wrong in the extension. The log has details.')
  );
}

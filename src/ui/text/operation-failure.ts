import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import { PolicyUnchangedError } from '../../core/policies/change-policy.ts';
import { DraftNeededError } from '../../core/replacement/replace-destination.ts';
import { describeProblem } from './error.ts';

/** Describes why an operation on a destination failed. Unexpected errors are in the log. */
export function describeFailure(error: unknown, accountName: string): string {
  if (error instanceof ApiError) {
    return describeProblem(error, accountName).sentence;
  }
  if (error instanceof PolicyUnchangedError) {
    return vscode.l10n.t('Cloudflare accepted the change of the policy “{0}” but did not apply it.', error.policyName);
  }
  if (error instanceof DraftNeededError) {
    return vscode.l10n.t(
      'Nothing was created, and the URL and the secret are no longer in memory. Start again with “Replace…”.',
    );
  }
  return vscode.l10n.t('The extension failed unexpectedly. See the log for details.');
}

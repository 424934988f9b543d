import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import { PolicyUnchangedError } from '../../core/policies/change-policy.ts';
import { DraftNeededError } from '../../core/replacement/replace-destination.ts';
import { describeProblem } from './error.ts';

/** Why an operation on destinations of an account stopped, in a sentence. What nobody foresaw is in the log. */
export function describeFailure(error: unknown, accountName: string): string {
  if (error instanceof ApiError) {
    return describeProblem(error, accountName).sentence;
  }
  if (error instanceof PolicyUnchangedError) {
    return vscode.l10n.t(
      'Cloudflare accepted the change of the policy “{0}”, but the policy is as it was.',
      error.policyName,
    );
  }
  if (error instanceof DraftNeededError) {
    return vscode.l10n.t('Nothing was created yet, and URL and secret are not kept. Start over with “Replace…”.');
  }
  return vscode.l10n.t('Something went wrong in the extension; the log says more.');
}

import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import type { Account } from '../../core/model/account.ts';
import { tell } from '../host/notice.ts';
import { runCommand } from '../host/run-command.ts';
import { describeProblem, describeRemedy } from '../text/error.ts';

/**
 * Offers another token where a document could not be saved because of the token. VS Code's own message has the reason,
 * and no room for a button.
 */
export async function offerToken(error: unknown, { id, name }: Account): Promise<void> {
  if (error instanceof ApiError && describeProblem(error, name).remedies.includes('replaceToken')) {
    const replace = describeRemedy('replaceToken');
    const message = vscode.l10n.t('To save this document, {0} needs a token that can edit notifications.', name);
    if ((await tell('warning', message, replace)) === replace) {
      await runCommand('replaceToken', { kind: 'account', accountId: id });
    }
  }
}

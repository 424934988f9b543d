import * as vscode from 'vscode';
import type { Connections, StorageTrouble } from './connections.ts';
import { tell } from '../host/notice.ts';

/** VS Code's page on keyrings that are missing or locked. */
const KEYRING_HELP = 'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/** What the view says above its rows while tokens cannot be stored or read; empty while all is well. */
export function describeTrouble({
  failed,
  unsaved,
  unreadable,
  undecryptable,
  accountsUnreadable,
}: StorageTrouble): string {
  if (accountsUnreadable) {
    return vscode.l10n.t(
      'The stored list of accounts cannot be read by this version of the extension. It is left unchanged. Update the extension.',
    );
  }
  if (failed) {
    return vscode.l10n.t('VS Code’s secret storage cannot be read, so tokens are missing. Is the keyring locked?');
  }
  if (unsaved) {
    return vscode.l10n.t('A token is kept for this session only: VS Code’s secret storage did not take it.');
  }
  if (undecryptable.length > 0) {
    return undecryptable.length === 1
      ? vscode.l10n.t('A stored token could not be decrypted. Replace the token, or restore the keyring.')
      : vscode.l10n.t(
          '{0} stored tokens could not be decrypted. Replace the tokens, or restore the keyring.',
          undecryptable.length,
        );
  }
  return unreadable > 0
    ? vscode.l10n.t(
        '{0} stored tokens cannot be read by this version of the extension; the log names them.',
        unreadable,
      )
    : '';
}

/** Says, where a token was not stored, that it is kept for this session, and offers help and another try. */
export function warnUnsaved(saved: boolean, connections: Connections): void {
  if (saved) {
    return;
  }
  const help = vscode.l10n.t('Keyring Help');
  const again = vscode.l10n.t('Try Again');
  const message = vscode.l10n.t(
    'VS Code’s secret storage did not take the token, so it is kept for this session only. It is stored as soon as that works.',
  );
  const follow = async (): Promise<void> => {
    const chosen = await tell('warning', message, help, again);
    if (chosen === help) {
      await vscode.env.openExternal(vscode.Uri.parse(KEYRING_HELP, true));
    } else if (chosen === again) {
      await connections.load();
      warnUnsaved(!connections.trouble().unsaved, connections);
    }
  };
  void follow();
}

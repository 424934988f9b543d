import * as vscode from 'vscode';
import { plural } from '../text/format.ts';
import type { Connections, StorageTrouble } from './connections.ts';
import { tell } from '../host/notice.ts';

/** VS Code's documentation of missing or locked keyrings. */
const KEYRING_HELP = 'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/** The message above the tree while tokens cannot be stored or read; empty without a problem. */
export function describeTrouble({
  failed,
  unsaved,
  unreadable,
  undecryptable,
  accountsUnreadable,
}: StorageTrouble): string {
  if (accountsUnreadable) {
    return vscode.l10n.t(
      'This version of the extension cannot read the stored list of accounts and left it unchanged. Update the extension.',
    );
  }
  if (failed) {
    return vscode.l10n.t(
      'Could not read VS Code’s secret storage, so tokens are missing. Check whether the keyring is locked.',
    );
  }
  if (unsaved) {
    return vscode.l10n.t('A token is available in this session only. VS Code’s secret storage could not store it.');
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
    ? plural(
        unreadable,
        vscode.l10n.t('This version of the extension cannot read 1 stored token. See the log for details.'),
        vscode.l10n.t(
          'This version of the extension cannot read {0} stored tokens. See the log for details.',
          unreadable,
        ),
      )
    : '';
}

/** Warns that a token was not stored, and offers help and a retry. */
export function warnUnsaved(saved: boolean, connections: Connections): void {
  if (saved) {
    return;
  }
  const help = vscode.l10n.t('Keyring Help');
  const again = vscode.l10n.t('Try Again');
  const message = vscode.l10n.t(
    'VS Code’s secret storage could not store the token, so it is available in this session only. Unlock the keyring, then try again.',
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

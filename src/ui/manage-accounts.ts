import * as vscode from 'vscode';
import type { Connection } from '../core/connection.ts';
import type { Connections } from './connections.ts';
import { askToken } from './token-prompt.ts';

/** Puts another token in the place of an account's; every account read through the old one moves along. */
export async function replaceToken({ account, tokenId }: Connection, connections: Connections): Promise<void> {
  const owner = connections.tokens().get(tokenId)?.owner;
  const others = connections.accounts().filter((each) => each.tokenId === tokenId && each.id !== account.id);
  const answer = await askToken({
    title: vscode.l10n.t('Replace Token of {0}', account.name),
    prompt:
      others.length > 0
        ? vscode.l10n.t('Paste the new token. It is also used for {0}.', others.map(({ name }) => name).join(', '))
        : vscode.l10n.t('Paste the new token. It takes the place of the old one.'),
    connect: connections.connect,
    ...(owner === 'user' ? {} : { accountId: account.id }),
  });
  if (answer.kind === 'value') {
    await connections.replaceToken({ version: 1, id: tokenId, ...answer.value.verified });
  }
}

/** Forgets an account here, after asking; nothing at Cloudflare changes. */
export async function removeAccount({ account, tokenId }: Connection, connections: Connections): Promise<void> {
  const isLast = !connections.accounts().some((each) => each.tokenId === tokenId && each.id !== account.id);
  const remove = vscode.l10n.t('Remove');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove the account “{0}” from VS Code?', account.name),
    {
      modal: true,
      detail: isLast
        ? vscode.l10n.t(
            'Its token is deleted from VS Code’s secret storage, since no other account uses it. Nothing changes at Cloudflare; the token stays valid there.',
          )
        : vscode.l10n.t('Its token stays stored, since other accounts use it. Nothing changes at Cloudflare.'),
    },
    remove,
  );
  if (chosen === remove) {
    await connections.remove(account.id);
  }
}

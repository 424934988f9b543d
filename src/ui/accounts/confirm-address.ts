import * as vscode from 'vscode';
import { ask, tell } from '../host/notice.ts';
import { showSetting } from '../host/settings.ts';
import type { Connections } from './connections.ts';
import { confirmOrigin, findUnconfirmedOrigin } from './stored-accounts.ts';
import { enumerate } from '../text/format.ts';

/** Asks whether stored tokens may be sent to the configured API address if they were verified with another one. */
export async function confirmApiAddress(connections: Connections): Promise<void> {
  const unconfirmed = findUnconfirmedOrigin(connections);
  if (!unconfirmed) {
    await tell('information', vscode.l10n.t('All stored tokens are confirmed for the current API address.'));
    return;
  }
  const { configured, verified, accounts } = unconfirmed;
  const send = vscode.l10n.t('Send Tokens');
  const setting = vscode.l10n.t('Open Setting');
  const chosen = await ask(
    vscode.l10n.t('Send stored tokens to {0}?', configured),
    vscode.l10n.t(
      'The setting cloudflareWebhooks.apiBaseUrl points to {0}. The tokens of {1} were verified with {2}. A server that receives a token can use it. Confirm only if you changed the setting and trust the address.',
      configured,
      enumerate(accounts.map(({ name }) => name)),
      enumerate(verified),
    ),
    send,
    setting,
  );
  if (chosen === send) {
    await confirmOrigin(connections, unconfirmed);
  } else if (chosen === setting) {
    await showSetting('apiBaseUrl');
  }
}

import * as vscode from 'vscode';
import { type Destination, hostOf } from '../../core/model/destination.ts';
import { ask } from '../host/notice.ts';
import { nameOf } from '../text/destination.ts';
import { notSaved } from './messages.ts';

/**
 * Asks which version wins after another client changed the destination. Throws if the user cancels. VS Code shows its
 * own dialog for most conflicts; this modal is for those that VS Code cannot detect.
 */
export async function askWhichVersion(now: Destination): Promise<'cloudflare' | 'mine'> {
  const [theirs, mine] = [vscode.l10n.t('Use Cloudflare’s Version'), vscode.l10n.t('Keep Mine')];
  const chosen = await ask(
    vscode.l10n.t('“{0}” has changed at Cloudflare since you opened it.', nameOf(now)),
    vscode.l10n.t(
      'Its name is now “{0}”, and the host of its URL is {1}.\n\n“Use Cloudflare’s Version” discards the changes in this document and sends nothing. “Keep Mine” overwrites the version at Cloudflare with this document.',
      nameOf(now),
      hostOf(now.url) || vscode.l10n.t('unknown'),
    ),
    theirs,
    mine,
  );
  if (chosen === theirs) {
    return 'cloudflare';
  }
  if (chosen === mine) {
    return 'mine';
  }
  throw notSaved(vscode.l10n.t('The destination has changed at Cloudflare since you opened it. Nothing was saved.'));
}

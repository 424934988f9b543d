import * as vscode from 'vscode';
import { type Destination, hostOf } from '../../core/model/destination.ts';
import type { Policy } from '../../core/model/policy.ts';
import { ask } from '../host/notice.ts';
import { nameOf } from '../text/destination.ts';
import { nameOfPolicy } from '../text/policy.ts';
import { notSaved } from './messages.ts';

export type Version = 'cloudflare' | 'mine';

/** Asks which version of a destination wins after another client changed it. Throws if the user cancels. */
export async function askWhichDestination(now: Destination): Promise<Version> {
  return askWhichVersion(vscode.l10n.t('“{0}” has changed at Cloudflare since you opened it.', nameOf(now)), [
    vscode.l10n.t(
      'Its name is now “{0}”, and the host of its URL is {1}.',
      nameOf(now),
      hostOf(now.url) || vscode.l10n.t('unknown'),
    ),
  ]);
}

/** Asks which version of a policy wins after another client changed it. Throws if the user cancels. */
export async function askWhichPolicy(now: Policy): Promise<Version> {
  return askWhichVersion(
    vscode.l10n.t('The policy “{0}” has changed at Cloudflare since you opened it.', nameOfPolicy(now)),
  );
}

/** VS Code shows its own dialog for most conflicts; this modal is for those that VS Code cannot detect. */
async function askWhichVersion(whatChanged: string, facts: readonly string[] = []): Promise<Version> {
  const [theirs, mine] = [vscode.l10n.t('Use Cloudflare’s Version'), vscode.l10n.t('Keep Mine')];
  const choices = vscode.l10n.t(
    '“Use Cloudflare’s Version” discards the changes in this document and sends nothing. “Keep Mine” overwrites the version at Cloudflare with this document.',
  );
  const chosen = await ask(whatChanged, [...facts, choices].join('\n\n'), theirs, mine);
  if (chosen === undefined) {
    throw notSaved(vscode.l10n.t('{0} Nothing was saved.', whatChanged));
  }
  return chosen === theirs ? 'cloudflare' : 'mine';
}

import * as vscode from 'vscode';
import type { Located } from '../core/overview.ts';
import type { SecretStore } from './secret-store.ts';

/** Puts the IDs on the clipboard, a line each. */
export async function copyIds(targets: readonly Located[]): Promise<void> {
  await vscode.env.clipboard.writeText(targets.map(({ destination }) => destination.id).join('\n'));
}

/**
 * Puts the URLs on the clipboard, a line each, and says what that means: for most types they are credentials. Cloudflare
 * may give one out without its secret part; the whole one is taken where this machine remembers it.
 */
export async function copyUrls(targets: readonly Located[], secrets: SecretStore): Promise<void> {
  const urls = await Promise.all(
    targets.map(async ({ connection, destination }) => {
      const remembered = await secrets.get(connection.account.id, destination.id);
      return remembered?.url ?? destination.url;
    }),
  );
  await vscode.env.clipboard.writeText(urls.join('\n'));
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Copied. Whoever has the URL of a webhook can send to it; treat it like a password.'),
    8000,
  );
}

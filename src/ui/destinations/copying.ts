import * as vscode from 'vscode';
import type { Located } from '../../core/monitoring/overview.ts';
import { toTerraform } from '../../core/formats/terraform.ts';
import { makeTestRequest, toCurl } from '../../core/testing/test-request.ts';
import { wholeUrlOf } from '../../core/model/whole-url.ts';
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
      return wholeUrlOf(destination, remembered);
    }),
  );
  await vscode.env.clipboard.writeText(urls.join('\n'));
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Copied. Anyone with a webhook URL can send messages to it, so treat it like a password.'),
    8000,
  );
}

/** Puts Terraform of the destinations on the clipboard, each with the import block that takes over the one there is. */
export async function copyAsTerraform(targets: readonly Located[]): Promise<void> {
  const blocks = targets.map(({ connection, destination }) => toTerraform(connection.account.id, destination));
  await vscode.env.clipboard.writeText(blocks.join('\n'));
}

/**
 * Puts two curl commands on the clipboard: one that reads the destination from Cloudflare's API, and the very request of a
 * test from this machine. Token, URL and secret stay variables.
 */
export async function copyAsCurl({ connection, destination }: Located, apiBaseUrl: string): Promise<void> {
  const path = `/accounts/${connection.account.id}/alerting/v3/destinations/webhooks/${encodeURIComponent(destination.id)}`;
  // Whether there is a secret nobody can tell: where the type takes one, its header is there.
  const request = makeTestRequest(destination.type, destination.url, 'secret');
  const lines = [
    `# ${vscode.l10n.t('Gets the destination from Cloudflare')}`,
    `curl "${apiBaseUrl}${path}" \\\n  --header "Authorization: Bearer $CLOUDFLARE_API_TOKEN"`,
    '',
    `# ${vscode.l10n.t('Sends the same test as “Test…” from this machine')}`,
    toCurl(request),
    '',
  ];
  await vscode.env.clipboard.writeText(lines.join('\n'));
}

import * as vscode from 'vscode';
import type { Located } from '../../core/monitoring/overview.ts';
import { toReadCurl, toTestCurl } from '../../core/formats/curl.ts';
import { toTerraform } from '../../core/formats/terraform.ts';
import { typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { makeTestRequest } from '../../core/model/destination-types/test-request.ts';
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
    vscode.l10n.t('Copied. Whoever has the URL of a webhook can send to it; treat it like a password.'),
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
  // Whether there is a secret nobody can tell: where the type takes one, its header is there.
  const request = makeTestRequest(typeOrGeneric(destination.type), destination.url, 'secret');
  const lines = [
    `# ${vscode.l10n.t('Reads the destination from Cloudflare')}`,
    toReadCurl({ apiBaseUrl, accountId: connection.account.id, destinationId: destination.id }),
    '',
    `# ${vscode.l10n.t('Sends it the test that “Test…” sends from this machine')}`,
    toTestCurl(request),
    '',
  ];
  await vscode.env.clipboard.writeText(lines.join('\n'));
}

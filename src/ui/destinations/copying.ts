import * as vscode from 'vscode';
import type { Located } from '../../core/monitoring/overview.ts';
import { toReadCurl, toTestCurl } from '../../core/formats/curl.ts';
import { toTerraform } from '../../core/formats/terraform.ts';
import { typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { makeTestRequest } from '../../core/model/destination-types/test-request.ts';
import { wholeUrlOf } from '../../core/model/whole-url.ts';
import type { SecretStore } from './secret-store.ts';

/** Copies the IDs, one per line. */
export async function copyIds(targets: readonly Located[]): Promise<void> {
  await vscode.env.clipboard.writeText(targets.map(({ destination }) => destination.id).join('\n'));
}

/**
 * Copies the URLs, one per line, with a warning: for most types a URL is a credential. Cloudflare may hide its secret
 * part; a remembered URL is copied in full.
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

/** Copies Terraform of the destinations, each with an import block for the existing destination. */
export async function copyAsTerraform(targets: readonly Located[]): Promise<void> {
  const blocks = targets.map(({ connection, destination }) => toTerraform(connection.account.id, destination));
  await vscode.env.clipboard.writeText(blocks.join('\n'));
}

/**
 * Copies two curl commands: one gets the destination from Cloudflare's API, the other sends the same test as this
 * machine. Token, URL and secret stay variables.
 */
export async function copyAsCurl({ connection, destination }: Located, apiBaseUrl: string): Promise<void> {
  // Cloudflare does not reveal whether a secret exists, so the header is included if the type supports one.
  const request = makeTestRequest(typeOrGeneric(destination.type), destination.url, 'secret');
  const lines = [
    `# ${vscode.l10n.t('Gets the destination from Cloudflare')}`,
    toReadCurl({ apiBaseUrl, accountId: connection.account.id, destinationId: destination.id }),
    '',
    `# ${vscode.l10n.t('Sends the same test as “Test…” from this machine')}`,
    toTestCurl(request),
    '',
  ];
  await vscode.env.clipboard.writeText(lines.join('\n'));
}

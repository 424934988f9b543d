import * as vscode from 'vscode';
import type { Located } from '../core/overview.ts';
import { toTerraform } from '../core/terraform.ts';
import { makeTestRequest, toCurl } from '../core/test-request.ts';

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
    `# ${vscode.l10n.t('Reads the destination from Cloudflare')}`,
    `curl "${apiBaseUrl}${path}" \\\n  --header "Authorization: Bearer $CLOUDFLARE_API_TOKEN"`,
    '',
    `# ${vscode.l10n.t('Sends it the test that “Test…” sends from this machine')}`,
    toCurl(request),
    '',
  ];
  await vscode.env.clipboard.writeText(lines.join('\n'));
}

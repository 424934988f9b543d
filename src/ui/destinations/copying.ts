import * as vscode from 'vscode';
import type { Located } from '../../core/monitoring/overview.ts';
import { toReadCurl, toTestCurl } from '../../core/formats/curl.ts';
import { type TerraformComments, toTerraform } from '../../core/formats/terraform.ts';
import { typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { makeTestRequest } from '../../core/model/destination-types/test-request.ts';
import { lacksSecret, wholeUrlOf } from '../../core/model/whole-url.ts';
import { tell } from '../host/notice.ts';
import { pickOne } from '../host/pick.ts';
import type { SecretStore } from './secret-store.ts';

/** Copies the IDs, one per line. */
export async function copyIds(targets: readonly Located[]): Promise<void> {
  await vscode.env.clipboard.writeText(targets.map(({ destination }) => destination.id).join('\n'));
}

/**
 * Copies the URLs, one per line, with a warning: for most types a URL is a credential. Cloudflare may hide its secret
 * part; a remembered URL or secret completes it.
 */
export async function copyUrls(targets: readonly Located[], secrets: SecretStore): Promise<void> {
  const copies = await Promise.all(
    targets.map(async ({ connection, destination }) => {
      const remembered = await secrets.get(connection.account.id, destination.id);
      const url = wholeUrlOf(destination, remembered);
      return { url, isCut: lacksSecret(typeOrGeneric(destination.type), url) };
    }),
  );
  await vscode.env.clipboard.writeText(copies.map(({ url }) => url).join('\n'));
  const cut = copies.filter(({ isCut }) => isCut).length;
  if (cut > 0) {
    void tell('warning', describeCutCopies(cut, copies.length));
  } else {
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('Copied. Anyone with a webhook URL can send messages to it, so treat it like a password.'),
      8000,
    );
  }
}

function describeCutCopies(cut: number, all: number): string {
  if (all === 1) {
    return vscode.l10n.t('Copied without its secret part, which Cloudflare hides. This URL cannot receive messages.');
  }
  return cut === all
    ? vscode.l10n.t('Copied {0} URLs without their secret parts, which Cloudflare hides.', all)
    : vscode.l10n.t('Copied {0} URLs, {1} of them without the secret part, which Cloudflare hides.', all, cut);
}

/** Copies Terraform of the destinations, each with an import block for the existing destination. */
export async function copyAsTerraform(targets: readonly Located[]): Promise<void> {
  const items = [5, 4].map((provider) => ({
    label: vscode.l10n.t('Version {0} of the Provider', provider),
    description: 'cloudflare/cloudflare',
    provider: provider === 4 ? (4 as const) : (5 as const),
  }));
  const picked = await pickOne(items, { title: vscode.l10n.t('Copy as Terraform') });
  if (picked) {
    const { provider } = picked;
    const located = targets.map(({ connection, destination }) => ({ accountId: connection.account.id, destination }));
    await vscode.env.clipboard.writeText(toTerraform(located, { comments: writeComments(provider), provider }));
  }
}

function writeComments(provider: number): TerraformComments {
  return {
    provider: vscode.l10n.t(
      'For version {0} of the provider cloudflare/cloudflare, and Terraform 1.5 or later.',
      provider,
    ),
    replaces: vscode.l10n.t(
      'Cloudflare ignores a new URL of an existing destination. A change of it creates a new one.',
    ),
    cutUrl: vscode.l10n.t('Cloudflare returns the URL without its secret part.'),
    urlVariable: vscode.l10n.t('Set this to the URL exactly as Cloudflare returns it. Otherwise the plan changes it.'),
    secretVariable: {
      required: vscode.l10n.t('Cloudflare never returns the secret. Set it before you change the URL.'),
      url: vscode.l10n.t(
        'The secret part of the URL, which Cloudflare never returns. Set it before you change the URL.',
      ),
      optional: vscode.l10n.t(
        'Unknown: the destination may have a secret, which Cloudflare never returns. Set it before you change the URL.',
      ),
    },
    unknownType: vscode.l10n.t('The type of this destination is unknown here. Check its URL and secret.'),
  };
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
    `# ${vscode.l10n.t('Sends the same test as “Test Destination…” from this machine')}`,
    toTestCurl(request),
    '',
  ];
  await vscode.env.clipboard.writeText(lines.join('\n'));
}

import type * as vscode from 'vscode';

/** The User-Agent header of the extension's requests. */
export function userAgentOf({ extension }: vscode.ExtensionContext): string {
  return `cloudflare-webhooks-vscode/${String(extension.packageJSON.version)}`;
}

import type * as vscode from 'vscode';

/** How requests of the extension call themselves. */
export function userAgentOf({ extension }: vscode.ExtensionContext): string {
  return `cloudflare-webhooks-vscode/${String(extension.packageJSON.version)}`;
}

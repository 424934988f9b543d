import * as vscode from 'vscode';
import type { CommandId, CommandName } from './ids.ts';

/** Runs a command of this extension. */
export async function runCommand(name: CommandName, ...args: readonly unknown[]): Promise<unknown> {
  const id: CommandId = `cloudflareWebhooks.${name}`;
  return vscode.commands.executeCommand(id, ...args);
}

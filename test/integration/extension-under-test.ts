import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/extension.ts';
import type { Node } from '../../src/ui/nodes.ts';
import { connectControl } from '../fake-cloudflare/client.ts';

export const EXTENSION_ID = 'webhook-destinations.cloudflare-webhooks';

/** The fake Cloudflare that the runner started for these tests. */
export const fake = connectControl(requireVariable('FAKE_CONTROL_URL'));

/** A generic webhook receiver of the fake's that answers well. */
export function receiverUrl(name: string): string {
  return `${requireVariable('FAKE_CONTROL_URL').replace(/control$/, 'receivers')}/generic/${name}`;
}

function requireVariable(name: string): string {
  return process.env[name] ?? assert.fail(`The runner did not set ${name}`);
}

/** The running extension, as it shows itself to tests. */
export async function getExtension(): Promise<NonNullable<TestApi>> {
  const extension = vscode.extensions.getExtension<TestApi>(EXTENSION_ID) ?? assert.fail('The extension is not there');
  const api = (await extension.activate()) ?? assert.fail('The extension does not run in test mode');
  await api.loaded;
  return api;
}

/** The demo world at the fake, and an extension that knows no account. */
export async function startOver(): Promise<NonNullable<TestApi>> {
  const extension = await getExtension();
  for (const { id } of extension.connections.accounts()) {
    await extension.connections.remove(id);
  }
  await fake.reset({ seed: 'demo' });
  return extension;
}

export async function run(command: string, ...args: readonly unknown[]): Promise<void> {
  await vscode.commands.executeCommand(`cloudflareWebhooks.${command}`, ...args);
}

/** A row of the tree as a user meets it, with its children. */
export type Row = {
  readonly node: Node;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** The tooltip as it is written. */
  readonly markdown: string;
  readonly spoken: string;
  readonly icon: string;
  readonly context: string;
  readonly children: readonly Row[];
};

/** All that VS Code keeps for the extension, but for secrets. */
export function readState({ globalState, workspaceState }: vscode.ExtensionContext): string {
  return JSON.stringify([globalState, workspaceState].map((state) => state.keys().map((key) => [key, state.get(key)])));
}

/** A tooltip as a user reads it. */
export function readTooltip(tooltip: vscode.MarkdownString | string | undefined): string {
  return tooltip instanceof vscode.MarkdownString
    ? tooltip.value.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
    : (tooltip ?? '');
}

/** The rows of accounts and destinations, or those under one row, asked of the extension's provider as VS Code would. */
export async function readTree({ provider }: NonNullable<TestApi>, parent?: Node): Promise<readonly Row[]> {
  const nodes = (await provider.getChildren(parent)) ?? [];
  return Promise.all(
    nodes.map(async (node): Promise<Row> => {
      const { label, description, tooltip, accessibilityInformation, iconPath, contextValue } =
        await provider.getTreeItem(node);
      return {
        node,
        label: typeof label === 'string' ? label : (label?.label ?? ''),
        description: typeof description === 'string' ? description : '',
        tooltip: readTooltip(tooltip),
        markdown: tooltip instanceof vscode.MarkdownString ? tooltip.value : '',
        spoken: accessibilityInformation?.label ?? '',
        icon: iconPath instanceof vscode.ThemeIcon ? iconPath.id : '',
        context: contextValue ?? '',
        children: node.kind === 'account' ? await readTree(await getExtension(), node) : [],
      };
    }),
  );
}

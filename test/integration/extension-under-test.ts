import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/extension.ts';
import type { CommandName } from '../../src/ui/host/ids.ts';
import type { Node } from '../../src/ui/tree/nodes.ts';
import { connectControl } from '../fake-cloudflare/client.ts';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { scriptUser, type ScriptedUser } from './scripted-user.ts';
import { removeStoredAccount } from '../../src/ui/accounts/stored-accounts.ts';
import { keyOfReplacement } from '../../src/core/replacement/state.ts';

export const EXTENSION_ID = 'webhook-destinations.cloudflare-webhooks';

/** The fake Cloudflare that the runner started for these tests. */
export const fake = connectControl(requireVariable('FAKE_CONTROL_URL'));

/** The URL of a generic receiver at the fake Cloudflare that accepts alerts. */
export function receiverUrl(name: string): string {
  return `${requireVariable('FAKE_CONTROL_URL').replace(/control$/, 'receivers')}/generic/${name}`;
}

function requireVariable(name: string): string {
  return process.env[name] ?? assert.fail(`The runner did not set ${name}`);
}

/** The API that the extension exports to tests. */
export type Extension = Awaited<ReturnType<NonNullable<TestApi>>>;

/** Activates the extension and waits until it has loaded its accounts. */
export async function getExtension(): Promise<Extension> {
  const extension = vscode.extensions.getExtension<TestApi>(EXTENSION_ID) ?? assert.fail('The extension is not there');
  const load = (await extension.activate()) ?? assert.fail('The extension does not run in test mode');
  const api = await load();
  await api.loaded;
  return api;
}

/** Resets the fake Cloudflare to the demo world and removes all accounts from the extension. */
export async function startOver(): Promise<Extension> {
  const extension = await getExtension();
  for (const { id } of extension.connections.accounts()) {
    await removeStoredAccount(extension, id);
  }
  await fake.reset({ seed: 'demo' });
  return extension;
}

/** Resets the fake Cloudflare to one account, Acme, for the demo token, and removes all accounts from the extension. */
export async function startWithAcme(): Promise<{ extension: Extension; accountId: string }> {
  const extension = await startOver();
  await fake.reset({ seed: 'empty' });
  await fake.putToken({ value: demoTokens.demo });
  const { id: accountId } = await fake.putAccount({ name: 'Acme' });
  return { extension, accountId };
}

/** Adds the account with this name by running Add Account with the demo token. */
export async function addAccount(name: string): Promise<void> {
  const user = scriptUser({ types: demoTokens.demo }, { picks: [name] }, 'accepts');
  try {
    await run('addAccount');
  } finally {
    user.dispose();
  }
}

/** Waits until the condition holds. After a timeout, fails with this description. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  description: string | (() => string) = '',
): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, `Timed out: ${typeof description === 'string' ? description : description()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until a question or a message of the user matches. */
export async function untilSaid(user: () => ScriptedUser | undefined, words: RegExp): Promise<void> {
  const said = (): readonly string[] => [
    ...(user()?.questions ?? []).map(({ title }) => title),
    ...(user()?.messages ?? []),
  ];
  await until(
    () => said().some((each) => words.test(each)),
    () => JSON.stringify([user()?.questions, user()?.messages]),
  );
}

export async function run(command: CommandName, ...args: readonly unknown[]): Promise<void> {
  await vscode.commands.executeCommand(`cloudflareWebhooks.${command}`, ...args);
}

/** Ends what tests have left of replacements, by the first step that is offered. */
export async function endReplacements(extension: Extension): Promise<void> {
  const { replacements } = await extension.editing.load();
  for (const { accountId, oldId } of await replacements.unfinished()) {
    const connection = extension.store.entry(accountId)?.connection;
    const key = keyOfReplacement({ accountId, oldId });
    const look = connection && (await replacements.look(connection, key));
    const [step] = look?.steps ?? [];
    if (connection && step && step !== 'retry') {
      await replacements.take(step, connection, key);
    }
  }
}

/** A row of the tree and its children, as shown to the user. */
export type Row = {
  readonly node: Node;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** The Markdown source of the tooltip. */
  readonly markdown: string;
  readonly spoken: string;
  readonly icon: string;
  readonly context: string;
  readonly children: readonly Row[];
};

/** All state that VS Code persists for the extension, except secrets. */
export function readState({ globalState, workspaceState }: vscode.ExtensionContext): string {
  return JSON.stringify([globalState, workspaceState].map((state) => state.keys().map((key) => [key, state.get(key)])));
}

/** The text of a tooltip without Markdown escapes. */
export function readTooltip(tooltip: vscode.MarkdownString | string | undefined): string {
  return tooltip instanceof vscode.MarkdownString
    ? tooltip.value.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
    : (tooltip ?? '');
}

/** The rows of accounts and destinations, or those under one row, asked of the extension's provider as VS Code would. */
export async function readTree({ destinationsView: { provider } }: Extension, parent?: Node): Promise<readonly Row[]> {
  const nodes = (await provider.getChildren(parent)) ?? [];
  return Promise.all(
    nodes.map(async (node): Promise<Row> => {
      const item = await provider.getTreeItem(node);
      const { label, description, accessibilityInformation, iconPath, contextValue } = item;
      // VS Code asks for the tooltip when the pointer rests on the row.
      const { token } = new vscode.CancellationTokenSource();
      const { tooltip } = (await provider.resolveTreeItem?.(item, node, token)) ?? item;
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

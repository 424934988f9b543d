import * as vscode from 'vscode';
import { createLazyEditing } from './lazy-editing.ts';
import { createLazyMain } from './lazy-main.ts';
import { createLazyManaging } from './lazy-managing.ts';
import { createLazyOverview } from './lazy-overview.ts';
import { createLazyPolicies } from './lazy-policies.ts';
import { createLazyTransfer } from './lazy-transfer.ts';
import { type CommandHandler, registerCommands } from './ui/host/commands.ts';
import type { ContributedCommand } from './ui/host/ids.ts';
import { registerLanguageModelTools } from './ui/monitoring/language-model-tools.ts';
import type { AnnouncedSaves } from './ui/json/save-claims.ts';

/** Returns the objects that the integration tests inspect. */
export type TestApi = ReturnType<typeof activate>;

/**
 * Registers what VS Code needs when this function returns: commands, the view, documents, panels and tools. Everything
 * else is in bundles that are loaded later.
 */
export function activate(context: vscode.ExtensionContext) {
  const isTest = context.extensionMode === vscode.ExtensionMode.Test;
  const lines: string[] = [];
  const main = createLazyMain(
    context,
    { loadEditing: async () => editing.load(), loadManaging: async () => managing.load() },
    isTest ? (line) => lines.push(line) : undefined,
  );
  const { services } = main;
  const announcedSaves: AnnouncedSaves = new Map();
  const managing = createLazyManaging(services, main.runHandler);
  const policies = createLazyPolicies(services, announcedSaves);
  const transfer = createLazyTransfer(services);
  const overview = createLazyOverview(services);
  const editing = createLazyEditing(services, announcedSaves, policies);
  // The type makes the compiler report a contributed command without a handler.
  const commands: Readonly<Record<ContributedCommand, CommandHandler>> = {
    ...main.commands,
    ...managing.commands,
    ...editing.commands,
    ...policies.commands,
    ...transfer.commands,
    ...overview.commands,
  };
  context.subscriptions.push(
    registerCommands(commands, main.runHandler),
    registerLanguageModelTools(async () => (await import('./answering.ts')).createToolCalls(await services())),
    ...managing.disposables,
    editing,
    policies,
    transfer,
    overview,
    main,
  );
  return isTest
    ? async () => ({ ...(await services()), editing, managing, logged: () => lines.join('\n') })
    : undefined;
}

import * as vscode from 'vscode';
import { createLazyEditing } from './lazy-editing.ts';
import { createLazyManaging } from './lazy-managing.ts';
import { createLazyPolicies } from './lazy-policies.ts';
import { createLazyTransfer } from './lazy-transfer.ts';
import { createServices } from './services.ts';
import { createAccountsModule } from './ui/accounts/module.ts';
import { type CommandHandler, registerCommands } from './ui/host/commands.ts';
import type { ContributedCommand } from './ui/host/ids.ts';
import { registerLanguageModelTools } from './ui/monitoring/language-model-tools.ts';
import { createMonitoringModule } from './ui/monitoring/module.ts';
import type { AnnouncedSaves } from './ui/json/save-claims.ts';
import { createTreeModule } from './ui/tree/module.ts';

/** The objects that the integration tests inspect. */
export type TestApi = ReturnType<typeof activate>;

/** The composition root: builds the services, passes them to the modules, and registers the modules' commands. */
export function activate(context: vscode.ExtensionContext) {
  const isTest = context.extensionMode === vscode.ExtensionMode.Test;
  const lines: string[] = [];
  const services = createServices(context, isTest ? (line) => lines.push(line) : undefined);
  const managing = createLazyManaging(services);
  const announcedSaves: AnnouncedSaves = new Map();
  const policies = createLazyPolicies(services, announcedSaves);
  const transfer = createLazyTransfer(services);
  const editing = createLazyEditing(services, announcedSaves, policies);
  const accounts = createAccountsModule(services);
  const tree = createTreeModule(services);
  const monitoring = createMonitoringModule(services, async (failing) =>
    (await import('./managing.ts')).tellNewFailures(failing),
  );
  // The type makes the compiler report a contributed command without a handler.
  const commands: Readonly<Record<ContributedCommand, CommandHandler>> = {
    ...managing.commands,
    ...tree.commands,
    ...monitoring.commands,
    ...editing.commands,
    ...policies.commands,
    ...transfer.commands,
  };
  context.subscriptions.push(
    services.logger,
    ...managing.disposables,
    ...accounts.disposables,
    ...tree.disposables,
    ...monitoring.disposables,
    registerLanguageModelTools(async () => (await import('./answering.ts')).createToolCalls(services)),
    editing,
    policies,
    transfer,
    registerCommands(commands, services.logger),
  );
  return isTest ? { ...services, editing, managing, logged: () => lines.join('\n') } : undefined;
}

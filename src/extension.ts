import * as vscode from 'vscode';
import { createLazyEditing } from './lazy-editing.ts';
import { createLazyManaging } from './lazy-managing.ts';
import { createServices } from './services.ts';
import { createAccountsModule } from './ui/accounts/module.ts';
import { type CommandHandler, registerCommands } from './ui/host/commands.ts';
import type { ContributedCommand } from './ui/host/ids.ts';
import { createMonitoringModule } from './ui/monitoring/module.ts';
import { createTreeModule } from './ui/tree/module.ts';

/** What the integration tests look at; nothing else gets it. */
export type TestApi = ReturnType<typeof activate>;

/** The composition root: builds the services, hands them to the modules, and registers what these return. */
export function activate(context: vscode.ExtensionContext) {
  const isTest = context.extensionMode === vscode.ExtensionMode.Test;
  const lines: string[] = [];
  const services = createServices(context, isTest ? (line) => lines.push(line) : undefined);
  const editing = createLazyEditing(services);
  const managing = createLazyManaging(services);
  const accounts = createAccountsModule(services);
  const tree = createTreeModule(services);
  const monitoring = createMonitoringModule(services);
  // The type has the compiler find a contributed command that no module handles.
  const commands: Readonly<Record<ContributedCommand, CommandHandler>> = {
    ...managing.commands,
    ...tree.commands,
    ...monitoring.commands,
    ...editing.commands,
  };
  context.subscriptions.push(
    services.logger,
    ...managing.disposables,
    ...accounts.disposables,
    ...tree.disposables,
    ...monitoring.disposables,
    editing,
    registerCommands(commands, services.logger),
  );
  return isTest ? { ...services, editing, logged: () => lines.join('\n') } : undefined;
}

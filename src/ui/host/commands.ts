import * as vscode from 'vscode';
import type { Logger } from './log.ts';
import { type CommandName, VIEW_ID } from './ids.ts';
import { reportFailure, type Subject } from './report.ts';

/**
 * A command's work. It names whom it works on as soon as it knows, so that a failure can say so. `selected`: all rows
 * it was asked for, where the view has several selected.
 */
export type CommandHandler = (argument: unknown, naming: (subject: Subject) => void, selected: unknown) => unknown;

export type CommandHandlers = Readonly<Partial<Record<CommandName, CommandHandler>>>;

/** What a capability returns from its `create…Module(services)`, for the composition root to register and dispose of. */
export type Module = { readonly commands: CommandHandlers; readonly disposables: readonly vscode.Disposable[] };

/**
 * Registers every command behind one boundary: whatever a handler throws is logged and shown once, in words, with
 * remedies, and never reaches VS Code. What it returns goes to the caller.
 */
export function registerCommands(handlers: CommandHandlers, logger: Logger): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([name, handler]) =>
      vscode.commands.registerCommand(
        `cloudflareWebhooks.${name}`,
        async function run(argument: unknown, selected: unknown): Promise<unknown> {
          let subject: Subject | undefined;
          try {
            const naming = (named: Subject): void => {
              subject = named;
            };
            return await handler(argument, naming, selected);
          } catch (error) {
            // Not awaited: a message left open must not keep the command from ending.
            void reportFailure(error, logger, name, { subject, retry: () => void run(argument, selected) });
            return undefined;
          }
        },
      ),
    ),
  );
}

/** Runs something with the view's own progress bar. */
export async function inView<T>(work: () => Promise<T>): Promise<T> {
  return vscode.window.withProgress({ location: { viewId: VIEW_ID } }, work);
}

import * as vscode from 'vscode';
import { startedFromMenu } from './focus.ts';
import { type CommandName, VIEW_ID } from './ids.ts';
import type { Subject } from './report.ts';

/**
 * Runs a command. It calls `naming` with its account, so that an error message can name it. `selected`: all selected
 * rows, if several are selected.
 */
export type CommandHandler = (argument: unknown, naming: (subject: Subject) => void, selected: unknown) => unknown;

export type CommandHandlers = Readonly<Partial<Record<CommandName, CommandHandler>>>;

/**
 * The result of a capability's `create…Module(services)`. The composition root registers the commands and disposes of
 * the rest.
 */
export type Module = { readonly commands: CommandHandlers; readonly disposables: readonly vscode.Disposable[] };

/** Runs the handler of a command behind an error boundary. Resolves with its result; undefined if it failed. */
export type RunHandler = (
  name: string,
  handler: CommandHandler,
  argument: unknown,
  selected: unknown,
) => Promise<unknown>;

/** Registers every command behind one error boundary. The result of the handler goes to the caller. */
export function registerCommands(handlers: CommandHandlers, run: RunHandler): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([name, handler]) =>
      vscode.commands.registerCommand(
        `cloudflareWebhooks.${name}`,
        async (argument: unknown, selected: unknown = selectionIn(argument)) =>
          startedFromMenu(argument, async () => run(name, handler, argument, selected)),
      ),
    ),
  );
}

/** The selected rows of the overview: a context menu of a webview passes only its context, as the argument. */
function selectionIn(argument: unknown): unknown {
  return typeof argument === 'object' && argument !== null && 'selection' in argument ? argument.selection : undefined;
}

/** Makes handlers of commands that are in another bundle. The first call loads it. */
export function createLater<Commands extends Readonly<Record<keyof Commands, CommandHandler>>>(
  load: () => Promise<{ readonly commands: Commands }>,
): (name: keyof Commands) => CommandHandler {
  return (name) =>
    async (...args) => {
      const handler: CommandHandler = (await load()).commands[name];
      return handler(...args);
    };
}

/** Runs an operation with the view's progress bar. */
export async function inView<T>(work: () => Promise<T>): Promise<T> {
  return vscode.window.withProgress({ location: { viewId: VIEW_ID } }, work);
}

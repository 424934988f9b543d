import * as vscode from 'vscode';

/** The input of a tool: the destinations of one account, by name or ID, or of all accounts. */
export type ToolInput = { readonly account?: string };
export type ToolName = 'list_webhook_destinations' | 'get_failing_webhook_destinations';

/**
 * Registers read-only tools for language models, which return the last snapshots and their age. `answer` is loaded on
 * first use.
 */
export function registerLanguageModelTools(
  answer: (name: ToolName, input: ToolInput) => Promise<string>,
): vscode.Disposable {
  const register = (name: ToolName, message: string): vscode.Disposable =>
    vscode.lm.registerTool<ToolInput>(name, {
      prepareInvocation: () => ({ invocationMessage: message }),
      invoke: async ({ input }) =>
        new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(await answer(name, input))]),
    });
  return vscode.Disposable.from(
    register('list_webhook_destinations', vscode.l10n.t('Listing webhook destinations')),
    register('get_failing_webhook_destinations', vscode.l10n.t('Getting failing webhook destinations')),
  );
}

import * as vscode from 'vscode';

/** What a model may ask for: the destinations of one account, by its name or ID, or of all. */
export type ToolInput = { readonly account?: string };
export type ToolName = 'list_webhook_destinations' | 'get_failing_webhook_destinations';

/** Tools for language models, read-only: they tell what was last fetched, and when. `answer` is loaded when needed. */
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

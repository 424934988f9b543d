import * as vscode from 'vscode';

/** A context key of ours, for `when` clauses; VS Code hears of it only when the value is another. */
export function createContextKey(name: string): (value: string | boolean) => void {
  let last: string | boolean | undefined;
  return (value) => {
    if (value !== last) {
      last = value;
      void vscode.commands.executeCommand('setContext', `cloudflareWebhooks.${name}`, value);
    }
  };
}

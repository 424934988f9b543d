import * as vscode from 'vscode';

/** A context key for `when` clauses. VS Code is called only if the value changes. */
export function createContextKey(name: string): (value: string | boolean) => void {
  let last: string | boolean | undefined;
  return (value) => {
    if (value !== last) {
      last = value;
      void vscode.commands.executeCommand('setContext', `cloudflareWebhooks.${name}`, value);
    }
  };
}

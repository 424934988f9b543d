import * as vscode from 'vscode';
import { createContextKey } from '../host/context-key.ts';
import { ACCOUNTS_KEY } from '../host/ids.ts';

/** Whether this profile has a stored account, or a list of accounts that only the complete extension can judge. */
export function mayHaveAccounts(globalState: { get(key: string): unknown }): boolean {
  const stored = globalState.get(ACCOUNTS_KEY) ?? [];
  return !Array.isArray(stored) || stored.length > 0;
}

/**
 * Calls `start` in a later task, if this profile may have an account. Otherwise nothing has to be loaded until the user
 * acts, or a secret is stored here: by another window, or by an earlier session that could not delete it.
 */
export function startIfStored(
  { globalState, secrets }: Pick<vscode.ExtensionContext, 'globalState' | 'secrets'>,
  start: () => void,
): vscode.Disposable {
  const startIfAdded = (): void => {
    if (mayHaveAccounts(globalState)) {
      start();
    }
  };
  const startIfSecret = (keys: readonly string[]): void => {
    if (keys.length > 0) {
      start();
    }
  };
  const subscriptions: vscode.Disposable[] = [];
  // Not in the task of activation, which other extensions wait for.
  const later = setImmediate(() => {
    if (mayHaveAccounts(globalState)) {
      start();
      return;
    }
    createContextKey('state')('noAccount');
    subscriptions.push(
      secrets.onDidChange(start),
      // The event of the secrets is unreliable.
      vscode.window.onDidChangeWindowState(startIfAdded),
    );
    Promise.resolve(secrets.keys()).then(startIfSecret, start);
  });
  return new vscode.Disposable(() => {
    clearImmediate(later);
    vscode.Disposable.from(...subscriptions).dispose();
  });
}

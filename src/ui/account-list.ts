import type * as vscode from 'vscode';
import { parseRememberedAccounts, type RememberedAccount } from '../core/account.ts';
import type { Log } from '../core/api/transport.ts';

const KEY = 'accounts';

export type AccountList = {
  load(): readonly RememberedAccount[];
  save(accounts: readonly RememberedAccount[]): Promise<void>;
};

/** Which accounts the user has added, through which token, in which order: in globalState, since nothing of it is secret. */
export function createAccountList(state: vscode.Memento, log: Log): AccountList {
  return {
    load() {
      const value = state.get<unknown>(KEY, []);
      const accounts = parseRememberedAccounts(value);
      if (!accounts) {
        log('warn', 'The list of accounts kept by VS Code cannot be read by this version; it is taken as empty');
      }
      return accounts ?? [];
    },
    save: async (accounts) => state.update(KEY, accounts),
  };
}

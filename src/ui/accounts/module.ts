import * as vscode from 'vscode';
import { dashboardAddress } from '../../core/model/account.ts';
import type { Services } from '../../services.ts';
import { onAccount } from '../destinations/targets.ts';
import { type CommandHandlers, inView, type Module } from '../host/commands.ts';
import { createContextKey } from '../host/context-key.ts';
import { isNode } from '../tree/nodes.ts';
import { addAccount, addFromEnvironment, hasEnvironmentToken } from './add-account.ts';
import { chooseToken, removeAccount, renameAccount, replaceToken } from './manage-accounts.ts';
import { describeTrouble } from './storage-trouble.ts';

/** Accounts and tokens: adding, replacing and removing them, and what the empty view says. */
export function createAccountsModule({
  store,
  connections,
  secrets,
  targets,
  destinationsView: { view },
  loaded,
}: Pick<Services, 'store' | 'connections' | 'secrets' | 'targets' | 'destinationsView' | 'loaded'>) {
  const setState = createContextKey('state');
  createContextKey('environmentToken')(hasEnvironmentToken(process.env));
  setState('loading');
  const showState = (): void => setState(store.entries().length === 0 ? 'noAccount' : 'ready');
  void loaded.then(showState);

  return {
    commands: {
      addAccount: async (argument) => {
        const fromEnvironment = argument === 'fromEnvironment';
        await (fromEnvironment
          ? inView(async () => addFromEnvironment(connections, process.env))
          : addAccount(connections, process.env));
      },
      replaceToken: onAccount(targets, vscode.l10n.t('Replace Token'), async (connection) =>
        replaceToken(connection, connections),
      ),
      chooseToken: onAccount(targets, vscode.l10n.t('Choose Token'), async (connection) =>
        chooseToken(connection, connections),
      ),
      renameAccount: onAccount(targets, vscode.l10n.t('Rename Account'), async (connection) =>
        renameAccount(connection, connections),
      ),
      removeAccount: onAccount(targets, vscode.l10n.t('Remove Account'), async (connection) =>
        removeAccount(connection, connections, secrets),
      ),
      copyAccountId: onAccount(targets, vscode.l10n.t('Copy Account ID'), async ({ account }) =>
        vscode.env.clipboard.writeText(account.id),
      ),
      openInDashboard: async (argument, naming, selected) => {
        const page = isNode(argument) && argument.kind === 'policy' ? 'policies' : 'destinations';
        const open = onAccount(targets, vscode.l10n.t('Open in Dashboard'), async ({ account }) =>
          vscode.env.openExternal(vscode.Uri.parse(dashboardAddress(account.id, page), true)),
        );
        await open(argument, naming, selected);
      },
    } satisfies CommandHandlers,
    disposables: [
      connections,
      connections.onTroubleChanged((trouble) => {
        view.message = describeTrouble(trouble);
      }),
      { dispose: store.onChanged(({ accounts }) => accounts && showState()) },
    ],
  } satisfies Module;
}

import * as vscode from 'vscode';
import { dashboardAddress } from '../../core/model/account.ts';
import type { Services } from '../../services.ts';
import { onAccount } from '../destinations/targets.ts';
import type { CommandHandler, CommandHandlers, Module } from '../host/commands.ts';
import { createContextKey } from '../host/context-key.ts';
import { isNode } from '../tree/nodes.ts';
import { hasEnvironmentToken } from './environment-token.ts';
import type { Managing } from './managing.ts';
import { scheduleSweep } from './scheduled-sweep.ts';
import { describeTrouble } from './storage-trouble.ts';

/**
 * Accounts and tokens: what the empty view says, and the commands that manage them. Most of those are in a bundle of
 * their own, which loads on first use.
 */
export function createAccountsModule(services: Services) {
  const {
    store,
    connections,
    targets,
    destinationsView: { view },
    loaded,
  } = services;
  const setState = createContextKey('state');
  createContextKey('environmentToken')(hasEnvironmentToken(process.env));
  setState('loading');
  const showState = (): void => setState(store.entries().length === 0 ? 'noAccount' : 'ready');
  void loaded.then(showState);

  let loading: Promise<Managing> | undefined;
  async function load(): Promise<Managing> {
    loading ??= import('./managing.ts').then(({ createManaging }) => createManaging(services));
    return loading;
  }
  const later =
    (name: keyof Managing['commands']): CommandHandler =>
    async (...args) =>
      (await load()).commands[name](...args);

  return {
    commands: {
      addAccount: later('addAccount'),
      replaceToken: later('replaceToken'),
      chooseToken: later('chooseToken'),
      renameAccount: later('renameAccount'),
      removeAccount: later('removeAccount'),
      confirmApiAddress: later('confirmApiAddress'),
      forgetCredentials: later('forgetCredentials'),
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
      scheduleSweep(load, services),
      connections.onTroubleChanged((trouble) => {
        view.message = describeTrouble(trouble);
      }),
      { dispose: store.onChanged(({ accounts }) => accounts && showState()) },
    ],
  } satisfies Module;
}

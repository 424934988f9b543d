import * as vscode from 'vscode';
import { dashboardAddress } from '../../core/model/account.ts';
import type { TargetServices } from '../../target-services.ts';
import { onAccount } from '../destinations/targets.ts';
import { type CommandHandlers, inView } from '../host/commands.ts';
import { addAccount, addFromEnvironment } from './add-account.ts';
import { confirmApiAddress } from './confirm-address.ts';
import { forgetCredentials } from './forget-credentials.ts';
import { chooseToken, removeAccount, renameAccount, replaceToken } from './manage-accounts.ts';

/** Commands that add, replace and remove accounts and tokens. In a separate bundle. */
export function createAccountCommands(
  services: Pick<
    TargetServices,
    'allSecrets' | 'connections' | 'destinationsView' | 'secrets' | 'snapshots' | 'state' | 'timelines' | 'targets'
  >,
) {
  const { connections, destinationsView, targets } = services;
  return {
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
      removeAccount(connection, services),
    ),
    confirmApiAddress: async () => confirmApiAddress(connections),
    forgetCredentials: async () => forgetCredentials(services),
    copyAccountId: onAccount(targets, vscode.l10n.t('Copy Account ID'), async ({ account }) =>
      vscode.env.clipboard.writeText(account.id),
    ),
    openInDashboard: async (argument, naming, selected) => {
      const node = targets.nodeOf(argument) ?? destinationsView.selected()[0];
      const page = node?.kind === 'policy' ? 'policies' : 'destinations';
      const open = onAccount(targets, vscode.l10n.t('Open in Dashboard'), async ({ account }) =>
        vscode.env.openExternal(vscode.Uri.parse(dashboardAddress(account.id, page), true)),
      );
      await open(argument, naming, selected);
    },
  } satisfies CommandHandlers;
}

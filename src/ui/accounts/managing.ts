import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import { onAccount } from '../destinations/targets.ts';
import { type CommandHandlers, inView } from '../host/commands.ts';
import { addAccount, addFromEnvironment } from './add-account.ts';
import { confirmApiAddress } from './confirm-address.ts';
import { forgetCredentials } from './forget-credentials.ts';
import { findUnused, sweep, type SweepServices } from './sweep.ts';
import { chooseToken, removeAccount, renameAccount, replaceToken } from './manage-accounts.ts';

export type Managing = ReturnType<typeof createManaging>;

/** The commands that add, change and remove accounts and tokens. A bundle of its own, loaded on first use. */
export function createManaging(services: SweepServices & Pick<Services, 'secrets' | 'targets'>) {
  const { connections, secrets, targets } = services;
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
      confirmApiAddress: async () => confirmApiAddress(connections),
      forgetCredentials: async () => forgetCredentials(services),
    } satisfies CommandHandlers,
    findUnused: async () => findUnused(services),
    sweep: async (before: ReadonlySet<string>) => sweep(services, before),
  };
}

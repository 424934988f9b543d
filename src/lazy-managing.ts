import * as vscode from 'vscode';
import type { Managing } from './managing.ts';
import type { Services } from './services.ts';
import { type CommandHandler, createLater } from './ui/host/commands.ts';
import { scheduleSweep } from './ui/accounts/scheduled-sweep.ts';

type ManagingCommand = keyof Managing['commands'];

export type LazyManaging = {
  /** Loads the bundle on first use. */
  load(): Promise<Managing>;
  /** The commands with handlers in a separate bundle; the first call loads it. */
  readonly commands: Readonly<Record<ManagingCommand, CommandHandler>>;
  readonly disposables: readonly vscode.Disposable[];
};

/** Loads rarely used features on first use, because start-up does not need them. */
export function createLazyManaging(services: Services): LazyManaging {
  let loading: Promise<Managing> | undefined;

  async function load(): Promise<Managing> {
    loading ??= import('./managing.ts').then(({ createManaging }) => createManaging(services));
    return loading;
  }

  const later = createLater(load);

  return {
    commands: {
      addAccount: later('addAccount'),
      replaceToken: later('replaceToken'),
      chooseToken: later('chooseToken'),
      renameAccount: later('renameAccount'),
      removeAccount: later('removeAccount'),
      confirmApiAddress: later('confirmApiAddress'),
      forgetCredentials: later('forgetCredentials'),
      copyAccountId: later('copyAccountId'),
      openInDashboard: later('openInDashboard'),
      showFailing: later('showFailing'),
      goToDestination: later('goToDestination'),
      copyId: later('copyId'),
      copyUrl: later('copyUrl'),
      copyLink: later('copyLink'),
      copyAsCurl: later('copyAsCurl'),
      copyAsTerraform: later('copyAsTerraform'),
    },
    load,
    disposables: [
      vscode.window.registerUriHandler({ handleUri: async (uri) => (await load()).handleUri(uri) }),
      scheduleSweep(load, services),
      services.connections.onTroubleChanged(() => void load().then(({ showTrouble }) => showTrouble())),
    ],
  };
}

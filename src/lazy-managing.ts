import * as vscode from 'vscode';
import { loadOnce } from './core/async/load-once.ts';
import type { Managing } from './managing.ts';
import type { Services } from './services.ts';
import { type CommandHandler, createLater, type RunHandler } from './ui/host/commands.ts';

type ManagingCommand = keyof Managing['commands'];

export type LazyManaging = {
  /** Loads the bundle on first use. */
  load(): Promise<Managing>;
  /** The commands with handlers in a separate bundle; the first call loads it. */
  readonly commands: Readonly<Record<ManagingCommand, CommandHandler>>;
  readonly disposables: readonly vscode.Disposable[];
};

/** Loads rarely used features on first use, because start-up does not need them. `runHandler`: the error boundary of links. */
export function createLazyManaging(services: () => Promise<Services>, runHandler: RunHandler): LazyManaging {
  const load = loadOnce(async () => {
    const { createManaging } = await import('./managing.ts');
    return createManaging(await services());
  });
  const later = createLater(load);

  return {
    load,
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
    disposables: [
      vscode.window.registerUriHandler({
        async handleUri(uri) {
          await runHandler('link', async () => (await load()).openLink(uri), undefined, undefined);
        },
      }),
    ],
  };
}

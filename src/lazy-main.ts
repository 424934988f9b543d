import * as vscode from 'vscode';
import { loadOnce } from './core/async/load-once.ts';
import { createLazyTree } from './lazy-tree.ts';
import type { Main, RareBundles } from './main.ts';
import type { Services } from './services.ts';
import { startIfStored } from './ui/accounts/stored-start.ts';
import { type CommandHandler, createLater, type RunHandler } from './ui/host/commands.ts';
import { DELETE_SELECTED, OPEN_SELECTED, RENAME_SELECTED } from './ui/host/ids.ts';
import { tell } from './ui/host/notice.ts';

type MainCommand = keyof Main['commands'];

export type LazyMain = vscode.Disposable & {
  /**
   * The services, loaded at the first call. After a failure, the next call loads them again. Rejects with an error that
   * can be shown.
   */
  readonly services: () => Promise<Services>;
  /** The commands of the view and of refreshing. */
  readonly commands: Readonly<Record<MainCommand, CommandHandler>>;
  /** Loads the error boundary of the commands, then runs the handler behind it. */
  readonly runHandler: RunHandler;
};

/**
 * Registers the view and loads the services in a later task, or at once if something needs them. `onLine` receives each
 * line of the log.
 */
export function createLazyMain(
  context: vscode.ExtensionContext,
  rare: RareBundles,
  onLine?: (line: string) => void,
): LazyMain {
  let channel: vscode.LogOutputChannel | undefined;
  let isDisposed = false;
  const loaded: vscode.Disposable[] = [];

  const load = loadOnce(async () => {
    const { createMain } = await import('./main.ts').catch(fail);
    if (isDisposed) {
      throw new vscode.CancellationError();
    }
    channel ??= openChannel();
    try {
      const main = createMain({ context, channel, view: tree.view, onLine }, rare);
      loaded.push(...main.disposables);
      tree.follow(main.services.destinationsView.provider);
      return main;
    } catch (error) {
      return fail(error);
    }
  });

  /** Logs the error, and throws one that can be shown. */
  function fail(error: unknown): never {
    if (!isDisposed) {
      channel ??= openChannel();
      channel.error(error instanceof Error ? error : String(error));
    }
    throw new Error(
      vscode.l10n.t('Cloudflare Webhook Destinations could not start. Try again, or reload the window.'),
      { cause: error },
    );
  }

  async function showFailure(error: unknown): Promise<void> {
    if (isDisposed || !(error instanceof Error)) {
      return;
    }
    const showLog = vscode.l10n.t('Show Log');
    if ((await tell('error', error.message, showLog)) === showLog) {
      channel?.show();
    }
  }

  async function services(): Promise<Services> {
    const main = await load();
    if (isDisposed) {
      throw new vscode.CancellationError();
    }
    return main.services;
  }

  const tree = createLazyTree(services, showFailure);
  const later = createLater(load);
  const start = startIfStored(context, () => void load().catch(showFailure));
  return {
    services,
    commands: {
      refresh: later('refresh'),
      refreshAll: later('refreshAll'),
      showLog: later('showLog'),
      toggleFailingOnly: later('toggleFailingOnly'),
      showAll: later('showAll'),
      [RENAME_SELECTED]: later(RENAME_SELECTED),
      [DELETE_SELECTED]: later(DELETE_SELECTED),
      [OPEN_SELECTED]: later(OPEN_SELECTED),
    },
    async runHandler(...call) {
      try {
        const main = await load();
        return await main.runHandler(...call);
      } catch (error) {
        // Not awaited, because an open message must not block the command.
        void showFailure(error);
        return undefined;
      }
    },
    dispose() {
      isDisposed = true;
      start.dispose();
      vscode.Disposable.from(...loaded, tree).dispose();
      channel?.dispose();
    },
  };
}

function openChannel(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Cloudflare Webhooks', { log: true });
}

import * as vscode from 'vscode';
import type { Services } from './services.ts';
import { type CommandHandler, createLater } from './ui/host/commands.ts';
import { OVERVIEW_TYPE } from './ui/host/ids.ts';
import type { createOverviewModule } from './ui/overview/module.ts';

type Overview = ReturnType<typeof createOverviewModule>;

export type LazyOverview = vscode.Disposable & {
  readonly commands: Readonly<Record<keyof Overview['commands'], CommandHandler>>;
};

/** Loads the bundle of the health overview on first use: by its commands, or by a tab that VS Code restores. */
export function createLazyOverview(services: Services): LazyOverview {
  let loading: Promise<Overview> | undefined;
  const subscriptions: vscode.Disposable[] = [];

  async function load(): Promise<Overview> {
    loading ??= import('./overview.ts').then((bundle) => {
      const overview = bundle.createOverviewModule(services);
      subscriptions.push(...overview.disposables);
      return overview;
    });
    return loading;
  }

  const later = createLater(load);

  subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(OVERVIEW_TYPE, {
      deserializeWebviewPanel: async (panel) => (await load()).restore(panel),
    }),
  );
  return {
    commands: { openOverview: later('openOverview'), testUnproven: later('testUnproven') },
    dispose: () => vscode.Disposable.from(...subscriptions).dispose(),
  };
}

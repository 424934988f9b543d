import * as vscode from 'vscode';
import { loadOnce } from './core/async/load-once.ts';
import type { Services } from './services.ts';
import { type CommandHandler, createLater } from './ui/host/commands.ts';
import { OVERVIEW_TYPE } from './ui/host/ids.ts';
import type { createOverviewModule } from './ui/overview/module.ts';

type Overview = ReturnType<typeof createOverviewModule>;

export type LazyOverview = vscode.Disposable & {
  readonly commands: Readonly<Record<keyof Overview['commands'], CommandHandler>>;
};

/** Loads the bundle of the health overview on first use: by its commands, or by a tab that VS Code restores. */
export function createLazyOverview(services: () => Promise<Services>): LazyOverview {
  const subscriptions: vscode.Disposable[] = [];

  const load = loadOnce(async () => {
    const { createOverviewModule } = await import('./overview.ts');
    const overview = createOverviewModule(await services());
    subscriptions.push(...overview.disposables);
    return overview;
  });
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

import { readdir } from 'node:fs/promises';
import type * as vscode from 'vscode';
import { describeForLog } from './core/api/api-error.ts';
import { isCanceled } from './core/async/canceled.ts';
import type { Editing } from './editing.ts';
import type { Managing } from './managing.ts';
import { createServices, type Registered, type Services } from './services.ts';
import { createAccountsModule } from './ui/accounts/module.ts';
import { scheduleSweep } from './ui/accounts/scheduled-sweep.ts';
import type { CommandHandlers } from './ui/host/commands.ts';
import { createErrorBoundary } from './ui/host/error-boundary.ts';
import { REPLACEMENT_SUFFIX } from './ui/host/ids.ts';
import { createFailingColors } from './ui/json/failing-colors.ts';
import { createMonitoringModule } from './ui/monitoring/module.ts';
import { createTreeModule } from './ui/tree/module.ts';

export type Main = ReturnType<typeof createMain>;

/** The bundles that start-up loads only in the cases that need them. */
export type RareBundles = {
  readonly loadEditing: () => Promise<Pick<Editing, 'offerUnfinished'>>;
  readonly loadManaging: () => Promise<Pick<Managing, 'findUnused' | 'sweep' | 'showTrouble'>>;
};

/**
 * The bundle that loads after activation: the services, the view, the status bar item and background refresh. Loads the
 * accounts.
 */
export function createMain(registered: Registered, { loadEditing, loadManaging }: RareBundles) {
  const services = createServices(registered);
  const accounts = createAccountsModule(services);
  const tree = createTreeModule(services);
  const monitoring = createMonitoringModule(services, async (failing) =>
    (await import('./managing.ts')).tellNewFailures(failing),
  );
  const report = (error: unknown): void => {
    if (!isCanceled(error)) {
      services.logger.log('error', describeForLog(error));
    }
  };
  const disposables: readonly vscode.Disposable[] = [
    scheduleSweep(loadManaging, services),
    services.connections.onTroubleChanged(
      () =>
        void loadManaging()
          .then(({ showTrouble }) => showTrouble())
          .catch(report),
    ),
    ...accounts.disposables,
    ...tree.disposables,
    ...monitoring.disposables,
    createFailingColors(services.store),
  ];
  void offerUnfinished(services, loadEditing).catch(report);
  return {
    services,
    commands: { ...tree.commands, ...monitoring.commands } satisfies CommandHandlers,
    runHandler: createErrorBoundary(services.logger),
    disposables,
  };
}

/** Loads the editors only if a replacement was interrupted. */
async function offerUnfinished(
  { loaded, operationsFolder }: Services,
  loadEditing: RareBundles['loadEditing'],
): Promise<void> {
  await loaded;
  const names = await readdir(operationsFolder).catch(() => []);
  if (names.some((name) => name.endsWith(REPLACEMENT_SUFFIX))) {
    await (await loadEditing()).offerUnfinished();
  }
}

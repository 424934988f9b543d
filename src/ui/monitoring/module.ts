import path from 'node:path';
import type { Services } from '../../services.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { createSharedFiles } from '../host/shared-files.ts';
import { isNode } from '../tree/nodes.ts';
import { createFailureNotice } from './failure-notice.ts';
import { createMinuteClock } from './minute-clock.ts';
import { refreshForUser } from './refreshing.ts';

/** Manual and automatic refresh, the failure notification and the status bar item. */
export function createMonitoringModule(services: Services, tellNewFailures: Parameters<typeof createFailureNotice>[3]) {
  const {
    profileFolder,
    store,
    policies,
    snapshots,
    timelines,
    destinationsView,
    backgroundRefresh,
    statusItem,
    host,
    logger,
  } = services;
  const folder = path.join(profileFolder, 'failures');
  return {
    commands: {
      refresh: async (argument) => {
        const node = isNode(argument) ? argument : destinationsView.selected()[0];
        const only = node && store.entry(node.accountId)?.connection;
        policies.forget(only && [only.account.id]);
        await refreshForUser(store, only && [only.account.id]);
      },
      refreshAll: async () => {
        policies.forget();
        await refreshForUser(store);
      },
      showLog: () => logger.show(),
    } satisfies CommandHandlers,
    disposables: [
      statusItem,
      backgroundRefresh,
      snapshots,
      timelines,
      createFailureNotice(createSharedFiles(folder), store, host, tellNewFailures),
      createMinuteClock(() => {
        destinationsView.repaintAges();
        statusItem.repaintAges();
      }),
    ],
  } satisfies Module;
}

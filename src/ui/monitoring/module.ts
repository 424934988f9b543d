import type { Services } from '../../services.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { createFailureNotice } from './failure-notice.ts';
import { createMinuteClock } from './minute-clock.ts';
import { refreshForUser } from './refreshing.ts';

/** Manual and automatic refresh, the failure notification and the status bar item. */
export function createMonitoringModule({
  state,
  store,
  policies,
  snapshots,
  timelines,
  targets,
  destinationsView,
  backgroundRefresh,
  statusItem,
  logger,
}: Services) {
  return {
    commands: {
      refresh: async (argument) => {
        const only = targets.selectedAccount(argument);
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
      createFailureNotice(state, store, logger.log),
      createMinuteClock(() => {
        destinationsView.repaintAges();
        statusItem.repaintAges();
      }),
    ],
  } satisfies Module;
}

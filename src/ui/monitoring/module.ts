import type { Services } from '../../services.ts';
import { type CommandHandlers, inView, type Module } from '../host/commands.ts';
import { createFailureNotice } from './failure-notice.ts';
import { registerLanguageModelTools } from './language-model-tools.ts';
import { createMinuteClock } from './minute-clock.ts';

/** Refreshing, by hand and in the background, and what tells of failing destinations outside the view. */
export function createMonitoringModule({
  state,
  store,
  policies,
  snapshots,
  targets,
  destinationsView,
  backgroundRefresh,
  statusItem,
  logger,
  loaded,
}: Services) {
  return {
    commands: {
      refresh: async (argument) => {
        const only = targets.selectedAccount(argument);
        policies.forget(only && [only.account.id]);
        await inView(async () => store.refresh(only && [only.account.id]));
      },
      refreshAll: async () => {
        policies.forget();
        await inView(async () => store.refresh());
      },
      showLog: () => logger.show(),
    } satisfies CommandHandlers,
    disposables: [
      statusItem,
      backgroundRefresh,
      snapshots,
      createFailureNotice(state, store, logger.log),
      createMinuteClock(() => {
        destinationsView.repaintAges();
        statusItem.repaintAges();
      }),
      registerLanguageModelTools(store, loaded),
    ],
  } satisfies Module;
}

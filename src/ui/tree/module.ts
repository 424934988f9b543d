import type { Services } from '../../services.ts';
import { goToDestination, showFailing } from '../destinations/find-destination.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';

/** The view of accounts and destinations, and the commands that find something in it. */
export function createTreeModule({ store, destinationsView }: Pick<Services, 'store' | 'destinationsView'>) {
  return {
    commands: {
      showFailing: async () => showFailing(store, destinationsView),
      goToDestination: async () => goToDestination(store, destinationsView),
      toggleFailingOnly: () => destinationsView.showOnlyFailing(),
      showAll: () => destinationsView.showOnlyFailing(false),
    } satisfies CommandHandlers,
    disposables: [destinationsView],
  } satisfies Module;
}

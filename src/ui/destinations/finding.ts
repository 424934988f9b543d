import type { Services } from '../../services.ts';
import type { CommandHandlers } from '../host/commands.ts';
import { goToDestination, showFailing } from './find-destination.ts';
import { untilAccountsKnown } from './targets.ts';

/** Quick picks over all accounts. */
export function createFindingCommands(services: Pick<Services, 'store' | 'loaded' | 'destinationsView'>) {
  const { store, destinationsView } = services;
  return {
    async showFailing() {
      await untilAccountsKnown(services);
      await showFailing(store, destinationsView);
    },
    async goToDestination() {
      await untilAccountsKnown(services);
      await goToDestination(store, destinationsView);
    },
  } satisfies CommandHandlers;
}

import type { Services } from '../../services.ts';
import type { CommandHandlers } from '../host/commands.ts';
import { goToDestination, showFailing } from './find-destination.ts';

/** Quick picks over all accounts. */
export function createFindingCommands({ store, destinationsView }: Pick<Services, 'store' | 'destinationsView'>) {
  return {
    showFailing: async () => showFailing(store, destinationsView),
    goToDestination: async () => goToDestination(store, destinationsView),
  } satisfies CommandHandlers;
}

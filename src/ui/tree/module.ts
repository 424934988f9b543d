import type { Services } from '../../services.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';

/** The view of accounts and destinations, and its filter. */
export function createTreeModule({ destinationsView }: Pick<Services, 'destinationsView'>) {
  return {
    commands: {
      toggleFailingOnly: () => destinationsView.showOnlyFailing(),
      showAll: () => destinationsView.showOnlyFailing(false),
    } satisfies CommandHandlers,
    disposables: [destinationsView],
  } satisfies Module;
}

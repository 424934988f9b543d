import type { Services } from '../../services.ts';
import { goToDestination, showFailing } from '../destinations/find-destination.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { DELETE_SELECTED, RENAME_SELECTED } from '../host/ids.ts';
import { runCommand } from '../host/run-command.ts';

/** The view of accounts and destinations, and the commands that find something in it. */
export function createTreeModule({ store, destinationsView }: Pick<Services, 'store' | 'destinationsView'>) {
  return {
    commands: {
      showFailing: async () => showFailing(store, destinationsView),
      goToDestination: async () => goToDestination(store, destinationsView),
      toggleFailingOnly: () => destinationsView.showOnlyFailing(),
      showAll: () => destinationsView.showOnlyFailing(false),
      // The key has selected the focused row before: a row of another kind does nothing, and nothing is asked.
      [RENAME_SELECTED]: async () => {
        const [node, ...others] = destinationsView.selected();
        if (node && others.length === 0 && (node.kind === 'account' || node.kind === 'destination')) {
          await runCommand(node.kind === 'account' ? 'renameAccount' : 'renameDestination', node);
        }
      },
      [DELETE_SELECTED]: async () => {
        const nodes = destinationsView.selected().filter(({ kind }) => kind === 'destination');
        if (nodes[0]) {
          await runCommand('deleteDestination', nodes[0], nodes);
        }
      },
    } satisfies CommandHandlers,
    disposables: [destinationsView],
  } satisfies Module;
}

import type { Services } from '../../services.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { DELETE_SELECTED, RENAME_SELECTED } from '../host/ids.ts';
import { runCommand } from '../host/run-command.ts';

/** The view of accounts and destinations, and its filter. */
export function createTreeModule({ destinationsView }: Pick<Services, 'destinationsView'>) {
  return {
    commands: {
      toggleFailingOnly: () => destinationsView.showOnlyFailing(),
      showAll: () => destinationsView.showOnlyFailing(false),
      // The key selects the focused row first. On a row of another kind it does nothing and asks nothing.
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

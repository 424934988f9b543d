import type { Services } from './services.ts';
import { createAccountCommands } from './ui/accounts/commands.ts';
import { findUnused, sweep } from './ui/accounts/sweep.ts';
import { describeTrouble } from './ui/accounts/storage-trouble.ts';
import { createCopyingCommands } from './ui/destinations/copying-commands.ts';
import { createFindingCommands } from './ui/destinations/finding.ts';

export type Managing = ReturnType<typeof createManaging>;

/** The bundle of rarely used features without editing: accounts, finding and copying destinations. */
export function createManaging(services: Services) {
  const { connections, destinationsView } = services;
  return {
    commands: {
      ...createAccountCommands(services),
      ...createFindingCommands(services),
      ...createCopyingCommands(services),
    },
    /** Shows the problems of the token storage above the tree. */
    showTrouble: (): void => {
      destinationsView.view.message = describeTrouble(connections.trouble());
    },
    findUnused: async () => findUnused(services),
    sweep: async (before: ReadonlySet<string>) => sweep(services, before),
  };
}

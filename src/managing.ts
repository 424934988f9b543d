import type * as vscode from 'vscode';
import type { Services } from './services.ts';
import { withTargets } from './target-services.ts';
import { createAccountCommands } from './ui/accounts/commands.ts';
import { findUnused, sweep } from './ui/accounts/sweep.ts';
import { describeTrouble } from './ui/accounts/storage-trouble.ts';
import { createCopyingCommands } from './ui/destinations/copying-commands.ts';
import { openLink } from './ui/destinations/links.ts';
import { createFindingCommands } from './ui/destinations/finding.ts';

export { tellNewFailures } from './ui/monitoring/new-failures.ts';
export { describeDestinationRow } from './ui/tree/destination-tooltip.ts';

export type Managing = ReturnType<typeof createManaging>;

/** The bundle of rarely used features without editing: accounts, finding and copying destinations. */
export function createManaging(shared: Services) {
  const services = withTargets(shared);
  const { connections, destinationsView } = services;
  return {
    commands: {
      ...createAccountCommands(services),
      ...createFindingCommands(services),
      ...createCopyingCommands(services),
    },
    /** Shows the problems of the token storage above the tree. */
    showTrouble: (): void => {
      destinationsView.showTrouble(describeTrouble(connections.trouble()));
    },
    openLink: async (uri: vscode.Uri): Promise<void> => openLink(uri, services),
    findUnused: async () => findUnused(services),
    sweep: async (before: ReadonlySet<string>) => sweep(services, before),
  };
}

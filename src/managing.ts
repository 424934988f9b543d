import type { Services } from './services.ts';
import { createAccountCommands } from './ui/accounts/commands.ts';
import { findUnused, sweep } from './ui/accounts/sweep.ts';
import { createCopyingCommands } from './ui/destinations/copying-commands.ts';
import { createFindingCommands } from './ui/destinations/finding.ts';
import { createToolCalls } from './ui/monitoring/tool-calls.ts';

export type Managing = ReturnType<typeof createManaging>;

/** The bundle of rarely used features without editing: accounts, finding and copying destinations, tool answers. */
export function createManaging(services: Services) {
  return {
    commands: {
      ...createAccountCommands(services),
      ...createFindingCommands(services),
      ...createCopyingCommands(services),
    },
    toolCalls: createToolCalls(services),
    findUnused: async () => findUnused(services),
    sweep: async (before: ReadonlySet<string>) => sweep(services, before),
  };
}

import type * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { createOverviews } from './overviews.ts';
import { createUnprovenTest } from './test-unproven.ts';

/** The health overview: a table of all destinations, and the test of those that are not proved. */
export function createOverviewModule(services: Services) {
  const overviews = createOverviews(services.context.extensionUri, services);
  return {
    restore: (panel: vscode.WebviewPanel): void => overviews.restore(panel),
    commands: {
      openOverview: () => overviews.open(),
      testUnproven: createUnprovenTest(services),
    } satisfies CommandHandlers,
    disposables: [overviews],
  } satisfies Module & { readonly restore: unknown };
}

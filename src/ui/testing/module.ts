import * as vscode from 'vscode';
import type { TargetServices } from '../../target-services.ts';
import { onDestination, onDestinations } from '../destinations/targets.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { isNode } from '../tree/nodes.ts';
import { TEST_DOCUMENT } from '../host/ids.ts';
import { runCommand } from '../host/run-command.ts';
import type { TestCommandServices } from './services.ts';
import { testDestinations, testThroughCloudflare } from './testing.ts';

/** Testing destinations and policies, and sample payloads. Part of the editing bundle. */
export function createTestingModule(services: TargetServices & Pick<TestCommandServices, 'loadSamples'>) {
  const title = vscode.l10n.t('Test Destination');
  return {
    commands: {
      async testDestination(argument, naming, selected) {
        const document = vscode.workspace.textDocuments.find(
          ({ uri, isDirty }) => isDirty && argument instanceof vscode.Uri && uri.toString() === argument.toString(),
        );
        if (document) {
          // The title of a document with unsaved changes: what it says is tested, not what is saved.
          await runCommand(TEST_DOCUMENT, document.uri.toString());
          return;
        }
        const node = services.targets.nodeOf(argument) ?? services.destinationsView.selected()[0];
        if (node?.kind !== 'policy') {
          const way = isNode(argument) && 'way' in argument && argument.way === 'direct' ? argument.way : undefined;
          const test = onDestinations(services.targets, title, async (chosen) =>
            testDestinations(chosen, services, way),
          );
          await test(argument, naming, selected);
          return;
        }
        // A policy row is below the destination that shows the result of the test.
        const { accountId, destinationId, policyId } = node;
        const testPolicy = onDestination(services.targets, title, async (target) =>
          testThroughCloudflare(target, services, policyId),
        );
        await testPolicy({ kind: 'destination', accountId, destinationId }, naming, selected);
      },
      showSamplePayload: async (argument) => (await services.loadSamples()).show(argument),
      copySampleAsCurl: async (argument) => (await services.loadSamples()).copyAsCurl(argument),
    } satisfies CommandHandlers,
    disposables: [],
  } satisfies Module;
}

import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import { onDestination, onDestinations } from '../destinations/targets.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { isNode } from '../tree/nodes.ts';
import type { TestCommandServices } from './services.ts';
import { testDestinations, testThroughCloudflare } from './testing.ts';

/** Testing destinations and policies, and sample payloads. Part of the editing bundle. */
export function createTestingModule(services: Services & Pick<TestCommandServices, 'loadSamples'>) {
  const title = vscode.l10n.t('Test Destination');
  const test = onDestinations(services.targets, title, async (chosen) => testDestinations(chosen, services));
  return {
    commands: {
      async testDestination(argument, naming, selected) {
        const node = isNode(argument) ? argument : services.destinationsView.selected()[0];
        if (node?.kind !== 'policy') {
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

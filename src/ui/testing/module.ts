import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import { onDestinations } from '../destinations/targets.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import type { TestCommandServices } from './services.ts';
import { testDestinations } from './testing.ts';

/** Testing destinations, and sample payloads. Part of the second bundle. */
export function createTestingModule(services: Services & Pick<TestCommandServices, 'loadSamples'>) {
  return {
    commands: {
      testDestination: onDestinations(services.targets, vscode.l10n.t('Test Destination'), async (chosen) =>
        testDestinations(chosen, services),
      ),
      showSamplePayload: async (argument) => (await services.loadSamples()).show(argument),
      copySampleAsCurl: async (argument) => (await services.loadSamples()).copyAsCurl(argument),
    } satisfies CommandHandlers,
    disposables: [],
  } satisfies Module;
}

import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import { onDestinations } from '../destinations/targets.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { testDestinations } from './testing.ts';

/** Testing destinations. Part of the second bundle. */
export function createTestingModule(services: Services) {
  return {
    commands: {
      testDestination: onDestinations(services.targets, vscode.l10n.t('Test Destination'), async (chosen) =>
        testDestinations(chosen, services),
      ),
    } satisfies CommandHandlers,
    disposables: [],
  } satisfies Module;
}

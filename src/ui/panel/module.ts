import * as vscode from 'vscode';
import type { TargetServices } from '../../target-services.ts';
import type { Replacements } from '../replacement/replacements.ts';
import type { DestinationWriter } from '../destinations/destination-writer.ts';
import { onAccount, onDestination } from '../destinations/targets.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { createPanels } from './panels.ts';

/** The panels that create and edit destinations. Part of the editing bundle. */
export function createPanelModule(
  services: TargetServices & { readonly writer: DestinationWriter; readonly replacements: Replacements },
) {
  const { context, targets, logger } = services;
  const panels = createPanels(context, { ...services, testing: services, log: logger.log, now: Date.now });
  return {
    panels,
    commands: {
      createDestination: onAccount(targets, vscode.l10n.t('Create Destination'), async (connection) =>
        panels.openNew(connection),
      ),
      editDestination: onDestination(targets, vscode.l10n.t('Edit Destination'), async (target) => panels.open(target)),
    } satisfies CommandHandlers,
    disposables: [panels],
  } satisfies Module & { readonly panels: unknown };
}

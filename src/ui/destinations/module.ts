import * as vscode from 'vscode';
import type { TargetServices } from '../../target-services.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { confirmAndDelete } from './deleting.ts';
import type { DeletingServices } from './undoing.ts';
import type { DestinationWriter } from './destination-writer.ts';
import { renameDestination } from './renaming.ts';
import { onDestination, onDestinations } from './targets.ts';

/** Renaming and deleting destinations. Part of the editing bundle. */
export function createDestinationsModule(
  services: TargetServices & Pick<DeletingServices, 'leases' | 'replacements'> & { readonly writer: DestinationWriter },
) {
  const { targets, writer } = services;
  return {
    commands: {
      renameDestination: onDestination(targets, vscode.l10n.t('Rename Destination'), async (target) =>
        renameDestination(target, writer),
      ),
      deleteDestination: onDestinations(targets, vscode.l10n.t('Delete Destination'), async (chosen) =>
        confirmAndDelete(chosen, services),
      ),
    } satisfies CommandHandlers,
    disposables: [],
  } satisfies Module;
}

import * as vscode from 'vscode';
import type { Leases } from '../../core/async/lease.ts';
import type { Services } from '../../services.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { copyAsCurl, copyAsTerraform, copyIds, copyUrls } from './copying.ts';
import { confirmAndDelete } from './deleting.ts';
import type { DestinationWriter } from './destination-writer.ts';
import { renameDestination } from './renaming.ts';
import { onDestination, onDestinations } from './targets.ts';

/** Renaming, deleting and copying destinations. Part of the second bundle. */
export function createDestinationsModule(
  services: Services & { readonly writer: DestinationWriter; readonly leases: Leases },
) {
  const { apiBaseUrl, targets, secrets, writer } = services;
  return {
    commands: {
      renameDestination: onDestination(targets, vscode.l10n.t('Rename Destination'), async (target) =>
        renameDestination(target, writer),
      ),
      deleteDestination: onDestinations(targets, vscode.l10n.t('Delete Destination'), async (chosen) =>
        confirmAndDelete(chosen, services),
      ),
      copyId: onDestinations(targets, vscode.l10n.t('Copy ID'), copyIds),
      copyUrl: onDestinations(targets, vscode.l10n.t('Copy URL'), async (chosen) => copyUrls(chosen, secrets)),
      copyAsCurl: onDestination(targets, vscode.l10n.t('Copy as curl'), async (target) =>
        copyAsCurl(target, apiBaseUrl()),
      ),
      copyAsTerraform: onDestinations(targets, vscode.l10n.t('Copy as Terraform'), copyAsTerraform),
    } satisfies CommandHandlers,
    disposables: [],
  } satisfies Module;
}

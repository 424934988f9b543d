import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import type { CommandHandlers } from '../host/commands.ts';
import { copyAsCurl, copyAsTerraform, copyIds, copyUrls } from './copying.ts';
import { onDestination, onDestinations } from './targets.ts';

/** Commands that copy destinations to the clipboard. */
export function createCopyingCommands({
  apiBaseUrl,
  targets,
  secrets,
}: Pick<Services, 'apiBaseUrl' | 'targets' | 'secrets'>) {
  return {
    copyId: onDestinations(targets, vscode.l10n.t('Copy ID'), copyIds),
    copyUrl: onDestinations(targets, vscode.l10n.t('Copy URL'), async (chosen) => copyUrls(chosen, secrets)),
    copyAsCurl: onDestination(targets, vscode.l10n.t('Copy as curl'), async (target) =>
      copyAsCurl(target, apiBaseUrl()),
    ),
    copyAsTerraform: onDestinations(targets, vscode.l10n.t('Copy as Terraform'), copyAsTerraform),
  } satisfies CommandHandlers;
}

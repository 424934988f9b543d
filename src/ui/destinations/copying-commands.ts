import * as vscode from 'vscode';
import type { TargetServices } from '../../target-services.ts';
import type { CommandHandlers } from '../host/commands.ts';
import { copyAsCurl, copyAsTerraform, copyIds, copyUrls } from './copying.ts';
import { copyLinks } from './links.ts';
import { onDestination, onDestinations } from './targets.ts';

/** Commands that copy destinations to the clipboard. */
export function createCopyingCommands({
  apiBaseUrl,
  context,
  targets,
  secrets,
}: Pick<TargetServices, 'apiBaseUrl' | 'context' | 'targets' | 'secrets'>) {
  return {
    copyId: onDestinations(targets, vscode.l10n.t('Copy ID'), copyIds),
    copyUrl: onDestinations(targets, vscode.l10n.t('Copy URL'), async (chosen) => copyUrls(chosen, secrets)),
    copyLink: onDestinations(targets, vscode.l10n.t('Copy Link'), async (chosen) => copyLinks(chosen, context)),
    copyAsCurl: onDestination(targets, vscode.l10n.t('Copy as curl'), async (target) =>
      copyAsCurl(target, apiBaseUrl()),
    ),
    copyAsTerraform: onDestinations(targets, vscode.l10n.t('Copy as Terraform'), copyAsTerraform),
  } satisfies CommandHandlers;
}

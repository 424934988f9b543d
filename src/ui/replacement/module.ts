import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import type { DestinationWriter } from '../destinations/destination-writer.ts';
import { onDestination } from '../destinations/targets.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { askAndReplace } from './replacing.ts';

/** Replacing a destination from a command. Part of the second bundle. */
export function createReplacementModule({
  targets,
  writer,
}: Pick<Services, 'targets'> & { readonly writer: DestinationWriter }) {
  return {
    commands: {
      replaceDestination: onDestination(targets, vscode.l10n.t('Replace Destination'), async (target) =>
        askAndReplace(target, writer),
      ),
    } satisfies CommandHandlers,
    disposables: [],
  } satisfies Module;
}

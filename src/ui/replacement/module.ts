import * as vscode from 'vscode';
import type { TargetServices } from '../../target-services.ts';
import { onDestination } from '../destinations/targets.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { askAndReplace } from './ask-replacement.ts';
import type { Replacements } from './replacements.ts';

/** Replacing a destination from a command. Part of the editing bundle. */
export function createReplacementModule(services: TargetServices & { readonly replacements: Replacements }) {
  return {
    commands: {
      replaceDestination: onDestination(services.targets, vscode.l10n.t('Replace Destination'), async (target) =>
        askAndReplace(target, services),
      ),
    } satisfies CommandHandlers,
    disposables: [],
  } satisfies Module;
}

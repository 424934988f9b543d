import * as vscode from 'vscode';
import type { TargetServices } from '../../target-services.ts';
import { onAccount, onDestination } from '../destinations/targets.ts';
import type { CommandHandlers, Module } from '../host/commands.ts';
import { createJsonEditor, type JsonEditorServices } from './editor.ts';

/** Destinations as JSON documents. Part of the editing bundle. */
export function createJsonModule(services: Pick<TargetServices, 'targets'> & JsonEditorServices) {
  const { targets } = services;
  const editor = createJsonEditor(services);
  return {
    editor,
    commands: {
      editDestinationAsJson: onDestination(targets, vscode.l10n.t('Edit as JSON'), editor.open),
      createDestinationFromJson: onAccount(targets, vscode.l10n.t('Create Destination from JSON'), editor.create),
    } satisfies CommandHandlers,
    disposables: [editor],
  } satisfies Module & { readonly editor: unknown };
}

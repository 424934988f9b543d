import type * as vscode from 'vscode';
import type { Store } from './core/store.ts';
import { createJsonEditor, type JsonEditor } from './ui/json/editor.ts';
import type { Logger } from './ui/log.ts';
import { createPanels, type Panels } from './ui/panel/panels.ts';
import type { Saving } from './ui/saving.ts';
import type { SecretStore } from './ui/secret-store.ts';

/** What editing needs of the extension it is loaded into. */
export type EditingServices = {
  readonly store: Store;
  readonly saving: Saving;
  readonly secrets: SecretStore;
  readonly logger: Logger;
  /** Once the accounts are known. */
  readonly loaded: Promise<unknown>;
};

export type Editing = vscode.Disposable & { readonly panels: Panels; readonly jsonEditor: JsonEditor };

/** The second bundle: the panel and the JSON editor, loaded when one of them is first needed. */
export function createEditing(context: vscode.ExtensionContext, services: EditingServices): Editing {
  const { store, saving, secrets, logger, loaded } = services;
  const panels = createPanels(context, { store, saving, secrets, log: logger.log, now: Date.now });
  const jsonEditor = createJsonEditor(store, loaded, saving, secrets, logger);
  return {
    panels,
    jsonEditor,
    dispose() {
      panels.dispose();
      jsonEditor.dispose();
    },
  };
}

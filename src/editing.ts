import type * as vscode from 'vscode';
import type { Redactor } from './core/api/redaction.ts';
import type { Host } from './core/api/transport.ts';
import type { Located } from './core/monitoring/overview.ts';
import type { PolicyStore } from './core/policies/policy-store.ts';
import type { Store } from './core/monitoring/store.ts';
import { confirmAndDelete } from './ui/destinations/deleting.ts';
import { copyAsCurl, copyAsTerraform, copyIds, copyUrls } from './ui/destinations/copying.ts';
import { createJsonEditor, type JsonEditor } from './ui/json/editor.ts';
import type { LastTests } from './ui/tree/last-tests.ts';
import type { Logger } from './ui/host/log.ts';
import type { State } from './ui/host/ordered-state.ts';
import { createPanels, type Panels } from './ui/panel/panels.ts';
import { renameDestination } from './ui/destinations/renaming.ts';
import { askAndReplace, offerUnfinished } from './ui/replacement/replacing.ts';
import { createDestinationWriter, type DestinationWriter } from './ui/destinations/destination-writer.ts';
import type { SecretStore } from './ui/destinations/secret-store.ts';
import type { TestingServices } from './ui/testing/services.ts';
import { testDestinations } from './ui/testing/testing.ts';
import { userAgentOf } from './ui/host/user-agent.ts';

/** What editing needs of the extension it is loaded into. */
export type EditingServices = {
  readonly state: State;
  readonly store: Store;
  readonly policies: PolicyStore;
  readonly secrets: SecretStore;
  readonly lastTests: LastTests;
  readonly host: Host;
  readonly redactor: Redactor;
  readonly logger: Logger;
  /** Once the accounts are known. */
  readonly loaded: Promise<unknown>;
};

export type Editing = vscode.Disposable & {
  readonly panels: Panels;
  readonly jsonEditor: JsonEditor;
  readonly writer: DestinationWriter;
  rename(target: Located): Promise<void>;
  replace(target: Located): Promise<void>;
  /** Behind a modal. */
  remove(targets: readonly Located[]): Promise<void>;
  /** Sends nothing before the user has said so. */
  test(targets: readonly Located[]): Promise<void>;
  copyIds(targets: readonly Located[]): Promise<void>;
  copyUrls(targets: readonly Located[]): Promise<void>;
  copyAsCurl(target: Located, apiBaseUrl: string): Promise<void>;
  copyAsTerraform(targets: readonly Located[]): Promise<void>;
  /** Tells of replacements that an earlier window did not end. */
  offerUnfinished(): void;
};

/** The second bundle: all that changes destinations, loaded when the first of it is needed. */
export function createEditing(context: vscode.ExtensionContext, services: EditingServices): Editing {
  const { state, store, policies, secrets, lastTests, redactor, logger, loaded } = services;
  const testing: TestingServices = { ...services, userAgent: userAgentOf(context) };
  const writer = createDestinationWriter(store, policies, secrets, state, redactor);
  const panels = createPanels(context, { store, policies, writer, secrets, lastTests, log: logger.log, now: Date.now });
  const jsonEditor = createJsonEditor(store, loaded, writer, secrets, logger);
  return {
    panels,
    jsonEditor,
    writer,
    rename: async (target) => renameDestination(target, writer),
    replace: async (target) => askAndReplace(target, writer),
    remove: async (targets) => confirmAndDelete(targets, services),
    test: async (targets) => testDestinations(targets, testing),
    copyIds,
    copyUrls: async (targets) => copyUrls(targets, secrets),
    copyAsCurl,
    copyAsTerraform,
    offerUnfinished: () => offerUnfinished(store, writer, ({ accountId, oldId }) => panels.isOpen(accountId, oldId)),
    dispose() {
      panels.dispose();
      jsonEditor.dispose();
    },
  };
}

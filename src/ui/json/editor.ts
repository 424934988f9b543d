import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { registerCommands } from '../host/commands.ts';
import { isDestinationDocument, readAddress } from './addresses.ts';
import { JSON_SCHEME, MOVE_SECRET } from '../host/ids.ts';
import { findDraftInEditor, openDestination, openNewDocument, takeSecret } from './commands.ts';
import { createJsonDiagnostics } from './diagnostics.ts';
import { createJsonFiles } from './files.ts';
import { jsonFixes } from './fixes.ts';
import { notSaved, saveDocument } from './save-document.ts';
import { swapEditor } from './tabs.ts';
import type { Logger } from '../host/log.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { Replacements } from '../replacement/replacements.ts';
import type { DestinationWriter } from '../destinations/destination-writer.ts';
import type { SecretStore } from '../destinations/secret-store.ts';

/** Edits destinations as JSON documents, which are saved at Cloudflare. */
export type JsonEditor = vscode.Disposable & {
  /** For the scheme `cfwebhook:`; it is registered by `lazy-editing.ts`. */
  readonly provider: vscode.FileSystemProvider;
  readonly open: (target: Located) => Promise<void>;
  /** Opens a document whose save creates a destination, with the draft of the active editor, if any. */
  readonly create: (connection: Connection) => Promise<void>;
};

export type JsonEditorServices = {
  readonly store: Store;
  /** Resolves once the accounts are loaded; restored documents wait for it. */
  readonly loaded: Promise<unknown>;
  readonly writer: DestinationWriter;
  readonly replacements: Replacements;
  readonly policies: PolicyStore;
  readonly secrets: SecretStore;
  readonly logger: Logger;
};

export function createJsonEditor(services: JsonEditorServices): JsonEditor {
  const { store, loaded, logger } = services;
  /** Secrets that were moved out of the text, by URI, in memory only. */
  const held = new Map<string, string>();
  /** The reason of the current save, by URI. */
  const reasons = new Map<string, vscode.TextDocumentSaveReason>();
  const heldSecret = (uri: vscode.Uri): string | undefined => held.get(uri.toString());

  const refuse = (uri: vscode.Uri, sentence: string): void => diagnostics.refuse(uri, sentence);

  const files = createJsonFiles(store, loaded, async (write) => {
    const reason = reasons.get(write.uri.toString()) ?? vscode.TextDocumentSaveReason.Manual;
    reasons.delete(write.uri.toString());
    if (reason !== vscode.TextDocumentSaveReason.Manual) {
      throw notSaved(
        vscode.l10n.t(
          'Auto Save does not save this document, because saving changes the destination at Cloudflare. Save it manually.',
        ),
      );
    }
    const id = await saveDocument(write, { ...services, heldSecret, refuse });
    held.delete(write.uri.toString());
    diagnostics.accept(write.uri);
    return id;
  });
  const diagnostics = createJsonDiagnostics(
    (uri) => files.destinationOf(uri),
    (uri) => held.has(uri.toString()),
  );

  async function settle(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    const moved = files.movedTo(uri);
    if (moved) {
      await swapEditor(uri, moved);
    } else if (!document.isDirty) {
      files.rereadUnless(uri, document.getText());
    }
    diagnostics.update();
  }

  const subscriptions = vscode.Disposable.from(
    vscode.languages.registerCodeActionsProvider({ pattern: '**/*.cfwebhook.json' }, jsonFixes, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    vscode.workspace.onWillSaveTextDocument((event) => {
      const address = readAddress(event.document.uri);
      if (address) {
        reasons.set(event.document.uri.toString(), event.reason);
        // VS Code compares with the file before it saves, so the store must have Cloudflare's current state.
        if (address.kind === 'existing' && event.reason === vscode.TextDocumentSaveReason.Manual) {
          event.waitUntil(store.refresh([address.accountId]));
        }
      }
    }),
    vscode.workspace.onDidSaveTextDocument(async (document) => {
      if (document.uri.scheme === JSON_SCHEME) {
        await settle(document);
      }
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      held.delete(uri.toString());
      reasons.delete(uri.toString());
    }),
    registerCommands(
      {
        [MOVE_SECRET]: async (argument) => {
          const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === argument);
          const secret = document && isDestinationDocument(document) ? await takeSecret(document) : undefined;
          if (document && secret !== undefined) {
            held.set(document.uri.toString(), secret);
            diagnostics.update();
          }
        },
      },
      logger,
    ),
    diagnostics,
    files,
    { dispose: store.onChanged(() => diagnostics.update()) },
  );
  return {
    provider: files.provider,
    open: openDestination,
    create: async (connection) => openNewDocument(connection, findDraftInEditor()),
    dispose: () => void subscriptions.dispose(),
  };
}

import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { inView, registerCommands } from '../host/commands.ts';
import { createErrorBoundary } from '../host/error-boundary.ts';
import { isDestinationDocument, readAddress } from './addresses.ts';
import { JSON_SCHEME, MOVE_SECRET, TEST_DOCUMENT } from '../host/ids.ts';
import { parseDocument } from '../../core/formats/json-document.ts';
import { wholeUrlOf } from '../../core/model/whole-url.ts';
import { tell } from '../host/notice.ts';
import type { State } from '../host/ordered-state.ts';
import { testDraft } from '../testing/direct.ts';
import type { TestingServices } from '../testing/services.ts';
import { findDraftInEditor, openDestination, openNewDocument, takeSecret } from './commands.ts';
import { createJsonDiagnostics } from './diagnostics.ts';
import { createDocumentMemory } from './document-memory.ts';
import { createJsonFiles, type JsonWrite } from './files.ts';
import { jsonFixes } from './fixes.ts';
import { type AnnouncedSaves, createSaveClaims } from './save-claims.ts';
import { type LastSaves, saveDocument } from './save-document.ts';
import { closeTabs, documentsOf, keepLanguage, onDidCloseDocument, swapEditor } from './tabs.ts';
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
  readonly windowState: State;
  /** Resolves once the accounts are loaded; restored documents wait for it. */
  readonly loaded: Promise<unknown>;
  readonly writer: DestinationWriter;
  readonly replacements: Replacements;
  readonly policies: PolicyStore;
  readonly secrets: SecretStore;
  readonly logger: Logger;
  readonly announcedSaves: AnnouncedSaves;
  readonly testing: TestingServices;
};

export function createJsonEditor(services: JsonEditorServices): JsonEditor {
  const { store, windowState, loaded, logger, announcedSaves } = services;
  /** Secrets that were moved out of the text, by URI, in memory only. */
  const held = new Map<string, string>();
  const heldSecret = (uri: vscode.Uri): string | undefined => held.get(uri.toString());

  const lastSaves: LastSaves = new Map();
  const refuse = (uri: vscode.Uri, sentence: string): void => diagnostics.refuse(uri, sentence);

  const claims = createSaveClaims(announcedSaves, async (uri) => {
    const address = readAddress(uri);
    if (address?.kind === 'existing') {
      await store.refresh([address.accountId]);
    }
  });
  const files = createJsonFiles({
    store,
    loaded,
    claims,
    memory: createDocumentMemory(windowState, logger.log),
    async save(write) {
      const { uri } = write;
      const sent = heldSecret(uri);
      const saved = await saveDocument(write, {
        ...services,
        lastSaves,
        heldSecret: sent,
        refuse,
        showReplacement: async (id) => showReplacement(write, id, sent),
      });
      // Another secret that was moved out of the text during the save is for the next one.
      if (saved.keepUnsaved === undefined && heldSecret(uri) === sent) {
        held.delete(uri.toString());
      }
      diagnostics.accept(uri);
      return saved;
    },
  });
  const diagnostics = createJsonDiagnostics(
    (uri) => files.destinationOf(uri),
    (uri) => held.has(uri.toString()),
  );
  const moving = new Set<string>();

  /** Tests the URL and secret in a document from this machine, saved or not. */
  async function testDocument(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    const connection = store.entry(readAddress(uri)?.accountId ?? '')?.connection;
    const current = files.destinationOf(uri);
    const { draft } = parseDocument(document.getText(), { current });
    if (!connection || !draft) {
      void tell('warning', vscode.l10n.t('Nothing was tested, because the document is not valid. See its problems.'));
      return;
    }
    const remembered = current && (await services.secrets.get(connection.account.id, current.id));
    const isSaved = current !== undefined && draft.url === current.url;
    const secret = draft.secret ?? heldSecret(uri) ?? (isSaved ? remembered?.secret : undefined);
    const url = isSaved ? wholeUrlOf(current, remembered) : draft.url;
    const send = await testDraft(
      connection,
      { name: draft.name, url, ...(secret === undefined ? {} : { secret }) },
      services.testing,
    );
    if (send) {
      const { result, sentence } = await inView(send);
      const kind = { worked: 'information', failed: 'error', undecided: 'warning' } as const;
      void tell(kind[result], sentence);
    }
  }

  /** Makes the tabs of a document without unsaved changes follow its destination. */
  async function settle(document: vscode.TextDocument): Promise<void> {
    const { uri, isDirty } = document;
    const key = uri.toString();
    const moved = files.movedTo(uri);
    if (isDirty || moving.has(key)) {
      return;
    }
    moving.add(key);
    try {
      if (moved) {
        await swapEditor(uri, moved);
      } else if (files.isGone(uri)) {
        await closeTabs(uri);
      }
    } finally {
      moving.delete(key);
    }
  }

  function settleAll(): void {
    for (const document of vscode.workspace.textDocuments.filter(isJsonDocument)) {
      void settle(document);
    }
    diagnostics.update();
  }

  /** `sent`: the secret that was held when the document was saved. */
  async function showReplacement({ uri, text }: JsonWrite, id: string, sent: string | undefined): Promise<void> {
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
    const address = readAddress(uri);
    if (!document || !address) {
      return;
    }
    if (address.kind === 'existing') {
      files.follow(address.accountId, address.destinationId, id);
    }
    // A document that was edited meanwhile stays open. Its next save changes the new destination.
    if (document.isDirty && document.getText() === text && heldSecret(uri) === sent) {
      held.delete(uri.toString());
      await files.abandon(uri, text, () => document.save());
      announcedSaves.delete(uri.toString());
    }
    await settle(document);
  }

  const subscriptions = vscode.Disposable.from(
    vscode.languages.registerCodeActionsProvider({ pattern: '**/*.cfwebhook.json' }, jsonFixes, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    keepLanguage(isJsonDocument),
    // VS Code itself can open a tab with an outdated name: after a reload, and after its conflict editor.
    vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
      if (opened.flatMap(documentsOf).some(({ scheme }) => scheme === JSON_SCHEME)) {
        settleAll();
      }
    }),
    vscode.workspace.onDidSaveTextDocument(async (document) => {
      if (isJsonDocument(document)) {
        if (!document.isDirty && !files.movedTo(document.uri)) {
          files.rereadUnless(document.uri, document.getText());
        }
        await settle(document);
        diagnostics.update();
      }
    }),
    onDidCloseDocument((uri) => {
      held.delete(uri.toString());
      announcedSaves.delete(uri.toString());
    }),
    registerCommands(
      {
        [TEST_DOCUMENT]: async (argument) => {
          const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === argument);
          if (document) {
            await testDocument(document);
          }
        },
        [MOVE_SECRET]: async (argument) => {
          const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === argument);
          const secret = document && isDestinationDocument(document) ? await takeSecret(document) : undefined;
          if (document && secret !== undefined) {
            held.set(document.uri.toString(), secret);
            diagnostics.update();
          }
        },
      },
      createErrorBoundary(logger),
    ),
    diagnostics,
    files,
    { dispose: store.onChanged(settleAll) },
    {
      dispose: services.replacements.onReplaced((accountId, oldId, newId) => files.follow(accountId, oldId, newId)),
    },
  );
  return {
    provider: files.provider,
    open: openDestination,
    create: async (connection) => openNewDocument(connection, findDraftInEditor()),
    dispose: () => void subscriptions.dispose(),
  };
}

function isJsonDocument(document: vscode.TextDocument): boolean {
  return document.uri.scheme === JSON_SCHEME && isDestinationDocument(document);
}

import { readdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { describeForLog } from './core/api/api-error.ts';
import type { Editing } from './editing.ts';
import type { Services } from './services.ts';
import type { CommandHandler } from './ui/host/commands.ts';
import type { AnnouncedSaves } from './ui/json/save-claims.ts';
import { JSON_SCHEME } from './ui/host/ids.ts';
import { PANEL_TYPE } from './ui/host/ids.ts';
import { REPLACEMENT_SUFFIX } from './ui/host/ids.ts';

export type LazyEditing = vscode.Disposable & {
  /** Loads the second bundle on first use. */
  load(): Promise<Editing>;
  /** The commands with handlers in the second bundle; each loads it. */
  readonly commands: Readonly<Record<EditingCommand, CommandHandler>>;
};

type EditingCommand = keyof Editing['commands'];

/**
 * Registers providers that VS Code may call at any time, for documents of scheme `cfwebhook:` and restored panels. They
 * load the editors on first use, so that start-up does not wait for the editors.
 */
export function createLazyEditing(services: Services): LazyEditing {
  let loading: Promise<Editing> | undefined;
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  // A restored document can be saved before the second bundle is loaded.
  const announcedSaves: AnnouncedSaves = new Map();
  const subscriptions: vscode.Disposable[] = [
    changed,
    vscode.workspace.onWillSaveTextDocument(({ document, reason }) => {
      if (document.uri.scheme === JSON_SCHEME) {
        announcedSaves.set(document.uri.toString(), { reason, text: document.getText() });
      }
    }),
  ];

  async function load(): Promise<Editing> {
    loading ??= import('./editing.ts').then(({ createEditing }) => {
      const editing = createEditing(services, announcedSaves);
      subscriptions.push(
        ...editing.disposables,
        editing.jsonEditor.provider.onDidChangeFile((events) => changed.fire(events)),
      );
      return editing;
    });
    return loading;
  }

  const later =
    (name: EditingCommand): CommandHandler =>
    async (...args) =>
      (await load()).commands[name](...args);

  // Start-up loads the second bundle only if a replacement was interrupted.
  async function offerUnfinished(): Promise<void> {
    await services.loaded;
    const names = await readdir(services.operationsFolder).catch(() => []);
    if (names.some((name) => name.endsWith(REPLACEMENT_SUFFIX))) {
      await (await load()).offerUnfinished();
    }
  }
  void offerUnfinished().catch((error: unknown) => services.logger.log('error', describeForLog(error)));

  const files = async (): Promise<vscode.FileSystemProvider> => (await load()).jsonEditor.provider;
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: changed.event,
    // The provider reports changes without a watcher.
    watch: () => new vscode.Disposable(() => {}),
    stat: async (uri) => (await files()).stat(uri),
    readFile: async (uri) => (await files()).readFile(uri),
    writeFile: async (uri, content, options) => (await files()).writeFile(uri, content, options),
    readDirectory: async (uri) => (await files()).readDirectory(uri),
    createDirectory: async (uri) => (await files()).createDirectory(uri),
    delete: async (uri, options) => (await files()).delete(uri, options),
    rename: async (from, to, options) => (await files()).rename(from, to, options),
  };
  subscriptions.push(
    vscode.workspace.registerFileSystemProvider(JSON_SCHEME, provider, { isCaseSensitive: true }),
    vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, {
      deserializeWebviewPanel: async (panel, state) => (await load()).panels.restore(panel, state),
    }),
  );
  return {
    load,
    commands: {
      createDestination: later('createDestination'),
      editDestination: later('editDestination'),
      renameDestination: later('renameDestination'),
      replaceDestination: later('replaceDestination'),
      editDestinationAsJson: later('editDestinationAsJson'),
      createDestinationFromJson: later('createDestinationFromJson'),
      testDestination: later('testDestination'),
      showSamplePayload: later('showSamplePayload'),
      copySampleAsCurl: later('copySampleAsCurl'),
      deleteDestination: later('deleteDestination'),
    },
    dispose: () => vscode.Disposable.from(...subscriptions).dispose(),
  };
}

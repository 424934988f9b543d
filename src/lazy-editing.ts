import { readdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { describeForLog } from './core/api/api-error.ts';
import type { Editing } from './editing.ts';
import type { LazyPolicies } from './lazy-policies.ts';
import type { Services } from './services.ts';
import { type CommandHandler, createLater } from './ui/host/commands.ts';
import { createFailingColors } from './ui/json/failing-colors.ts';
import type { AnnouncedSaves } from './ui/json/save-claims.ts';
import { JSON_SCHEME, PANEL_TYPE, POLICY_ENDING, REPLACEMENT_SUFFIX, SAMPLE_SCHEME } from './ui/host/ids.ts';

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
export function createLazyEditing(
  services: Services,
  announcedSaves: AnnouncedSaves,
  policies: Pick<LazyPolicies, 'files' | 'onDidChangeFile'>,
): LazyEditing {
  let loading: Promise<Editing> | undefined;
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const subscriptions: vscode.Disposable[] = [
    changed,
    createFailingColors(services.store),
    policies.onDidChangeFile((events) => changed.fire(events)),
    // A restored document can be saved before its bundle is loaded.
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

  const later = createLater(load);

  // Start-up loads the second bundle only if a replacement was interrupted.
  async function offerUnfinished(): Promise<void> {
    await services.loaded;
    const names = await readdir(services.operationsFolder).catch(() => []);
    if (names.some((name) => name.endsWith(REPLACEMENT_SUFFIX))) {
      await (await load()).offerUnfinished();
    }
  }
  void offerUnfinished().catch((error: unknown) => services.logger.log('error', describeForLog(error)));

  const filesOf = async ({ path }: vscode.Uri): Promise<vscode.FileSystemProvider> =>
    path.endsWith(POLICY_ENDING) ? policies.files() : (await load()).jsonEditor.provider;
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: changed.event,
    // The providers report changes without a watcher.
    watch: () => new vscode.Disposable(() => {}),
    stat: async (uri) => (await filesOf(uri)).stat(uri),
    readFile: async (uri) => (await filesOf(uri)).readFile(uri),
    writeFile: async (uri, content, options) => (await filesOf(uri)).writeFile(uri, content, options),
    readDirectory: async (uri) => (await filesOf(uri)).readDirectory(uri),
    createDirectory: async (uri) => (await filesOf(uri)).createDirectory(uri),
    delete: async (uri, options) => (await filesOf(uri)).delete(uri, options),
    rename: async (from, to, options) => (await filesOf(from)).rename(from, to, options),
  };
  subscriptions.push(
    vscode.workspace.registerFileSystemProvider(JSON_SCHEME, provider, { isCaseSensitive: true }),
    vscode.workspace.registerTextDocumentContentProvider(SAMPLE_SCHEME, {
      provideTextDocumentContent: async (uri) => (await (await load()).loadSamples()).provide(uri),
    }),
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

import * as vscode from 'vscode';
import { loadOnce } from './core/async/load-once.ts';
import type { Policies } from './policies.ts';
import type { Services } from './services.ts';
import { type CommandHandler, createLater } from './ui/host/commands.ts';
import { DELIVERY_SCHEME } from './ui/host/ids.ts';
import type { AnnouncedSaves } from './ui/json/save-claims.ts';

type PolicyCommand = keyof Policies['commands'];

export type LazyPolicies = vscode.Disposable & {
  /** The commands on notification policies. The first call loads their bundle. */
  readonly commands: Readonly<Record<PolicyCommand, CommandHandler>>;
  /** The file system of policy documents, which belong to the scheme of all JSON documents. */
  files(): Promise<vscode.FileSystemProvider>;
  readonly onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]>;
};

/** Loads the bundle of notification policies on first use: by a command, or by a document that VS Code restored. */
export function createLazyPolicies(services: () => Promise<Services>, announcedSaves: AnnouncedSaves): LazyPolicies {
  const explanationChanged = new vscode.EventEmitter<vscode.Uri>();
  const filesChanged = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const subscriptions: vscode.Disposable[] = [explanationChanged, filesChanged];

  const load = loadOnce(async () => {
    const { createPolicies } = await import('./policies.ts');
    const policies = createPolicies(await services(), announcedSaves, explanationChanged);
    subscriptions.push(
      ...policies.disposables,
      policies.files.onDidChangeFile((events) => filesChanged.fire(events)),
    );
    return policies;
  });
  const later = createLater(load);

  subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(DELIVERY_SCHEME, {
      onDidChange: explanationChanged.event,
      async provideTextDocumentContent(uri) {
        const { loaded } = await services();
        await loaded;
        return (await load()).explanations.provide(uri);
      },
    }),
  );
  return {
    commands: {
      managePolicies: later('managePolicies'),
      createPolicy: later('createPolicy'),
      togglePolicy: later('togglePolicy'),
      editPolicyAsJson: later('editPolicyAsJson'),
      explainDelivery: later('explainDelivery'),
    },
    files: async () => (await load()).files,
    onDidChangeFile: filesChanged.event,
    dispose: () => vscode.Disposable.from(...subscriptions).dispose(),
  };
}

import * as vscode from 'vscode';
import type { Policies } from './policies.ts';
import type { Services } from './services.ts';
import type { CommandHandler } from './ui/host/commands.ts';
import { DELIVERY_SCHEME } from './ui/host/ids.ts';

type PolicyCommand = keyof Policies['commands'];

export type LazyPolicies = vscode.Disposable & {
  /** The commands on notification policies. The first call loads their bundle. */
  readonly commands: Readonly<Record<PolicyCommand, CommandHandler>>;
};

/** Loads the bundle of notification policies on first use: by a command, or by a document that VS Code restored. */
export function createLazyPolicies(services: Services): LazyPolicies {
  let loading: Promise<Policies> | undefined;
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const subscriptions: vscode.Disposable[] = [changed];

  async function load(): Promise<Policies> {
    loading ??= import('./policies.ts').then(({ createPolicies }) => {
      const policies = createPolicies(services, changed);
      subscriptions.push(...policies.disposables);
      return policies;
    });
    return loading;
  }

  const later =
    (name: PolicyCommand): CommandHandler =>
    async (...args) => {
      const handler: CommandHandler = (await load()).commands[name];
      return handler(...args);
    };

  subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(DELIVERY_SCHEME, {
      onDidChange: changed.event,
      async provideTextDocumentContent(uri) {
        await services.loaded;
        return (await load()).documents.provide(uri);
      },
    }),
  );
  return {
    commands: {
      managePolicies: later('managePolicies'),
      createPolicy: later('createPolicy'),
      togglePolicy: later('togglePolicy'),
      explainDelivery: later('explainDelivery'),
    },
    dispose: () => vscode.Disposable.from(...subscriptions).dispose(),
  };
}

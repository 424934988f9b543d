import { registerHooks } from 'node:module';
import type * as vscode from 'vscode';
import type { PanelEvent, ToPanel } from '../../../src/core/panel-protocol.ts';

/** A panel that the code under test created. */
export type StubPanel = {
  readonly title: string;
  readonly sent: ToPanel[];
  readonly reveals: number;
  dispose(): void;
  receive(message: PanelEvent): void;
};
type Notification = {
  readonly message: string;
  readonly buttons: string[];
  readonly press: (button: string | undefined) => void;
};
/** What `vscode-stub.mjs` adds to the stubs that it extends. */
type Stub = {
  readonly created: StubPanel[];
  readonly notifications: Notification[];
  readonly Uri: new () => vscode.Uri;
  readonly window: Pick<typeof vscode.window, 'createWebviewPanel'>;
};

const STUB = new URL('vscode-stub.mjs', import.meta.url).href;

/**
 * Lets this process import modules of `src/ui` without VS Code, with `import()` afterwards: static imports are resolved before
 * any module runs. All unit tests share one stub, because they may share a process, and with it the modules that it loaded.
 */
export async function standInForVscode(): Promise<Stub> {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode' ? { url: STUB, shortCircuit: true } : next(specifier, context),
  });
  return import(STUB);
}

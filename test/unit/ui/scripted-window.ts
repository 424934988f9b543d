import { registerHooks } from 'node:module';
import type * as vscode from 'vscode';

type User = {
  /** The buttons that the next messages are answered with. Without one, a message is closed. */
  readonly presses: (string | undefined | Promise<string | undefined>)[];
  /** The texts for the next inputs. Without one, an input is canceled. */
  readonly inputs: string[];
  /** What is chosen in the next quick picks. Without one, a quick pick is canceled. */
  readonly picks: ((items: readonly vscode.QuickPickItem[]) => readonly (vscode.QuickPickItem | undefined)[])[];
  /** The messages that were shown. */
  readonly told: string[];
  /** The details of these messages, empty for those without one. */
  readonly details: string[];
  /** The open documents. Each has a tab. */
  readonly documents: Pick<vscode.TextDocument, 'uri'>[];
  /** The documents that were shown in an editor. */
  readonly shown: vscode.Uri[];
};
type Stub = {
  readonly user: User;
  readonly window: object;
  readonly workspace: object;
  readonly commands: object;
  readonly Uri: new (parts: { readonly scheme: string; readonly path: string }) => vscode.Uri;
  readonly decorations: { readonly provider: vscode.FileDecorationProvider };
};

const STUB = new URL('scripted-vscode.mjs', import.meta.url).href;
const UI = new URL('../../../src/ui/', import.meta.url).href;

/**
 * Imports modules of `src/ui` for a scripted user. They are copies of their own: test files can share a process, and a module
 * that another one loaded has the `vscode` of that one.
 */
export async function loadScripted<T>(load: () => Promise<T>): Promise<T & { readonly stub: Stub }> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'vscode') {
        return { url: STUB, shortCircuit: true };
      }
      const resolved = next(specifier, context);
      return resolved.url.startsWith(UI) ? { ...resolved, url: `${resolved.url}?scripted` } : resolved;
    },
  });
  try {
    return { ...(await load()), stub: await import(STUB) };
  } finally {
    hooks.deregister();
  }
}

export function startOver({ user }: Stub): void {
  for (const each of [user.presses, user.inputs, user.picks, user.told, user.details, user.documents, user.shown]) {
    each.length = 0;
  }
}

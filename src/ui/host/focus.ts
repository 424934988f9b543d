import { AsyncLocalStorage } from 'node:async_hooks';
import type * as vscode from 'vscode';

/** Makes the page of a webview take the focus. Resolves once it has it, or if it cannot have it. */
export type TakeFocus = () => Promise<void>;

/** `page`: the page that started what runs now. Undefined once that is done: timers that it started keep the context. */
type Origin = { page: TakeFocus | undefined };
/** `overview`: the page whose context menu starts commands. */
type Shared = { readonly origin: AsyncLocalStorage<Origin>; overview?: TakeFocus | undefined };

declare global {
  /** Global, because each bundle has a copy of this module. */
  var cloudflareWebhooksFocus: Shared | undefined;
}
const shared: Shared = (globalThis.cloudflareWebhooksFocus ??= { origin: new AsyncLocalStorage() });

/** How long a page may take to answer, in milliseconds. */
const MOST_WAITING = 500;

/** Runs what a page started. After each modal of it, the page takes the focus back. */
export async function startedBy<T>(page: TakeFocus | undefined, run: () => Promise<T>): Promise<T> {
  const origin: Origin = { page };
  try {
    return await shared.origin.run(origin, run);
  } finally {
    origin.page = undefined;
  }
}

/** As {@link startedBy}, for a command of the context menu of the overview, whose argument VS Code marks with the webview. */
export async function startedFromMenu<T>(argument: unknown, run: () => Promise<T>): Promise<T> {
  const isFromPage = typeof argument === 'object' && argument !== null && 'webview' in argument;
  return isFromPage ? startedBy(shared.overview, run) : run();
}

export function setOverviewPage(page: TakeFocus | undefined): void {
  shared.overview = page;
}

/**
 * Waits for the answer to a modal, and until the page that started it has the focus back. VS Code gives it only to the frame
 * around the page, in which keys reach nothing (seen in 1.139). After a quick pick, which can be left by a click elsewhere,
 * VS Code decides.
 */
export async function keepingFocus<T>(modal: PromiseLike<T>): Promise<T> {
  try {
    return await modal;
  } finally {
    // The answer counts, whatever the page does.
    await shared.origin
      .getStore()
      ?.page?.()
      .catch(() => undefined);
  }
}

/**
 * Lets the page of a webview take the focus while its tab is the active one. `request` asks the page, which answers with
 * `taken`. A closed webview throws for `active`.
 */
export function createFocusTaker(
  panel: Pick<vscode.WebviewPanel, 'active'>,
  request: () => void,
): { readonly take: TakeFocus; readonly taken: () => void } {
  let taken: (() => void) | undefined;
  return {
    async take() {
      if (panel.active) {
        const answered = Promise.withResolvers<void>();
        const timer = setTimeout(answered.resolve, MOST_WAITING);
        taken = answered.resolve;
        request();
        await answered.promise;
        clearTimeout(timer);
      }
    },
    taken: () => taken?.(),
  };
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type * as vscode from 'vscode';

/** Makes the page of a webview take the focus. Resolves once it has it, or if it cannot have it. */
export type TakeFocus = () => Promise<void>;

/** `startedBy`: the page that started what runs now. `overview`: the page whose context menu starts commands. */
type Shared = { readonly startedBy: AsyncLocalStorage<TakeFocus>; overview?: TakeFocus | undefined };

declare global {
  /** Global, because each bundle has a copy of this module. */
  var cloudflareWebhooksFocus: Shared | undefined;
}
const shared: Shared = (globalThis.cloudflareWebhooksFocus ??= { startedBy: new AsyncLocalStorage() });

/** How long a page may take to answer, in milliseconds. */
const MOST_WAITING = 500;

/** Runs what a page started. After each question of it, the page takes the focus back. */
export function startedBy<T>(page: TakeFocus | undefined, run: () => T): T {
  return page ? shared.startedBy.run(page, run) : run();
}

/** As {@link startedBy}, for a command of the context menu of the overview, whose argument VS Code marks with the webview. */
export function startedFromMenu<T>(argument: unknown, run: () => T): T {
  const isFromPage = typeof argument === 'object' && argument !== null && 'webview' in argument;
  return startedBy(isFromPage ? shared.overview : undefined, run);
}

export function setOverviewPage(page: TakeFocus | undefined): void {
  shared.overview = page;
}

/**
 * Waits for the answer to a question, a modal or a quick pick, and until the page that started it has the focus back. VS Code
 * gives it to the page late, or only to the frame around it, in which keys reach nothing (seen in 1.139).
 */
export async function keepingFocus<T>(question: PromiseLike<T>): Promise<T> {
  const answer = await question;
  await shared.startedBy.getStore()?.();
  return answer;
}

/**
 * Lets the page of a webview take the focus while its tab is the active one. `request` asks the page, which answers with
 * `taken`.
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

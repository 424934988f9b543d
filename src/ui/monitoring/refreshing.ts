import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Store } from '../../core/monitoring/store.ts';
import { inView } from '../host/commands.ts';

/** After this time, in milliseconds, a notification shows the progress and can cancel it. */
const PATIENCE = 3_000;

/** Refreshes accounts (default: all) on the user's request, as fast as the token's rate limit allows. */
export async function refreshForUser(store: Store, accountIds?: readonly string[]): Promise<void> {
  const wanted = accountIds ?? store.entries().map(({ connection }) => connection.account.id);
  const title = vscode.l10n.t('Refreshing Cloudflare accounts');
  await withProgress({ title, total: wanted.length }, async (signal, onDone) =>
    store.refresh(wanted, { signal, onDone }),
  );
}

/**
 * Runs an operation over many accounts with the view's progress bar. If it takes long, a notification shows the count
 * and can cancel it.
 */
export async function withProgress<T>(
  { title, total }: { readonly title: string; readonly total: number },
  work: (signal: AbortSignal, onDone: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const ended = new AbortController();
  let done = 0;
  let report: (() => void) | undefined;
  const running = work(controller.signal, () => {
    done += 1;
    report?.();
  }).finally(() => ended.abort());

  async function tellLater(): Promise<void> {
    await delay(PATIENCE, undefined, { signal: ended.signal });
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    await vscode.window.withProgress(options, async (progress, token) => {
      token.onCancellationRequested(() => controller.abort());
      let reported = 0;
      report = () => {
        const increment = ((done - reported) / total) * 100;
        reported = done;
        progress.report({ increment, message: vscode.l10n.t('{0} of {1}', done, total) });
      };
      report();
      await running.catch(() => {});
    });
  }

  tellLater().catch(() => {});
  return inView(async () => running);
}

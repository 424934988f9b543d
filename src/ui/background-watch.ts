import * as vscode from 'vscode';
import type { Host } from '../core/api/transport.ts';
import type { CallBudgets } from '../core/call-budget.ts';
import type { Store } from '../core/store.ts';
import { createWatch, type Watch } from '../core/watch.ts';
import { onSettingChanged, readSettings } from './settings.ts';
import type { SharedSnapshots } from './shared-snapshots.ts';

const MINUTE = 60_000;
/** The longest the setting allows, and well below what a timer can hold. */
const LONGEST_INTERVAL = 24 * 60 * MINUTE;

/**
 * Reads the accounts again while this window has the focus, from when the stored ones are known (`loaded`). On coming
 * back it looks first at what another window has read meanwhile.
 */
export function createBackgroundWatch(
  store: Store,
  budgets: CallBudgets,
  snapshots: SharedSnapshots,
  host: Host,
  loaded: Promise<unknown>,
): vscode.Disposable & Pick<Watch, 'intervalOf'> {
  const watch = createWatch({
    store,
    budgets,
    now: host.now,
    after(milliseconds, work) {
      const timer = setTimeout(work, milliseconds);
      return () => clearTimeout(timer);
    },
    random: host.random,
    log: host.log,
  });
  let isDisposed = false;

  function follow(): void {
    if (!isDisposed) {
      const interval = Math.min(readSettings().refreshInterval * MINUTE, LONGEST_INTERVAL);
      watch.follow({ interval, focused: vscode.window.state.focused });
    }
  }

  async function comeBack(): Promise<void> {
    await loaded;
    if (vscode.window.state.focused) {
      await snapshots.adopt();
    }
    follow();
  }

  void comeBack();
  const subscriptions = vscode.Disposable.from(
    vscode.window.onDidChangeWindowState(() => void comeBack()),
    onSettingChanged('refreshInterval', follow),
  );
  return {
    intervalOf: watch.intervalOf,
    dispose() {
      isDisposed = true;
      subscriptions.dispose();
      watch.dispose();
    },
  };
}

import * as vscode from 'vscode';
import { createRefreshScheduler, type RefreshScheduler } from '../../core/monitoring/refresh-scheduler.ts';
import { onSettingChanged, readSettings } from '../host/settings.ts';
import type { Services } from '../../services.ts';

const MINUTE = 60_000;
/** The longest the setting allows, and well below what a timer can hold. */
const LONGEST_INTERVAL = 24 * 60 * MINUTE;

/** `intervalOf`: how often an account is really read, in milliseconds; 0 for never. */
export type BackgroundRefresh = vscode.Disposable & { readonly intervalOf: RefreshScheduler['intervalOf'] };

/**
 * Reads the accounts again while this window has the focus, from when the stored ones are known (`loaded`). On coming
 * back it looks first at what another window has read meanwhile.
 */
export function createBackgroundRefresh({
  store,
  budgets,
  snapshots,
  host,
  loaded,
}: Pick<Services, 'store' | 'budgets' | 'snapshots' | 'host' | 'loaded'>): BackgroundRefresh {
  const scheduler = createRefreshScheduler({
    store,
    budgets,
    now: host.now,
    elapsed: () => performance.now(),
    after(milliseconds, work) {
      const timer = setTimeout(work, milliseconds);
      return () => clearTimeout(timer);
    },
    random: host.random,
    log: host.log,
  });

  function follow(): void {
    const interval = Math.min(readSettings().refreshInterval * MINUTE, LONGEST_INTERVAL);
    scheduler.follow({ interval, focused: vscode.window.state.focused });
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
    scheduler,
  );
  return {
    intervalOf: (connection) => scheduler.intervalOf(connection),
    dispose: () => subscriptions.dispose(),
  };
}

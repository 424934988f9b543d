import * as vscode from 'vscode';
import { createRefreshScheduler, type RefreshScheduler } from '../../core/monitoring/refresh-scheduler.ts';
import { onSettingChanged, readSettings } from '../host/settings.ts';
import type { Services } from '../../services.ts';

const MINUTE = 60_000;
/** The maximum of the setting, which is far below the limit of a timer. */
const LONGEST_INTERVAL = 24 * 60 * MINUTE;

/** `intervalOf`: the effective refresh interval of an account, in milliseconds; 0 means never. */
export type BackgroundRefresh = vscode.Disposable & { readonly intervalOf: RefreshScheduler['intervalOf'] };

/**
 * Refreshes the accounts while this window has the focus, after the stored accounts are loaded (`loaded`). On focus it
 * first adopts newer snapshots of other windows.
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

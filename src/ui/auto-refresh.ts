import * as vscode from 'vscode';
import type { Store } from '../core/store.ts';
import { onSettingChanged, readSettings } from './settings.ts';

const MINUTE = 60_000;

/** Reads all accounts again every so many minutes, while this window has the focus; at once when it regains it late. */
export function createAutoRefresh(store: Store): vscode.Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Date.now();

  function schedule(): void {
    clearTimeout(timer);
    const interval = readSettings().refreshInterval * MINUTE;
    if (interval === 0 || store.entries().length === 0 || !vscode.window.state.focused) {
      return;
    }
    timer = setTimeout(
      () => {
        last = Date.now();
        void store.refresh(undefined, { background: true }).then(schedule);
      },
      Math.max(0, last + interval - Date.now()),
    );
  }

  const subscriptions = vscode.Disposable.from(
    vscode.window.onDidChangeWindowState(schedule),
    onSettingChanged('refreshInterval', schedule),
    { dispose: store.onChanged(({ accounts }) => accounts && schedule()) },
    { dispose: () => clearTimeout(timer) },
  );
  schedule();
  return subscriptions;
}

import * as vscode from 'vscode';

/**
 * Calls back once a minute, and on each window focus. Also without the focus: a window on another screen must not show old data
 * as current.
 */
export function createMinuteClock(onMinute: () => void): vscode.Disposable {
  const timer = setInterval(onMinute, 60_000);
  onMinute();
  return vscode.Disposable.from(
    vscode.window.onDidChangeWindowState(({ focused }) => focused && onMinute()),
    { dispose: () => clearInterval(timer) },
  );
}

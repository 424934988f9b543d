import * as vscode from 'vscode';

/** Calls back once a minute while the window has the focus, and on each window focus. */
export function createMinuteClock(onMinute: () => void): vscode.Disposable {
  let timer: ReturnType<typeof setInterval> | undefined;
  function follow({ focused }: { readonly focused: boolean }): void {
    clearInterval(timer);
    if (focused) {
      timer = setInterval(onMinute, 60_000);
      onMinute();
    }
  }
  follow(vscode.window.state);
  return vscode.Disposable.from(vscode.window.onDidChangeWindowState(follow), {
    dispose: () => clearInterval(timer),
  });
}

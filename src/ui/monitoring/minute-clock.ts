import * as vscode from 'vscode';

/** Calls once a minute, and on coming back to the window; never while nobody looks. */
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

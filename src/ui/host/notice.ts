import * as vscode from 'vscode';

export type NoticeKind = 'information' | 'warning' | 'error';

/** Shows a notification and resolves with the button that was pressed, if any. The message may hold anybody's text. */
export async function tell(
  kind: NoticeKind,
  message: string,
  ...buttons: readonly string[]
): Promise<string | undefined> {
  const text = withoutLinks(message);
  switch (kind) {
    case 'information':
      return vscode.window.showInformationMessage(text, ...buttons);
    case 'warning':
      return vscode.window.showWarningMessage(text, ...buttons);
    case 'error':
      return vscode.window.showErrorMessage(text, ...buttons);
    default:
      return kind satisfies never;
  }
}

/**
 * Text for a notification or its progress: VS Code would make a link of `[text](address)` in it, even one that runs a
 * command (`parseLinkedText`, allowed for notifications), and names are somebody's text.
 */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

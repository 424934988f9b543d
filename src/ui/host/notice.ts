import * as vscode from 'vscode';
import { plain } from '../../core/model/plain-text.ts';

export type NoticeKind = 'information' | 'warning' | 'error';

/** Shows a notification and resolves with the pressed button, if any. The message may contain untrusted text. */
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
 * Breaks Markdown links in a notification, its progress, or the prompt and validation message of an input. VS Code renders
 * `[text](address)` there as a link, even to a command (`parseLinkedText`), and names are untrusted text.
 */
export function withoutLinks(text: string): string {
  return plain(text).replaceAll('](', '] (');
}

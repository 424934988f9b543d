import * as vscode from 'vscode';
import { plain, removeInvisible } from '../../core/model/plain-text.ts';
import { keepingFocus } from './focus.ts';

export type NoticeKind = 'information' | 'warning' | 'error';

const METHODS = {
  information: 'showInformationMessage',
  warning: 'showWarningMessage',
  error: 'showErrorMessage',
} as const;

/** Shows a notification and resolves with the pressed button, if any. The message may contain untrusted text. */
export async function tell(
  kind: NoticeKind,
  message: string,
  ...buttons: readonly string[]
): Promise<string | undefined> {
  return vscode.window[METHODS[kind]](withoutLinks(message), ...buttons);
}

/**
 * Asks in a modal and resolves with the pressed button; undefined if the user cancels. The message and the detail, which
 * may have several lines, may contain untrusted text.
 */
export async function ask(message: string, detail: string, ...buttons: readonly string[]): Promise<string | undefined> {
  return showModal('warning', message, detail, ...buttons);
}

/** As {@link ask}, with another icon. */
export async function showModal(
  kind: NoticeKind,
  message: string,
  detail: string,
  ...buttons: readonly string[]
): Promise<string | undefined> {
  return keepingFocus(
    vscode.window[METHODS[kind]](withoutLinks(message), { modal: true, detail: removeInvisible(detail) }, ...buttons),
  );
}

/**
 * Breaks Markdown links in a notification, its progress, or the prompt and validation message of an input. VS Code renders
 * `[text](address)` there as a link, even to a command (`parseLinkedText`), and names are untrusted text.
 */
export function withoutLinks(text: string): string {
  return plain(text).replaceAll('](', '] (');
}

import * as vscode from 'vscode';
import { findRemoval } from '../../core/formats/json-document.ts';
import { plain } from '../../core/model/plain-text.ts';
import { toRange } from './commands.ts';
import { REFUSED, REMOVABLE, SECRET_IN_TEXT } from './diagnostics.ts';
import { type CommandId, MOVE_SECRET, TEST_DOCUMENT } from '../host/ids.ts';

/** The quick fixes: move the secret to a masked input, or remove a property that cannot be sent. */
export const jsonFixes: vscode.CodeActionProvider = {
  provideCodeActions: (document, _range, { diagnostics }) =>
    diagnostics.flatMap((diagnostic) => fix(document, diagnostic)),
};

function fix(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): readonly vscode.CodeAction[] {
  const kind = vscode.CodeActionKind.QuickFix;
  if (diagnostic.code === SECRET_IN_TEXT) {
    const title = vscode.l10n.t('Move the secret to a masked input');
    const action = new vscode.CodeAction(title, kind);
    const id: CommandId = `cloudflareWebhooks.${MOVE_SECRET}`;
    const command = { title, command: id, arguments: [document.uri.toString()] };
    return [Object.assign(action, { command, diagnostics: [diagnostic], isPreferred: true })];
  }
  if (diagnostic.code === REFUSED) {
    const title = vscode.l10n.t('Test from This Machine');
    const action = new vscode.CodeAction(title, kind);
    const id: CommandId = `cloudflareWebhooks.${TEST_DOCUMENT}`;
    const command = { title, command: id, arguments: [document.uri.toString()] };
    return [Object.assign(action, { command, diagnostics: [diagnostic] })];
  }
  if (!REMOVABLE.some((each) => each === diagnostic.code)) {
    return [];
  }
  const key = diagnostic.code === 'emptySecret' ? 'secret' : readKey(document.getText(diagnostic.range));
  const range = findRemoval(document.getText(), key);
  if (!range) {
    return [];
  }
  const edit = new vscode.WorkspaceEdit();
  edit.delete(document.uri, toRange(document, range));
  const action = new vscode.CodeAction(vscode.l10n.t('Remove “{0}”', plain(key)), kind);
  return [Object.assign(action, { edit, diagnostics: [diagnostic], isPreferred: true })];
}

function readKey(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return '';
  }
}

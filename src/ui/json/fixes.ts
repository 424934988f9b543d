import * as vscode from 'vscode';
import { findRemoval } from '../../core/formats/json-document.ts';
import { toRange } from './commands.ts';
import { REMOVABLE, SECRET_IN_TEXT } from './diagnostics.ts';

/** What is run by the fix of a secret in the text; takes the document's URI. Not contributed: it is of no use elsewhere. */
export const MOVE_SECRET = 'json.moveSecret';

/** The quick fixes for our diagnostics: the secret behind a mask, and away with a key that cannot be sent. */
export const jsonFixes: vscode.CodeActionProvider = {
  provideCodeActions: (document, _range, { diagnostics }) =>
    diagnostics.flatMap((diagnostic) => fix(document, diagnostic)),
};

function fix(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): readonly vscode.CodeAction[] {
  const kind = vscode.CodeActionKind.QuickFix;
  if (diagnostic.code === SECRET_IN_TEXT) {
    const title = vscode.l10n.t('Move the secret to a masked input');
    const action = new vscode.CodeAction(title, kind);
    const command = { title, command: `cloudflareWebhooks.${MOVE_SECRET}`, arguments: [document.uri.toString()] };
    return [Object.assign(action, { command, diagnostics: [diagnostic], isPreferred: true })];
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
  const action = new vscode.CodeAction(vscode.l10n.t('Remove “{0}”', key), kind);
  return [Object.assign(action, { edit, diagnostics: [diagnostic], isPreferred: true })];
}

function readKey(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return '';
  }
}

import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Draft } from '../../core/model/destination.ts';
import { findRemoval, findValue, formatDocument, parseDocument } from '../../core/formats/json-document.ts';
import { isSameId } from '../../core/model/id.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { addressOf, nextNewAddress, readAddress } from './addresses.ts';
import { JSON_LANGUAGE, JSON_SCHEME } from '../host/ids.ts';
import { isShown } from './tabs.ts';
import { askText } from '../host/quick-input.ts';

/** Runs Edit as JSON. An open document is shown again, even if its name in the URI is outdated. */
export async function openDestination({ connection, destination }: Located): Promise<void> {
  const accountId = connection.account.id;
  const address = addressOf(connection.account, destination);
  const isSame = ({ uri }: vscode.TextDocument): boolean => {
    const other = readAddress(uri);
    return other?.kind === 'existing' && other.accountId === accountId && isSameId(other.destinationId, destination.id);
  };
  // Only documents in a tab count, because VS Code keeps documents without a tab for minutes.
  const open = vscode.workspace.textDocuments.filter(isSame).find(({ uri }) => isShown(uri));
  const shown = isShown(address) ? address : (open?.uri ?? address);
  await vscode.window.showTextDocument(shown, { preview: false });
}

/** Runs Create Destination from JSON…: opens a new document with the draft of the active editor, if any. */
export async function openNewDocument({ account }: Connection, draft: Draft | undefined): Promise<void> {
  const editor = await vscode.window.showTextDocument(nextNewAddress(account), { preview: false });
  const { document } = editor;
  if (draft) {
    // Inserted as an edit, so that VS Code backs it up as unsaved and restores it after a window reload.
    const whole = new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length));
    await editor.edit((edit) => edit.replace(whole, formatDocument(draft)));
  }
  const name = findValue(document.getText(), 'name');
  if (name) {
    const [start, end] = [name.offset + 1, name.offset + name.length - 1];
    editor.selection = new vscode.Selection(document.positionAt(start), document.positionAt(end));
  }
}

/** Finds a destination in the format of the API in the selection of the active editor, or in its whole JSON. */
export function findDraftInEditor(): Draft | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    return undefined;
  }
  const { document, selection } = editor;
  const isJson = document.languageId === JSON_LANGUAGE || document.languageId.startsWith('json');
  const isWholeMeant = isJson && document.uri.scheme !== JSON_SCHEME;
  const wanted = selection.isEmpty ? undefined : parseDocument(document.getText(selection)).draft;
  return wanted ?? (isWholeMeant ? parseDocument(document.getText()).draft : undefined);
}

/** Moves the secret of a document to a masked input. Returns undefined, and changes nothing, if the user cancels. */
export async function takeSecret(document: vscode.TextDocument): Promise<string | undefined> {
  const answer = await askText<string>({
    title: vscode.l10n.t('Secret of This Document'),
    prompt: vscode.l10n.t('Enter the secret. It stays in memory, and the next save sends it.'),
    password: true,
    value: parseDocument(document.getText()).draft?.secret ?? '',
    check: (text) =>
      text === ''
        ? { ok: false, problem: vscode.l10n.t('Enter a secret, or press Escape to cancel.') }
        : { ok: true, value: text },
  });
  return answer.kind === 'value' && (await removeKey(document, 'secret')) ? answer.value : undefined;
}

async function removeKey(document: vscode.TextDocument, key: string): Promise<boolean> {
  const range = findRemoval(document.getText(), key);
  if (!range) {
    return false;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.delete(document.uri, toRange(document, range));
  return vscode.workspace.applyEdit(edit);
}

export function toRange(
  document: vscode.TextDocument,
  { offset, length }: { readonly offset: number; readonly length: number },
): vscode.Range {
  return new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
}

import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** The text that the editor writes for a destination. */
export const textOf = (name: string, url: string, secret?: string): string =>
  `${JSON.stringify({ name, url, ...(secret === undefined ? {} : { secret }) }, undefined, 2)}\n`;

export const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

export function active(): vscode.TextDocument {
  return vscode.window.activeTextEditor?.document ?? assert.fail('No document is shown');
}

/** The path of the active document. Empty while VS Code changes the editor. */
export const activePath = (): string => vscode.window.activeTextEditor?.document.uri.path ?? '';

/** The query of the URI of the active document, which has its IDs. */
export const activeQuery = (): string => vscode.window.activeTextEditor?.document.uri.query ?? '';

/** The text of the active document. Empty while VS Code changes the editor. */
export const activeText = (): string => vscode.window.activeTextEditor?.document.getText() ?? '';

/** The diagnostics from this extension only. */
export function ours({ uri }: vscode.TextDocument): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Cloudflare Webhooks');
}

/** Replaces the whole text of the document. */
export async function type(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const end = document.positionAt(document.getText().length);
  edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** The quick fixes of this extension at the first occurrence of the text. */
export async function fixesAt(document: vscode.TextDocument, text: string): Promise<readonly vscode.CodeAction[]> {
  const at = document.positionAt(document.getText().indexOf(text));
  const range = new vscode.Range(at, at);
  const found: readonly vscode.CodeAction[] = await vscode.commands.executeCommand(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
  return found.filter(({ title }) => /^(Move|Remove|Test)/.test(title));
}

/** Reverts and closes all editors, so that VS Code does not ask to save. */
export async function closeAll(): Promise<void> {
  for (const { uri, isDirty } of vscode.workspace.textDocuments.filter((each) => each.isDirty)) {
    assert.ok(isDirty);
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

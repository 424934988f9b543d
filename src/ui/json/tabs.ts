import * as vscode from 'vscode';

/** The tabs that show a document. */
export function tabsOf(uri: vscode.Uri): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
}

/** Replaces the document in its tabs with another document. Tabs with unsaved changes stay open. */
export async function swapEditor(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  const [first] = tabsOf(from);
  if (!first) {
    return;
  }
  await vscode.window.showTextDocument(to, { viewColumn: first.group.viewColumn, preview: false });
  // Queried again, because VS Code creates new tab objects.
  await vscode.window.tabGroups.close(
    tabsOf(from).filter(({ isDirty }) => !isDirty),
    true,
  );
}

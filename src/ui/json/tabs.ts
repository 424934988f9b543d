import * as vscode from 'vscode';

/** The tabs that show a document. */
export function tabsOf(uri: vscode.Uri): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
}

/** Shows another document where this one is shown. One with unsaved changes stays beside it; one that is not shown stays so. */
export async function swapEditor(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  const [first] = tabsOf(from);
  if (!first) {
    return;
  }
  await vscode.window.showTextDocument(to, { viewColumn: first.group.viewColumn, preview: false });
  // Asked for again: VS Code has made new ones meanwhile.
  await vscode.window.tabGroups.close(
    tabsOf(from).filter(({ isDirty }) => !isDirty),
    true,
  );
}

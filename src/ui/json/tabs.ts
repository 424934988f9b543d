import * as vscode from 'vscode';
import { JSON_LANGUAGE } from '../host/ids.ts';

/** The documents in a tab. A diff editor has two. */
export function documentsOf({ input }: vscode.Tab): readonly vscode.Uri[] {
  if (input instanceof vscode.TabInputText) {
    return [input.uri];
  }
  return input instanceof vscode.TabInputTextDiff ? [input.original, input.modified] : [];
}

/** Whether a tab contains the document. */
export function isShown(uri: vscode.Uri): boolean {
  return allTabs().some((tab) => documentsOf(tab).some((each) => each.toString() === uri.toString()));
}

/** The documents without a tab. VS Code can keep their text for minutes. */
export type HiddenDocuments = vscode.Disposable & { has(uri: vscode.Uri): boolean };

/** Calls back when a document was closed. VS Code says so of a document whose language changed too, which stays open. */
export function onDidCloseDocument(listener: (uri: vscode.Uri) => void): vscode.Disposable {
  return vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    if (!vscode.workspace.textDocuments.some((each) => each.uri.toString() === uri.toString())) {
      listener(uri);
    }
  });
}

/** `onHidden`: the last tab of a document was closed, or the document. `onShown`: a document has a tab again. */
export function watchHiddenDocuments(onHidden: (uri: vscode.Uri) => void, onShown: () => void): HiddenDocuments {
  const hidden = new Set<string>();
  const subscriptions = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(({ uri }) => hidden.delete(uri.toString())),
    vscode.window.tabGroups.onDidChangeTabs(({ opened, closed }) => {
      for (const uri of closed.flatMap(documentsOf).filter((each) => !isShown(each))) {
        hidden.add(uri.toString());
        onHidden(uri);
      }
      if (opened.flatMap(documentsOf).filter((each) => hidden.delete(each.toString())).length > 0) {
        onShown();
      }
    }),
    onDidCloseDocument((uri) => {
      hidden.delete(uri.toString());
      onHidden(uri);
    }),
  );
  return { has: (uri) => hidden.has(uri.toString()), dispose: () => void subscriptions.dispose() };
}

/** The tabs that show a document, except diff editors. */
export function tabsOf(uri: vscode.Uri): readonly vscode.Tab[] {
  return allTabs().filter(
    ({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString(),
  );
}

/** Replaces the document in its tabs with another document. Tabs with unsaved changes stay open. */
export async function swapEditor(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const isFocused = editor?.document.uri.toString() === from.toString();
  for (const { group, isActive } of tabsOf(from)) {
    const { viewColumn } = group;
    await vscode.commands.executeCommand('vscode.open', to, {
      viewColumn,
      preview: false,
      preserveFocus: !isFocused,
      background: !isActive,
      ...(isFocused ? { selection: editor.selection } : {}),
    });
  }
  await closeTabs(from);
}

/** Closes the tabs of a document that have no unsaved changes. */
export async function closeTabs(uri: vscode.Uri): Promise<void> {
  // A document that was edited a moment ago can be ahead of its tabs. VS Code would ask whether to save it.
  const isEdited = vscode.workspace.textDocuments.some(
    (each) => each.uri.toString() === uri.toString() && each.isDirty,
  );
  if (!isEdited) {
    await vscode.window.tabGroups.close(
      tabsOf(uri).filter(({ isDirty }) => !isDirty),
      true,
    );
  }
}

function allTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
}

/**
 * Gives documents the language for which auto save is off, now and when they are opened: a setting such as
 * `files.associations` can give them another one.
 */
export function keepLanguage(isOurs: (document: vscode.TextDocument) => boolean): vscode.Disposable {
  const set = (document: vscode.TextDocument): void => {
    if (isOurs(document) && document.languageId !== JSON_LANGUAGE) {
      // A document that was closed in between has no language.
      vscode.languages.setTextDocumentLanguage(document, JSON_LANGUAGE).then(undefined, () => undefined);
    }
  };
  vscode.workspace.textDocuments.forEach(set);
  return vscode.workspace.onDidOpenTextDocument(set);
}

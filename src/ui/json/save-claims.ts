import * as vscode from 'vscode';
import { notSaved } from './messages.ts';

/** A save that VS Code announced before it writes the document. */
export type AnnouncedSave = { readonly reason: vscode.TextDocumentSaveReason; readonly text: string };

/** The last announced save of each document, by URI. `lazy-editing.ts` fills it from the start of the extension. */
export type AnnouncedSaves = Map<string, AnnouncedSave>;

/** Decides which writes may send a request: only those that belong to an explicit save. */
export type SaveClaims = {
  /** Called by `stat`: VS Code calls it before it writes, and compares the answer with its own version. */
  prepare(uri: vscode.Uri): Promise<void>;
  /** Throws a `FileSystemError` unless the write belongs to an explicit save. One save allows one write. */
  claim(uri: vscode.Uri, text: string): Promise<void>;
};

type Preparation = { readonly texts: readonly string[]; readonly refreshed: Promise<void> };

/**
 * VS Code announces no save when it shuts down, when a listener before this one is slow, or for `workspace.fs`. Then
 * nothing is recorded, and the write is refused. `refresh` brings the store up to date, once per explicit save. It runs
 * in `stat` or `writeFile`, because VS Code drops a listener whose `waitUntil` takes longer than 1.5 seconds four times.
 */
export function createSaveClaims(announced: AnnouncedSaves, refresh: (uri: vscode.Uri) => Promise<void>): SaveClaims {
  const preparations = new WeakMap<AnnouncedSave, Preparation>();

  function prepare(uri: vscode.Uri, save: AnnouncedSave): Preparation {
    const before = preparations.get(save);
    if (before) {
      return before;
    }
    // Another extension can change the text between the announcement and the first `stat`, for example to format it.
    const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
    const texts = [save.text, ...(open ? [open.getText()] : [])];
    const preparation = { texts, refreshed: refresh(uri) };
    preparations.set(save, preparation);
    return preparation;
  }

  return {
    async prepare(uri) {
      const save = announced.get(uri.toString());
      if (save?.reason === vscode.TextDocumentSaveReason.Manual) {
        await prepare(uri, save).refreshed;
      }
    },
    async claim(uri, text) {
      const save = announced.get(uri.toString());
      announced.delete(uri.toString());
      if (save && save.reason !== vscode.TextDocumentSaveReason.Manual) {
        throw notSaved(
          vscode.l10n.t(
            'Auto Save does not save this document, because saving changes something at Cloudflare. Save it manually.',
          ),
        );
      }
      const preparation = save && prepare(uri, save);
      if (!preparation?.texts.includes(text)) {
        throw notSaved(
          vscode.l10n.t(
            'Nothing was sent to Cloudflare, because VS Code did not report an explicit save. Run “File: Save”. If this message appears again, reload the window.',
          ),
        );
      }
      await preparation.refreshed;
    },
  };
}

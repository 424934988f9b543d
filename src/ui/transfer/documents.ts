import * as vscode from 'vscode';
import { plain } from '../../core/model/plain-text.ts';
import { TRANSFER_SCHEME } from '../host/ids.ts';

/** Read-only documents in memory: the plan of an import, and a fresh export to compare a file with. */
export type TransferDocuments = {
  /** Returns the address of a document with this content. Its name is shown in the tab. */
  add(name: string, content: string): vscode.Uri;
  provide(uri: vscode.Uri): string;
};

/** How many documents are kept. VS Code asks again only for those that it shows. */
const MOST_KEPT = 20;

export function createTransferDocuments(): TransferDocuments {
  const kept = new Map<string, string>();
  let count = 0;
  return {
    add(name, content) {
      count += 1;
      const path = `/${plain(name, 80).replaceAll(/[/\\:*?"<>|#%]+/g, '-')}`;
      const uri = vscode.Uri.from({ scheme: TRANSFER_SCHEME, path, query: `${Date.now().toString(36)}-${count}` });
      kept.set(uri.toString(), content);
      for (const [oldest] of kept) {
        if (kept.size > MOST_KEPT) {
          kept.delete(oldest);
        }
      }
      return uri;
    },
    provide: (uri) =>
      kept.get(uri.toString()) ?? vscode.l10n.t('This document was for one window only. Run the command again.'),
  };
}

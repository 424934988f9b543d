import * as vscode from 'vscode';
import { plain } from '../../core/model/plain-text.ts';

/** As `showQuickPick` of VS Code. The title and the items may contain untrusted text. */
export async function pickOne<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  options: vscode.QuickPickOptions & { readonly title: string },
): Promise<Item | undefined> {
  return vscode.window.showQuickPick(items.map(toPlainItem), { ...options, title: plain(options.title) });
}

/** The item with its texts as single lines. An icon belongs into `iconPath`, because `$(name)` is escaped. */
export function toPlainItem<Item extends vscode.QuickPickItem>(item: Item): Item {
  const { label, description = '', detail = '' } = item;
  return {
    ...item,
    label: escapeIcons(label),
    description: escapeIcons(description),
    detail: escapeIcons(detail),
  };
}

/** VS Code makes an icon of `$(name)` in a quick pick and a code lens, unless a backslash precedes it. */
export function escapeIcons(text: string): string {
  return plain(text).replaceAll(/\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, String.raw`\$&`);
}

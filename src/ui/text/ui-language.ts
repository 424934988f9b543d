import * as vscode from 'vscode';

/**
 * The language of the strings that the user reads, for dates, numbers and lists among them: the language of VS Code if
 * the extension is translated into it (`l10n/`), else English.
 */
export function uiLanguage(): string {
  return vscode.l10n.bundle === undefined ? 'en' : vscode.env.language;
}

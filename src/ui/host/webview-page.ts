import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { uiLanguage } from '../text/ui-language.ts';

/** A page that is one script and style sheets: `dist/<name>/<name>.js` and `media/<name>/<name>.css`. */
export type WebviewPage = { readonly name: string; readonly title: string };

/** The only folders of the extension that the page can load. */
export function webviewRoots(extensionUri: vscode.Uri, name: string): readonly vscode.Uri[] {
  return [
    ['dist', name],
    ['media', name],
    ['media', 'shared'],
  ].map((parts) => vscode.Uri.joinPath(extensionUri, ...parts));
}

/** The HTML of a page: one script with a nonce, and the style sheets. The script renders the content. */
export function webviewPage(webview: vscode.Webview, extensionUri: vscode.Uri, { name, title }: WebviewPage): string {
  const nonce = randomBytes(24).toString('base64url');
  const uriOf = (...parts: readonly string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...parts)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${uiLanguage()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${uriOf('media', 'shared', 'page.css')}">
<link rel="stylesheet" href="${uriOf('media', 'shared', 'strip.css')}">
<link rel="stylesheet" href="${uriOf('media', name, `${name}.css`)}">
</head>
<body>
<script nonce="${nonce}" src="${uriOf('dist', name, `${name}.js`)}"></script>
</body>
</html>`;
}

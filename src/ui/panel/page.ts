import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The only folders of the extension that the page can load. */
export function panelRoots(extensionUri: vscode.Uri): readonly vscode.Uri[] {
  return [
    ['dist', 'panel'],
    ['media', 'panel'],
    ['media', 'shared'],
  ].map((parts) => vscode.Uri.joinPath(extensionUri, ...parts));
}

/** The HTML of the page: one script with a nonce, and the style sheets. The script renders the content. */
export function panelPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
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
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${vscode.l10n.t('Webhook Destination')}</title>
<link rel="stylesheet" href="${uriOf('media', 'panel', 'panel.css')}">
<link rel="stylesheet" href="${uriOf('media', 'shared', 'strip.css')}">
</head>
<body>
<script nonce="${nonce}" src="${uriOf('dist', 'panel', 'panel.js')}"></script>
</body>
</html>`;
}

import * as vscode from 'vscode';
import type { Destination } from '../../core/model/destination.ts';
import { plainName } from '../../core/model/plain-text.ts';
import { JSON_SCHEME } from '../host/ids.ts';

const ENDING = '.cfwebhook.json';

/** The target of a document URI. The IDs identify it; the name is for display only. */
export type JsonAddress =
  | { readonly kind: 'existing'; readonly accountId: string; readonly destinationId: string }
  | { readonly kind: 'new'; readonly accountId: string };

/** `/<account>/<destination>/<name>.cfwebhook.json` */
export function addressOf(accountId: string, { id, name }: Destination): vscode.Uri {
  return makeUri(accountId, id, safeName(name));
}

/** `/<account>/new/<n>/New Destination.cfwebhook.json`, unique even after a window reload. */
export function nextNewAddress(accountId: string): vscode.Uri {
  return makeUri(accountId, 'new', Date.now().toString(36), vscode.l10n.t('New Destination'));
}

/** Undefined for a folder above a document. */
export function readAddress(uri: vscode.Uri): JsonAddress | undefined {
  const [accountId = '', destinationId = '', ...rest] = uri.path.split('/').slice(1);
  const isNew = destinationId === 'new';
  if (uri.scheme !== JSON_SCHEME || !uri.path.endsWith(ENDING) || rest.length !== (isNew ? 2 : 1)) {
    return undefined;
  }
  return isNew ? { kind: 'new', accountId } : { kind: 'existing', accountId, destinationId };
}

/** Whether a document contains a destination, by its scheme and file name. */
export function isDestinationDocument({ uri }: vscode.TextDocument): boolean {
  return uri.path.endsWith(ENDING) && [JSON_SCHEME, 'file', 'untitled', 'vscode-remote'].includes(uri.scheme);
}

function makeUri(...segments: readonly string[]): vscode.Uri {
  return vscode.Uri.from({ scheme: JSON_SCHEME, path: `/${segments.join('/')}${ENDING}` });
}

/** Sanitizes a name for a path: no separators, invisible or bidirectional characters, and a limited length. */
export function safeName(name: string, otherwise = 'destination'): string {
  const printable = plainName(name)
    .replaceAll(/[/\\:*?"<>|#%]+/g, '-')
    .trim();
  const short = printable.slice(0, 60).replace(/[\uD800-\uDBFF]$/, '');
  return /^\.*$/.test(short) ? otherwise : short;
}

import * as vscode from 'vscode';
import type { Account } from '../../core/model/account.ts';
import type { ShownDestination } from '../../core/model/destination.ts';
import { plainName } from '../../core/model/plain-text.ts';
import { JSON_SCHEME } from '../host/ids.ts';

const ENDING = '.cfwebhook.json';

/** The target of a document URI. The IDs identify it; the names of account and file are for display only. */
export type JsonAddress =
  | { readonly kind: 'existing'; readonly accountId: string; readonly destinationId: string }
  | { readonly kind: 'new'; readonly accountId: string };

/** `/<account name>/<name>.cfwebhook.json?account=<id>&destination=<id>`: VS Code shows the path as a breadcrumb. */
export function addressOf(account: Account, { id, name }: Pick<ShownDestination, 'id' | 'name'>): vscode.Uri {
  return makeUri(account, safeName(name) + ENDING, { destination: id });
}

/** `/<account name>/New Destination.cfwebhook.json?account=<id>&new=<n>`, unique even after a window reload. */
export function nextNewAddress(account: Account): vscode.Uri {
  return makeUri(account, vscode.l10n.t('New Destination') + ENDING, { new: Date.now().toString(36) });
}

/** Undefined for a folder above a document. */
export function readAddress(uri: vscode.Uri): JsonAddress | undefined {
  const ids = uri.scheme === JSON_SCHEME && uri.path.endsWith(ENDING) ? readIds(uri) : {};
  const { account: accountId, destination: destinationId } = ids;
  if (accountId === undefined) {
    return undefined;
  }
  if (ids.new !== undefined) {
    return { kind: 'new', accountId };
  }
  return destinationId === undefined ? undefined : { kind: 'existing', accountId, destinationId };
}

/** Whether a document contains a destination, by its scheme and file name. */
export function isDestinationDocument({ uri }: vscode.TextDocument): boolean {
  return uri.path.endsWith(ENDING) && [JSON_SCHEME, 'file', 'untitled', 'vscode-remote'].includes(uri.scheme);
}

type Ids = Readonly<Partial<Record<'account' | 'destination' | 'policy' | 'new', string>>>;

/** A document of this account. The file name is the last part of the path, and the IDs are in the query. */
export function makeUri({ id, name }: Account, file: string, ids: Ids): vscode.Uri {
  return vscode.Uri.from({
    scheme: JSON_SCHEME,
    path: `/${safeName(name, 'account')}/${file}`,
    query: new URLSearchParams({ account: id, ...ids }).toString(),
  });
}

/** The IDs in the query, or in the path of a document that an earlier version opened. */
export function readIds({ path, query }: vscode.Uri): Ids {
  if (query !== '') {
    return Object.fromEntries(new URLSearchParams(query));
  }
  const [account, ...parts] = path.split('/').slice(1, -1);
  const isPolicy = parts[0] === 'policies';
  const [id, n] = isPolicy ? parts.slice(1) : parts;
  const length = (isPolicy ? 1 : 0) + (id === 'new' ? 2 : 1);
  if (!account || !id || parts.length !== length) {
    return {};
  }
  return { account, ...(id === 'new' ? { new: n ?? '' } : isPolicy ? { policy: id } : { destination: id }) };
}

/** Sanitizes a name for a path: no separators, invisible or bidirectional characters, and a limited length. */
export function safeName(name: string, otherwise = 'destination'): string {
  const printable = plainName(name)
    .replaceAll(/[/\\:*?"<>|#%]+/g, '-')
    .trim();
  const short = printable.slice(0, 60).replace(/[\uD800-\uDBFF]$/, '');
  return /^\.*$/.test(short) ? otherwise : short;
}

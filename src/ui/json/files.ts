import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import { ApiError, isNotFound } from '../../core/api/api-error.ts';
import type { Destination } from '../../core/model/destination.ts';
import { formatDocument } from '../../core/formats/json-document.ts';
import { findById, isSameId } from '../../core/model/id.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { mayExist } from '../../core/monitoring/account-state.ts';
import { addressOf, readAddress } from './addresses.ts';
import { describeUnclear } from '../text/destination.ts';
import { describeProblem } from '../text/error.ts';
import { decodeSaved, notSaved, refuseFileOperation } from './messages.ts';
import type { DocumentMemory, Told } from './document-memory.ts';
import type { SaveClaims } from './save-claims.ts';

/** One save that VS Code requested. */
export type JsonWrite = {
  readonly uri: vscode.Uri;
  readonly text: string;
  readonly connection: Connection;
  /** `new`: never saved. `gone`: the destination was deleted at Cloudflare. */
  readonly target: Destination | 'new' | 'gone';
  /** Whether the content at Cloudflare changed in a way that VS Code cannot detect. */
  readonly isStale: boolean;
};

/** The destination of a saved document, and why VS Code must keep the text unsaved although something was sent. */
export type Saved = { readonly id: string; readonly keepUnsaved?: string };

/** The file system of scheme `cfwebhook:`, which shows the destinations of the store as JSON. */
export type JsonFiles = vscode.Disposable & {
  readonly provider: vscode.FileSystemProvider;
  /** The destination of a document; undefined if it is new or was deleted. */
  destinationOf(uri: vscode.Uri): Destination | undefined;
  /** The current URI of the destination of a document, if it differs: after creating, renaming or replacing it. */
  movedTo(uri: vscode.Uri): vscode.Uri | undefined;
  /** Whether the destination of a document was deleted. */
  isGone(uri: vscode.Uri): boolean;
  /** The documents of a replaced destination show the new destination from now on. */
  follow(accountId: string, oldId: string, newId: string): void;
  /** Makes the next save of exactly this text send nothing, so that a document that is no longer needed can be closed. */
  abandon(uri: vscode.Uri, text: string, save: () => Thenable<boolean>): Promise<void>;
  /** Makes VS Code reload a document if its content differs from the written `text`. */
  rereadUnless(uri: vscode.Uri, text: string): void;
};

/** The content of a document and its change time, on which VS Code's conflict dialog depends. */
type Version = Told & { readonly text: string | undefined; readonly at: number };

const NEW_DOCUMENT = formatDocument({ name: '', url: '' });

export type JsonFilesParts = {
  readonly store: Store;
  /** Resolves once the accounts are loaded. */
  readonly loaded: Promise<unknown>;
  readonly claims: SaveClaims;
  readonly memory: DocumentMemory;
  /** Writes a document, or throws a `FileSystemError` with the reason. */
  readonly save: (write: JsonWrite) => Promise<Saved>;
};

export function createJsonFiles({ store, loaded, claims, memory, save }: JsonFilesParts): JsonFiles {
  const abandoned = new Map<string, string>();
  const told = new Map<string, Version>();
  /** The destinations that documents of this window created, or whose destination they replaced. */
  const bound = new Map<string, string>();
  const writing = new Set<string>();
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();

  function destinationIdOf(uri: vscode.Uri): string | undefined {
    const address = readAddress(uri);
    return (
      bound.get(uri.toString()) ??
      memory.destinationIdOf(uri) ??
      (address?.kind === 'existing' ? address.destinationId : undefined)
    );
  }

  function bind(uri: vscode.Uri, id: string): void {
    bound.set(uri.toString(), id);
    memory.bind(uri, id);
  }

  function destinationOf(uri: vscode.Uri): Destination | undefined {
    const wanted = destinationIdOf(uri);
    const last = store.entry(readAddress(uri)?.accountId ?? '')?.state.last;
    return wanted === undefined ? undefined : findById(last?.destinations ?? [], wanted);
  }

  /** Whether the destination of a document may exist although it is not listed. */
  function isUnclear(uri: vscode.Uri): boolean {
    const entry = store.entry(readAddress(uri)?.accountId ?? '');
    return entry !== undefined && mayExist(entry, destinationIdOf(uri) ?? '');
  }

  /** The current content and its change time. */
  function look(uri: vscode.Uri): Version {
    const destination = destinationOf(uri);
    const blank = destinationIdOf(uri) === undefined ? NEW_DOCUMENT : undefined;
    const text = destination ? formatDocument({ name: destination.name, url: destination.url }) : blank;
    const before = told.get(uri.toString());
    // A destination that was just created is missing until the next refresh, and any one may be missing in an incomplete list.
    const isMissing = text === undefined && (bound.has(uri.toString()) || isUnclear(uri));
    if (before && (before.text === text || isMissing)) {
      return before;
    }
    const now = { ...before, text, at: Math.max(Date.now(), (before?.at ?? 0) + 1) };
    told.set(uri.toString(), now);
    return now;
  }

  /** Waits until the account of a document is loaded, for example after a window reload. */
  async function connect(uri: vscode.Uri): Promise<Connection> {
    await loaded;
    const accountId = readAddress(uri)?.accountId ?? '';
    const before = store.entry(accountId);
    if (before && !before.state.last) {
      await store.refresh([accountId]);
    }
    const entry = store.entry(accountId);
    if (!entry) {
      throw vscode.FileSystemError.Unavailable(vscode.l10n.t('The Cloudflare account was removed from VS Code.'));
    }
    if (entry.state.kind === 'failed' && !entry.state.last) {
      const { sentence } = describeProblem(entry.state.error, entry.connection.account.name);
      throw notSaved(sentence);
    }
    return entry.connection;
  }

  async function find(uri: vscode.Uri): Promise<Version & { readonly text: string }> {
    if (!readAddress(uri)) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    await connect(uri);
    const { text, ...rest } = look(uri);
    if (text === undefined) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    return { text, ...rest };
  }

  function announce(): void {
    const events = [...told].flatMap(([key, before]): vscode.FileChangeEvent[] => {
      const uri = vscode.Uri.parse(key, true);
      // VS Code checks a document itself after its save.
      if (writing.has(key) || look(uri).text === before.text) {
        return [];
      }
      return [{ uri, type: kindOfChange(before.text, look(uri).text) }];
    });
    if (events.length > 0) {
      changed.fire(events);
    }
  }

  async function write(uri: vscode.Uri, text: string): Promise<void> {
    if (abandoned.get(uri.toString()) === text) {
      return;
    }
    await claims.claim(uri, text);
    const connection = await connect(uri);
    const destination = destinationOf(uri);
    const before = look(uri);
    const target = destination ?? (destinationIdOf(uri) === undefined ? 'new' : 'gone');
    if (target === 'gone' && isUnclear(uri)) {
      await requireGone(connection, destinationIdOf(uri) ?? '');
    }
    let keepUnsaved: string | undefined;
    writing.add(uri.toString());
    try {
      const isStale = destination !== undefined && memory.seenOf(uri, before) !== before.text;
      const saved = await save({ uri, text, connection, target, isStale });
      keepUnsaved = saved.keepUnsaved;
      if (!isSameId(saved.id, destinationIdOf(uri) ?? '')) {
        bind(uri, saved.id);
      }
      const now = look(uri);
      const seen = now.text === undefined ? {} : { looked: now.text, read: now.text };
      // With a new time, VS Code would report the user's own change as a conflict at the next save.
      const at = keepUnsaved === undefined ? now.at : before.at;
      told.set(uri.toString(), { ...now, ...seen, at });
      if (now.text !== undefined) {
        memory.remember(uri, now.text);
      }
    } catch (error) {
      const now = look(uri);
      if (now.text !== before.text) {
        changed.fire([{ uri, type: kindOfChange(before.text, now.text) }]);
      }
      throw error;
    } finally {
      writing.delete(uri.toString());
    }
    if (keepUnsaved !== undefined) {
      throw notSaved(keepUnsaved);
    }
  }

  const subscription = store.onChanged(announce);
  return {
    provider: {
      onDidChangeFile: changed.event,
      watch: () => new vscode.Disposable(() => {}),
      async stat(uri) {
        if (!readAddress(uri)) {
          return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
        }
        if (abandoned.has(uri.toString())) {
          // Older than every version that VS Code has, so that it reports no conflict.
          return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: 0 };
        }
        await claims.prepare(uri);
        const { text, at } = await find(uri);
        told.set(uri.toString(), { ...look(uri), looked: text });
        return { type: vscode.FileType.File, ctime: 0, mtime: at, size: Buffer.byteLength(text) };
      },
      async readFile(uri) {
        const found = await find(uri);
        told.set(uri.toString(), { ...found, read: found.text });
        memory.remember(uri, found.text);
        return Buffer.from(found.text);
      },
      writeFile: async (uri, content) => write(uri, decodeSaved(content)),
      readDirectory: () => [],
      createDirectory() {},
      delete: refuseFileOperation,
      rename: refuseFileOperation,
    },
    destinationOf,
    movedTo(uri) {
      const destination = destinationOf(uri);
      const address = readAddress(uri);
      const account = store.entry(address?.accountId ?? '')?.connection.account;
      if (!destination || !account) {
        return undefined;
      }
      const { id, name } = destination;
      // Cloudflare writes the same ID in two forms, so the one in the URI stays.
      const isSame = address?.kind === 'existing' && isSameId(address.destinationId, id);
      const now = addressOf(account, { id: isSame ? address.destinationId : id, name });
      return now.toString() === uri.toString() ? undefined : now;
    },
    isGone(uri) {
      const address = readAddress(uri);
      const isKnown = address?.kind === 'existing' && store.entry(address.accountId)?.state.kind === 'ready';
      return isKnown && !bound.has(uri.toString()) && !isUnclear(uri) && !destinationOf(uri);
    },
    follow(accountId, oldId, newId) {
      for (const uri of [...told.keys()].map((key) => vscode.Uri.parse(key, true))) {
        if (readAddress(uri)?.accountId === accountId && isSameId(destinationIdOf(uri) ?? '', oldId)) {
          bind(uri, newId);
        }
      }
    },
    async abandon(uri, text, saveNow) {
      abandoned.set(uri.toString(), text);
      try {
        await saveNow();
      } finally {
        abandoned.delete(uri.toString());
      }
    },
    rereadUnless(uri, text) {
      const now = look(uri);
      if (now.text !== undefined && now.text !== text) {
        told.set(uri.toString(), { ...now, at: Math.max(Date.now(), now.at + 1) });
        changed.fire([{ uri, type: vscode.FileChangeType.Changed }]);
      }
    },
    dispose() {
      subscription();
      changed.dispose();
    },
  };
}

function kindOfChange(before: string | undefined, now: string | undefined): vscode.FileChangeType {
  if (now === undefined) {
    return vscode.FileChangeType.Deleted;
  }
  return before === undefined ? vscode.FileChangeType.Created : vscode.FileChangeType.Changed;
}

/** Asks Cloudflare for a destination that an incomplete list does not show. Throws why nothing is saved. */
async function requireGone({ account, api }: Connection, destinationId: string): Promise<void> {
  const error: unknown = await api.getDestination(account.id, destinationId).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isNotFound(error)) {
    throw notSaved(error instanceof ApiError ? describeProblem(error, account.name).sentence : describeUnclear());
  }
}

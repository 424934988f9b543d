import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import { describeForLog } from '../../core/api/api-error.ts';
import type { Log } from '../../core/api/transport.ts';
import type { State } from '../host/ordered-state.ts';

/** What is remembered of a document across a window reload: VS Code restores unsaved text without calling `readFile`. */
type Entry = {
  /** A short hash of the content that VS Code read last: too short to confirm a guessed URL. */
  readonly digest?: string;
  /** Its size in bytes. */
  readonly size?: number;
  /** What the document became when it was saved for the first time. */
  readonly policyId?: string;
  /** The destination that the document created, or that replaced its destination. */
  readonly destinationId?: string;
};

export type DocumentMemory = {
  policyIdOf(uri: vscode.Uri): string | undefined;
  destinationIdOf(uri: vscode.Uri): string | undefined;
  /** From now on, the document belongs to this destination. */
  bind(uri: vscode.Uri, destinationId: string): void;
  remember(uri: vscode.Uri, content: string, policyId?: string): void;
  /** The content that the user has seen, or that VS Code asks about before it saves. Undefined if neither is known. */
  seenOf(uri: vscode.Uri, told: Told): string | undefined;
};

/** The content of a document at the last `stat` and at the last `readFile` of this window. */
export type Told = { readonly looked?: string; readonly read?: string };

const KEY = 'jsonDocuments';
const MOST_KEPT = 50;

/**
 * `state`: the one of the workspace, which VS Code restores with the documents of a window. Documents are read again at each
 * refresh, and a window that writes globalState can undo a change of the accounts by another window.
 */
export function createDocumentMemory(state: State, log: Log): DocumentMemory {
  function read(): ReadonlyMap<string, Entry> {
    const value = state.get(KEY);
    return new Map(Array.isArray(value) ? value.filter(isPair) : []);
  }

  function put(uri: vscode.Uri, changes: Entry): void {
    const key = uri.toString();
    const entries = read();
    const before = entries.get(key);
    const after = { ...before, ...changes };
    if (JSON.stringify(after) === JSON.stringify(before)) {
      return;
    }
    const others = [...entries].filter(([each]) => each !== key);
    state
      .update(KEY, [...others, [key, after]].slice(-MOST_KEPT))
      .catch((error: unknown) => log('error', `What a document was could not be stored: ${describeForLog(error)}`));
  }

  return {
    policyIdOf: (uri) => read().get(uri.toString())?.policyId,
    destinationIdOf(uri) {
      const id: unknown = read().get(uri.toString())?.destinationId;
      return typeof id === 'string' ? id : undefined;
    },
    bind: (uri, destinationId) => put(uri, { destinationId }),
    remember: (uri, content, policyId) =>
      put(uri, {
        digest: digestOf(content),
        size: Buffer.byteLength(content),
        ...(policyId === undefined ? {} : { policyId }),
      }),
    seenOf(uri, told) {
      const { digest, size } = read().get(uri.toString()) ?? {};
      const readSize = told.read === undefined ? size : Buffer.byteLength(told.read);
      // VS Code asks about a change only if both time and size differ, and only at the `stat` before the save.
      const isAsked =
        told.looked !== undefined && readSize !== undefined && Buffer.byteLength(told.looked) !== readSize;
      if (isAsked || told.read === undefined) {
        return isAsked || (told.looked !== undefined && digestOf(told.looked) === digest) ? told.looked : undefined;
      }
      return told.read;
    },
  };
}

function digestOf(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 8);
}

function isPair(value: unknown): value is readonly [string, Entry] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'object' && value[1] !== null;
}

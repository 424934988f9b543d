import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import type { State } from '../host/ordered-state.ts';

/** What is remembered of a document across a window reload: VS Code restores unsaved text without calling `readFile`. */
type Entry = {
  /** SHA-256 of the content that the user saw last. */
  readonly digest?: string;
  /** What the document became when it was saved for the first time. */
  readonly policyId?: string;
};

export type DocumentMemory = {
  policyIdOf(uri: vscode.Uri): string | undefined;
  /** Whether the user saw exactly this content last. */
  hasSeen(uri: vscode.Uri, content: string): boolean;
  remember(uri: vscode.Uri, content: string, policyId?: string): void;
};

const KEY = 'policyDocuments';
const MOST_KEPT = 50;

export function createDocumentMemory(state: State): DocumentMemory {
  function read(): ReadonlyMap<string, Entry> {
    const value = state.get(KEY);
    return new Map(Array.isArray(value) ? value.filter(isPair) : []);
  }

  return {
    policyIdOf: (uri) => read().get(uri.toString())?.policyId,
    hasSeen: (uri, content) => read().get(uri.toString())?.digest === digestOf(content),
    remember(uri, content, policyId = read().get(uri.toString())?.policyId) {
      const key = uri.toString();
      const others = [...read()].filter(([each]) => each !== key);
      const entry: Entry = { digest: digestOf(content), ...(policyId === undefined ? {} : { policyId }) };
      void state.update(KEY, [...others, [key, entry]].slice(-MOST_KEPT));
    },
  };
}

function digestOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function isPair(value: unknown): value is readonly [string, Entry] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'object' && value[1] !== null;
}

import type * as vscode from 'vscode';
import { createSerialQueue } from '../../core/async/serial-queue.ts';

/** Persisted state of the extension. Values are unchecked: each reader must validate them. */
export type State = {
  get(key: string): unknown;
  update(key: string, value: unknown): Promise<void>;
};

/**
 * Wraps globalState and writes one update after another. VS Code replaces the whole state with the echo of each write,
 * so a concurrent update of another key would be lost (`ExtensionMemento`, `onDidChangeStorage`). `get` returns pending
 * values.
 */
export function createOrderedState(memento: vscode.Memento): State {
  const waiting = new Map<string, { readonly value: unknown }>();
  const inTurn = createSerialQueue();
  return {
    get(key) {
      const written = waiting.get(key);
      return written ? written.value : memento.get(key);
    },
    async update(key, value) {
      const update = { value };
      waiting.set(key, update);
      return inTurn(async () => {
        try {
          await memento.update(key, value);
        } finally {
          if (waiting.get(key) === update) {
            waiting.delete(key);
          }
        }
      });
    },
  };
}

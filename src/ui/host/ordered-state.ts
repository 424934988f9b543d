import type * as vscode from 'vscode';
import { createSerialQueue } from '../../core/async/serial-queue.ts';

/** What is kept of the extension, as anybody may have left it: whoever reads checks it. */
export type State = {
  get(key: string): unknown;
  update(key: string, value: unknown): Promise<void>;
};

/**
 * globalState, written one update after the other. VS Code echoes each write back, and takes the echo for the whole state:
 * an update of another key that was made meanwhile is then gone, and the next one stores it so (`ExtensionMemento`,
 * `onDidChangeStorage`). What waits to be written is read already.
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

import * as vscode from 'vscode';

/** A SecretStorage in memory. While `state.broken`, every call fails, as without a keyring. */
export function makeSecrets() {
  const values = new Map<string, string>();
  /** Keys that are listed, but whose values cannot be decrypted. */
  const undecryptable = new Set<string>();
  const state = { broken: false };
  const changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  const guard = async <T>(work: () => T): Promise<T> => {
    if (state.broken) {
      throw new Error('The keyring is locked');
    }
    return work();
  };
  const secrets: vscode.SecretStorage = {
    keys: async () => guard(() => [...values.keys()]),
    get: async (key) => guard(() => (undecryptable.has(key) ? undefined : values.get(key))),
    store: async (key, value) =>
      guard(() => {
        values.set(key, value);
        undecryptable.delete(key);
        changed.fire({ key });
      }),
    delete: async (key) =>
      guard(() => {
        values.delete(key);
        changed.fire({ key });
      }),
    onDidChange: changed.event,
  };
  return { secrets, values, undecryptable, state };
}

/** What a VS Code profile keeps in globalState. */
export function makeState(initial: Readonly<Record<string, unknown>> = {}) {
  const values = new Map(Object.entries(initial));
  return {
    get: (key: string): unknown => values.get(key),
    update: async (key: string, value: unknown): Promise<void> => void values.set(key, value),
  };
}

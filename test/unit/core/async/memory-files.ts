import type { SharedFiles } from '../../../../src/core/async/shared-files.ts';

/** The shared folder of all windows, in memory; each operation may let another window go on. */
export function createMemoryFiles(
  gate: () => Promise<void> = async () => {},
  files = new Map<string, string>(),
): SharedFiles {
  return {
    async names() {
      await gate();
      return [...files.keys()];
    },
    async read(name) {
      await gate();
      return files.get(name);
    },
    async write(name, text) {
      await gate();
      files.set(name, text);
    },
    async create(name, text) {
      await gate();
      if (files.has(name)) {
        return false;
      }
      files.set(name, text);
      return true;
    },
    async rename(from, to) {
      await gate();
      const text = files.get(from);
      if (text === undefined) {
        return false;
      }
      files.delete(from);
      files.set(to, text);
      return true;
    },
    async remove(name) {
      await gate();
      files.delete(name);
    },
  };
}

import type { SharedFiles } from '../async/shared-files.ts';
import { keyOfReplacement, parseReplacement, type Replacement } from './state.ts';

/** The persisted replacements, one file each, shared by all windows. Only the owner of the lease writes a record. */
export type ReplacementRecords = {
  /** Records of this or an older version, in no particular order. Rejects, as `get` does, where a file cannot be read. */
  list(): Promise<readonly Replacement[]>;
  get(key: string): Promise<Replacement | undefined>;
  put(state: Replacement): Promise<void>;
  remove(key: string): Promise<void>;
};

/** `suffix`: how the names of the files end. */
export function createReplacementRecords(files: SharedFiles, suffix = '.replacement.json'): ReplacementRecords {
  const fileOf = (key: string): string => `${encodeURIComponent(key)}${suffix}`;

  /** A file that cannot be read is an error: it may hold a replacement that another one must not overwrite. */
  async function read(file: string): Promise<Replacement | undefined> {
    const text = await files.read(file);
    try {
      return parseReplacement(JSON.parse(text ?? 'null'));
    } catch {
      return undefined;
    }
  }

  return {
    async list() {
      const names = (await files.names()).filter((name) => name.endsWith(suffix));
      return (await Promise.all(names.map(read))).flatMap((state) => state ?? []);
    },
    get: async (key) => read(fileOf(key)),
    put: async (state) => files.write(fileOf(keyOfReplacement(state)), JSON.stringify(state)),
    remove: async (key) => files.remove(fileOf(key)),
  };
}

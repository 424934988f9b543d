import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SharedFiles } from '../../core/async/shared-files.ts';

/** A folder on this machine, made when it is first written to. */
export function createSharedFiles(folder: string): SharedFiles {
  const at = (name: string): string => path.join(folder, name);

  async function makeFolder(): Promise<void> {
    await mkdir(folder, { recursive: true });
  }

  async function writeNew(name: string, text: string): Promise<void> {
    await writeFile(at(name), text, { flag: 'wx', mode: 0o600 });
  }

  return {
    names: async () => readdir(folder).catch(orElse<string[]>('ENOENT', [])),
    read: async (name) => readFile(at(name), 'utf8').catch(orElse('ENOENT', undefined)),
    async write(name, text) {
      // Another name first: a reader, or a window that is killed, never meets half a file.
      const aside = `${name}.${randomUUID()}.tmp`;
      await makeFolder();
      await writeNew(aside, text);
      await rename(at(aside), at(name));
    },
    async create(name, text) {
      // Outside of the handler below: a file in the place of the folder is "EEXIST" too.
      await makeFolder();
      return writeNew(name, text)
        .then(() => true)
        .catch(orElse('EEXIST', false));
    },
    rename: async (from, to) =>
      rename(at(from), at(to))
        .then(() => true)
        .catch(orElse('ENOENT', false)),
    remove: async (name) => rm(at(name), { force: true }),
  };
}

/** A value in the place of one kind of failure of the file system. */
function orElse<T>(code: string, value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === code) {
      return value;
    }
    throw error;
  };
}

/** Whether a process of this machine still runs. */
export function isProcessAlive(id: string): boolean {
  try {
    process.kill(Number(id), 0);
    return true;
  } catch (error) {
    // It runs, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

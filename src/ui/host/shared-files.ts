import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createLeases, type Leases } from '../../core/async/lease.ts';
import type { SharedFiles } from '../../core/async/shared-files.ts';

/** A folder on this machine, created on the first write. */
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
      // Write to a temporary name first, so that no reader sees a partial file, even if the window is killed.
      const aside = `${name}.${randomUUID()}.tmp`;
      await makeFolder();
      try {
        await writeNew(aside, text);
        await rename(at(aside), at(name));
      } catch (error) {
        await rm(at(aside), { force: true });
        throw error;
      }
    },
    async create(name, text) {
      // Outside the handler below: a file in place of the folder also fails with "EEXIST".
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

/** Returns a value for one error code of the file system and rethrows all other errors. */
function orElse<T>(code: string, value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === code) {
      return value;
    }
    throw error;
  };
}

/** The leases of this window over files that all windows share. */
export function createWindowLeases(files: SharedFiles, now: () => number): Leases {
  return createLeases({
    files,
    now,
    makeId: randomUUID,
    process: String(process.pid),
    isAlive: isProcessAlive,
    every(milliseconds, work) {
      const timer = setInterval(work, milliseconds);
      return () => clearInterval(timer);
    },
  });
}

/** Whether a process of this machine still runs. */
export function isProcessAlive(id: string): boolean {
  try {
    process.kill(Number(id), 0);
    return true;
  } catch (error) {
    // The process runs as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

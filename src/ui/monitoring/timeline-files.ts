import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TimelineFiles } from '../../core/monitoring/timeline-log.ts';
import { createSharedFiles } from '../host/shared-files.ts';

const ENDING = '.timeline';
/** An older temporary file is from a killed window. */
const OLDEST_TEMPORARY = 10 * 60_000;

/** The folder of an account. The ID is encoded, because an untrusted ID must not become a path. */
export function timelineFolderOf(root: string, accountId: string): string {
  return path.join(root, `${encodeURIComponent(accountId)}${ENDING}`);
}

export function createTimelineFiles(folder: string): TimelineFiles {
  return {
    ...createSharedFiles(folder),
    async append(name, text) {
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, name);
      const handle = await open(file, 'a', 0o600);
      try {
        await handle.writeFile(text);
        // Another window may have renamed the file after it was opened here.
        const [written, named] = await Promise.all([
          handle.stat({ bigint: true }),
          stat(file, { bigint: true }).catch(() => undefined),
        ]);
        return named?.ino === written.ino ? Number(written.size) : undefined;
      } finally {
        await handle.close();
      }
    },
  };
}

/** A younger folder may be of an account that another window has just added. */
const YOUNGEST_SWEPT = 24 * 60 * 60_000;

/** Deletes old folders of accounts that do not exist, and the temporary files of killed windows. */
export async function sweepTimelines(root: string, exists: (accountId: string) => boolean): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const accountId = accountOf(name);
    const folder = path.join(root, name);
    if (accountId !== undefined && !exists(accountId)) {
      if (await isOlder(folder, YOUNGEST_SWEPT)) {
        await rm(folder, { recursive: true, force: true });
      }
      continue;
    }
    for (const each of await readdir(folder).catch(() => [])) {
      const file = path.join(folder, each);
      if (each.endsWith('.tmp') && (await isOlder(file, OLDEST_TEMPORARY))) {
        await rm(file, { force: true });
      }
    }
  }
}

async function isOlder(file: string, age: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > age;
}

/** Undefined for a folder that is not of an account. */
function accountOf(name: string): string | undefined {
  try {
    return name.endsWith(ENDING) ? decodeURIComponent(name.slice(0, -ENDING.length)) : undefined;
  } catch {
    return undefined;
  }
}

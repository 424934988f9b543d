import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** The root of the repository. */
export const repositoryFolder: string = path.resolve(import.meta.dirname, '..', '..');

/** Where everything that is fetched or written at run time goes; git ignores it. */
export const cacheFolder: string = path.join(repositoryFolder, '.vscode-test');

const runsFolder = path.join(cacheFolder, 'runs');

/**
 * A new empty folder for the data of one run. Inside the repository and not in the system's temporary folder, because a
 * Chromium from snap sees only the former. The process id in its name tells `removeAbandonedRunFolders` who owns it.
 */
export async function createRunFolder(label: string): Promise<string> {
  await mkdir(runsFolder, { recursive: true });
  await removeAbandonedRunFolders();
  return mkdtemp(path.join(runsFolder, `${label}-${process.pid}-`));
}

/** Deletes a folder of a run; retried, because a browser that is just going away may still write to its profile. */
export async function removeRunFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function removeAbandonedRunFolders(): Promise<void> {
  const names = await readdir(runsFolder);
  const abandoned = names.filter((name) => {
    const owner = /-(\d+)-[^-]+$/.exec(name)?.[1];
    return owner !== undefined && !isProcessAlive(Number(owner));
  });
  await Promise.all(abandoned.map((name) => removeRunFolder(path.join(runsFolder, name))));
}

/** Whether a process with this id runs, whoever owns it. */
export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

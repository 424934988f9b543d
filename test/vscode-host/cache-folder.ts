import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** Absolute path of the root of the repository. */
export const repositoryFolder: string = path.resolve(import.meta.dirname, '..', '..');

/** Folder for everything downloaded or written at run time. Ignored by git. */
export const cacheFolder: string = path.join(repositoryFolder, '.vscode-test');

const runsFolder = path.join(cacheFolder, 'runs');

/**
 * Creates an empty folder for the data of one run. The folder is inside the repository, because a Chromium from snap
 * cannot access the system's temporary folder. Its name contains the process id of the owner, which
 * `removeAbandonedRunFolders` checks.
 */
export async function createRunFolder(label: string): Promise<string> {
  await mkdir(runsFolder, { recursive: true });
  await removeAbandonedRunFolders();
  return mkdtemp(path.join(runsFolder, `${label}-${process.pid}-`));
}

/** Deletes the folder of a run. Retries, because a browser that is exiting can still write to its profile. */
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

/** Returns whether a process with this id is running. EPERM means that the process belongs to another user. */
export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

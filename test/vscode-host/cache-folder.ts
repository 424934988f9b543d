import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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

/**
 * Creates an empty folder for the data of a desktop VS Code, in the system's temporary folder: its path must be short, see
 * `fitsSocket`.
 */
export async function createShortFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'cfw-'));
}

/**
 * Whether a desktop VS Code can start with a user data folder. It listens on a socket in that folder, `1.139-main.sock`,
 * whose path has at most 103 bytes on macOS and 107 on Linux. Windows uses a named pipe.
 */
export function fitsSocket(dataFolder: string, platform: NodeJS.Platform = process.platform): boolean {
  const most = { darwin: 103, linux: 107 }[platform as string] ?? Number.POSITIVE_INFINITY;
  return Buffer.byteLength(`${dataFolder}/1.999-main.sock`) <= most;
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

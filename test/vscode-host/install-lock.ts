import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isProcessAlive } from './cache-folder.ts';
import { systemErrorCode } from './host-error.ts';

const pollMilliseconds = 250;

/**
 * Runs `work` while this process holds the lock file. Waits while another process owns the lock. Discards a lock whose
 * owner is no longer running.
 *
 * @param onWait called once if another process owns the lock
 */
export async function withLock<T>(lockFile: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(path.dirname(lockFile), { recursive: true });
  let reported = false;
  while (!(await tryAcquire(lockFile))) {
    if (!reported) {
      reported = true;
      onWait();
    }
    await delay(pollMilliseconds);
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function tryAcquire(lockFile: string): Promise<boolean> {
  // Linking a complete file is atomic, so another process never reads a lock without its owner.
  const mine = `${lockFile}.${process.pid}`;
  await writeFile(mine, String(process.pid));
  try {
    await link(mine, lockFile);
    return true;
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') {
      throw error;
    }
  } finally {
    await rm(mine, { force: true });
  }
  await discardIfAbandoned(lockFile);
  return false;
}

async function discardIfAbandoned(lockFile: string): Promise<void> {
  const owner = await readOwner(lockFile);
  if (owner === undefined || isProcessAlive(owner)) {
    return;
  }
  // Several processes can find the same dead owner, but only one rename succeeds. If the renamed lock already belongs to a
  // new owner, it is linked back.
  const aside = `${lockFile}.${process.pid}.abandoned`;
  try {
    await rename(lockFile, aside);
    if ((await readOwner(aside)) !== owner) {
      await link(aside, lockFile);
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') {
      throw error;
    }
  } finally {
    await rm(aside, { force: true });
  }
}

async function readOwner(lockFile: string): Promise<number | undefined> {
  try {
    const owner = Number.parseInt(await readFile(lockFile, 'utf8'), 10);
    return Number.isNaN(owner) ? undefined : owner;
  } catch {
    return undefined;
  }
}

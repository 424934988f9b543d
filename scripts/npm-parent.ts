import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { isProcessAlive } from '../test/vscode-host/cache-folder.ts';

/** What this module asks the operating system. */
export type System = {
  readonly platform: NodeJS.Platform;
  /** The current parent of this process. Windows keeps the ID of a parent that has exited. */
  readonly parent: () => number;
  readonly isAlive: (processId: number) => boolean;
  /** Reads a text file. Throws if it does not exist. */
  readonly read: (file: string) => string;
  /** Returns what a program prints, or an empty text if it does not exist or fails. */
  readonly run: (program: string, args: readonly string[]) => string;
};

const thisSystem: System = {
  platform: process.platform,
  parent: () => process.ppid,
  isAlive: isProcessAlive,
  read: (file) => readFileSync(file, 'utf8'),
  run: (program, args) => spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '',
};

/**
 * Returns a function that says whether npm has exited, for a script that npm runs. npm does not forward every signal, and
 * forwards none when it is killed. npm starts scripts through a shell: some shells replace themselves with the script,
 * others stay as its parent, so both the parent and the process above it count.
 */
export function watchNpm(system: System = thisSystem): () => boolean {
  const shell = system.parent();
  const above = parentOf(shell, system);
  return () => system.parent() !== shell || !system.isAlive(shell) || (above !== undefined && !system.isAlive(above));
}

/** The parent of a process, or undefined if this system cannot say: Windows, or a system without `ps`. */
function parentOf(processId: number, { platform, read, run }: System): number | undefined {
  if (platform === 'win32') {
    return undefined;
  }
  const text = platform === 'linux' ? readParent(processId, read) : run('ps', ['-o', 'ppid=', '-p', String(processId)]);
  const parent = Number.parseInt(text, 10);
  return parent > 1 ? parent : undefined;
}

/** Containers often have no `ps`. The name in the second field of `stat` can contain spaces and parentheses. */
function readParent(processId: number, read: System['read']): string {
  try {
    const stat = read(`/proc/${processId}/stat`);
    return (
      stat
        .slice(stat.lastIndexOf(')') + 1)
        .trim()
        .split(' ')[1] ?? ''
    );
  } catch {
    return '';
  }
}

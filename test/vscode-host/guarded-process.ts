import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A process that cannot outlive this one, whatever becomes of this one, and takes its own children with it. */
export interface GuardedProcess {
  /** Resolves when it is gone, with its exit code (128 + n after signal n). Never rejects. */
  readonly exited: Promise<number>;
  /** Ends it and everything it started; resolves when all of that is gone. May be called again. */
  stop(): Promise<void>;
}

export interface GuardedOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called for every line of its standard output and standard error. */
  readonly onLine: (line: string) => void;
}

const supervisor = path.join(import.meta.dirname, 'process-supervisor.ts');

/**
 * Starts a command under a keeper process that leads a process group of its own and watches a pipe from here. Signal
 * handlers alone would not do: nothing runs them when this process is killed, and VS Code's extension hosts and npm's children
 * live on when only their parent is signalled.
 */
export function startGuarded(command: string, args: readonly string[], options: GuardedOptions): GuardedProcess {
  const child = spawn(process.execPath, [supervisor, command, ...args], {
    cwd: options.cwd,
    env: options.env,
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', options.onLine);
  }
  child.stdin.on('error', () => undefined);
  // "close" and not "exit": every line has been seen by then.
  const exited = once(child, 'close').then(
    ([code]: readonly unknown[]) => (typeof code === 'number' ? code : 137),
    (error: unknown) => {
      options.onLine(String(error));
      return 127;
    },
  );
  child.once('exit', () => sweepGroup(child.pid));
  return {
    exited,
    stop: async () => {
      child.stdin.destroy();
      await exited;
    },
  };
}

/** When a server dies on its own, its extension hosts may still be there; they are all that is left of the group. */
function sweepGroup(leader: number | undefined): void {
  if (leader === undefined || process.platform === 'win32') {
    return;
  }
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody left: the usual case.
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A process that ends, with all its children, when this process ends, even if this process is killed. */
export interface GuardedProcess {
  /** Resolves with the exit code when the process has ended (128 + n after signal n). Never rejects. */
  readonly exited: Promise<number>;
  /** Stops the process and its children. Resolves when all have ended. Can be called more than once. */
  stop(): Promise<void>;
}

export interface GuardedOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called for every line on standard output and standard error. */
  readonly onLine: (line: string) => void;
}

const supervisor = path.join(import.meta.dirname, 'process-supervisor.ts');

/**
 * Starts a command under process-supervisor.ts, which leads a new process group and ends the group when its standard
 * input closes. Signal handlers in this process are not enough: they do not run when this process is killed. Signaling
 * only the command is not enough either: VS Code's extension hosts and npm's children survive their parent.
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
  // Unlike "exit", "close" comes after all output.
  const exited = once(child, 'close').then(
    ([code]: readonly unknown[]) => (typeof code === 'number' ? code : 137),
    (error: unknown) => {
      options.onLine(String(error));
      return 127;
    },
  );
  child.once('exit', () => killGroup(child.pid));
  return {
    exited,
    stop: async () => {
      child.stdin.destroy();
      await exited;
    },
  };
}

/** Kills the rest of a process group. The extension hosts of a crashed server can still be running. */
function killGroup(leader: number | undefined): void {
  if (leader === undefined || process.platform === 'win32') {
    return;
  }
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The group is usually empty, which makes `kill` fail with ESRCH.
  }
}

// Runs the command in its arguments as the leader of their process group. When standard input ends, it stops the whole
// group. The operating system closes standard input even if the parent process is killed. See guarded-process.ts.

import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';

/** Time between SIGTERM and SIGKILL. */
const graceMilliseconds = 2500;

const windows = process.platform === 'win32';
const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  throw new Error('Usage: process-supervisor.ts <command> [arguments]');
}

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });
let stopping = false;

child.once('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.once('exit', (code, signal) => {
  if (stopping) {
    killGroup();
  }
  process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, stop);
}
// Writing fails if the parent process has exited.
process.stdout.on('error', stop);
process.stderr.on('error', stop);
process.stdin.on('error', stop);
process.stdin.on('close', stop);
process.stdin.on('end', stop);
process.stdin.resume();

function stop(): void {
  if (stopping) {
    return;
  }
  stopping = true;
  if (windows) {
    killGroup();
    return;
  }
  // The signal also reaches this process, where `stopping` makes the handler return.
  process.kill(-process.pid, 'SIGTERM');
  setTimeout(killGroup, graceMilliseconds);
}

function killGroup(): void {
  if (!windows) {
    process.kill(-process.pid, 'SIGKILL');
  } else if (child.pid !== undefined) {
    spawnSync('taskkill', ['/T', '/F', '/PID', String(child.pid)]);
  }
}

// The program between us and whatever we start (a server, npm, a desktop VS Code). It runs the command given as its arguments
// and leads their process group; when its standard input ends, which the operating system sees to even if we are killed,
// it ends the whole group. See guarded-process.ts.

import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';

/** How long a process may take to end when asked, before it is killed. */
const graceMilliseconds = 2500;

const windows = process.platform === 'win32';
const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  throw new Error('keeper: no command');
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
// The reader of our output may be gone before us.
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
  // Also reaches this process, which is past listening.
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

// Runs the command given as its arguments under a keeper of its own, so that someone else's `spawn` is guarded too: the command
// ends when this program does, or when the one who started it closes the pipe to its standard input.

import process from 'node:process';
import { startGuarded } from './guarded-process.ts';

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  throw new Error('guarded-program: no command');
}
const guarded = startGuarded(command, args, { onLine: (line) => process.stdout.write(`${line}\n`) });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void guarded.stop());
}
process.stdin.on('end', () => void guarded.stop());
process.stdin.on('error', () => undefined);
process.stdin.resume();

const exitCode = await guarded.exited;
process.stdout.write('', () => process.exit(exitCode));

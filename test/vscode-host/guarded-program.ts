// Runs the command in its arguments as a guarded process, for callers that can only `spawn` a program. The command ends
// when this program ends, or when the caller closes the standard input of this program.

import process from 'node:process';
import { startGuarded } from './guarded-process.ts';

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  throw new Error('Usage: guarded-program.ts <command> [arguments]');
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

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cache-folder.ts';

/** Tells the program which VS Code to run: a `HostVersion`. */
export const versionVariable = 'VSCODE_HOST_VERSION';

/** Tells the program after how many milliseconds without a line from the tests to give up. */
export const idleVariable = 'VSCODE_HOST_IDLE';

/**
 * Writes the executable that `@vscode/test-electron` starts in place of a desktop VS Code: two lines that run
 * extension-test-host.ts with the Node that runs this. Generated, because a program's first line can neither name that Node nor be
 * understood on Windows.
 *
 * @returns its absolute path
 */
export async function writeTestProgram(): Promise<string> {
  return writeProgram('code', process.execPath, [path.join(import.meta.dirname, 'extension-test-host.ts')]);
}

/** As `writeTestProgram`, around a desktop VS Code, so that it too ends when its runner is killed. */
export async function writeGuardedProgram(executable: string): Promise<string> {
  const wrapper = path.join(import.meta.dirname, 'guarded-program.ts');
  return writeProgram('desktop-code', process.execPath, [wrapper, executable]);
}

async function writeProgram(name: string, command: string, args: readonly string[]): Promise<string> {
  const folder = path.join(cacheFolder, 'bin');
  await mkdir(folder, { recursive: true });
  if (process.platform === 'win32') {
    const file = path.join(folder, `${name}.cmd`);
    await writeFile(file, `@"${command}" ${args.map((arg) => `"${arg}"`).join(' ')} %*\r\n`);
    return file;
  }
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const file = path.join(folder, name);
  await writeFile(file, `#!/bin/sh\nexec ${[command, ...args].map(quote).join(' ')} "$@"\n`);
  await chmod(file, 0o755);
  return file;
}

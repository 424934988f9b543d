import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cache-folder.ts';

/** Environment variable for the VS Code to run: a `HostVersion`. */
export const versionVariable = 'VSCODE_HOST_VERSION';

/** Environment variable for the number of milliseconds without test output after which the run stops. */
export const idleVariable = 'VSCODE_HOST_IDLE';

/**
 * Writes the executable that `@vscode/test-electron` starts in place of desktop VS Code. It runs extension-test-host.ts
 * with the current Node. It is generated, because a `#!` line cannot name that Node and does not work on Windows.
 *
 * @returns its absolute path
 */
export async function writeTestProgram(): Promise<string> {
  return writeProgram('code', process.execPath, [path.join(import.meta.dirname, 'extension-test-host.ts')]);
}

/** Writes an executable that runs desktop VS Code as a guarded process. Returns its absolute path. */
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

import { copyFile, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

interface StandIn {
  /** Folder of the native module under node_modules. */
  readonly module: string;
  readonly file: string;
  /** Folder that exists if the module includes its own build and needs no stand-in. */
  readonly builtWhen?: string;
}

/** The native modules that VS Code loads at every start, even if it does not use them. */
const inVSCode: readonly StandIn[] = [
  { module: '@vscode/spdlog', file: 'spdlog.cjs' },
  { module: '@vscode/native-watchdog', file: 'native-watchdog.cjs' },
  // The name of the module in older versions of VS Code.
  { module: 'native-watchdog', file: 'native-watchdog.cjs' },
];

const inCodeServer: readonly StandIn[] = [{ module: 'argon2', file: 'argon2.cjs', builtWhen: 'prebuilds' }];

/**
 * Replaces native modules with plain JavaScript, because installing them requires a compiler.
 *
 * @param serverFolder the folder of the code-server install
 */
export async function replaceNativeModules(serverFolder: string): Promise<void> {
  const outer = path.join(serverFolder, 'node_modules');
  const inner = path.join(outer, 'code-server', 'lib', 'vscode', 'node_modules');
  await Promise.all([
    ...inCodeServer.map((standIn) => replace(path.join(outer, standIn.module), standIn)),
    ...inVSCode.map((standIn) => replace(path.join(inner, standIn.module), standIn)),
  ]);
}

async function replace(module: string, standIn: StandIn): Promise<void> {
  if (
    !(await exists(module)) ||
    (standIn.builtWhen !== undefined && (await exists(path.join(module, standIn.builtWhen))))
  ) {
    return;
  }
  const manifest: unknown = JSON.parse(await readFile(path.join(module, 'package.json'), 'utf8'));
  const main =
    typeof manifest === 'object' && manifest !== null && 'main' in manifest ? String(manifest.main) : 'index.js';
  await copyFile(path.join(import.meta.dirname, 'stand-ins', standIn.file), path.join(module, main));
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

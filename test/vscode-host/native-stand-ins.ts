import { copyFile, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

interface StandIn {
  /** The native module, by its folder under node_modules. */
  readonly module: string;
  readonly file: string;
  /** Present where the module brings its own build and needs no stand-in. */
  readonly builtWhen?: string;
}

/** The native modules that are loaded at every start, whether or not they are used. */
const inVSCode: readonly StandIn[] = [
  { module: '@vscode/spdlog', file: 'spdlog.cjs' },
  { module: '@vscode/native-watchdog', file: 'native-watchdog.cjs' },
  // Its name in older VS Code.
  { module: 'native-watchdog', file: 'native-watchdog.cjs' },
];

const inCodeServer: readonly StandIn[] = [{ module: 'argon2', file: 'argon2.cjs', builtWhen: 'prebuilds' }];

/**
 * Puts plain JavaScript in place of native modules, which would need a compiler on the machine to be installed.
 *
 * @param serverFolder the folder that code-server was installed into
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

import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, createRunFolder, removeRunFolder } from './cache-folder.ts';
import { startGuarded } from './guarded-process.ts';
import { HostError } from './host-error.ts';
import { ensureHost, type InstalledHost, type Report } from './host-install.ts';
import type { HostVersion } from './host-versions.ts';
import { withLock } from './install-lock.ts';
import { type DataFolders, installExtensionCommand, workbenchServerCommand } from './server-commands.ts';
import { serverEnvironment, startServer } from './server-process.ts';
import { mergeSettings, type Settings } from './user-data.ts';

export interface WorkbenchOptions {
  readonly version: HostVersion;
  /** A packaged extension to install first. If absent, no extension is installed. */
  readonly vsix?: string;
  /** Packaged extensions to install beside it. */
  readonly otherExtensions?: readonly string[];
  /** The names of those extensions that come with VS Code which to keep. Default: all. */
  readonly builtinExtensions?: readonly string[];
  /** Default: 0, a free port. The browser stores secrets per origin, so a persistent `dataDir` needs a fixed port. */
  readonly port?: number;
  readonly userSettings?: Settings;
  /** Settings of the remote machine. Those of scope `application` have no effect there. */
  readonly machineSettings?: Settings;
  /** Variables to add to the environment of the extension host; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder that persists settings, extensions and state. If absent, a temporary folder is used, which `close` deletes. */
  readonly dataDir?: string;
  readonly report?: Report;
}

/** A running VS Code server, to be opened in a browser. */
export interface Workbench {
  /** URL of an empty window. */
  readonly url: string;
  readonly dataDir: string;
  /** The lines that the server has printed so far. This array grows. */
  readonly logs: readonly string[];
  /** Resolves with the exit code when the server exits for any reason. */
  readonly exited: Promise<number>;
  /** Stops the server and its children. Deletes `dataDir` if it is temporary. Can be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts a VS Code server with the packaged extension and persistent settings and secrets. Takes about two seconds if this
 * VS Code is in the cache.
 *
 * @throws HostError if the port is in use, the .vsix cannot be installed, or VS Code cannot be downloaded or started
 */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const host = await ensureHost(options.version, options.report);
  const dataDir = options.dataDir ?? (await createRunFolder('workbench'));
  const discard = async (): Promise<void> => {
    if (options.dataDir === undefined) {
      await removeRunFolder(dataDir);
    }
  };
  const folders: DataFolders = { userDataFolder: dataDir, extensionsFolder: undefined };
  try {
    await mergeSettings(dataDir, options.userSettings ?? {}, options.machineSettings ?? {});
    const packages = [options.vsix ?? [], options.otherExtensions ?? []].flat();
    await (options.dataDir === undefined
      ? copyInstalled(host, folders, packages)
      : installAll(host, folders, packages));
    const { builtinExtensions: kept } = options;
    const builtins = kept ? ['--builtin-extensions-dir', await linkBuiltins(host, dataDir, kept)] : [];
    const command = workbenchServerCommand(host, folders, options.port ?? 0, options.env ?? {});
    const server = await startServer({ ...command, args: [...command.args, ...builtins] });
    return {
      url: `http://127.0.0.1:${server.port}/?ew=true`,
      dataDir,
      logs: server.logs,
      exited: server.process.exited,
      close: async () => {
        await server.process.stop();
        await discard();
      },
    };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** Makes a folder with links to some of the extensions that come with VS Code. */
async function linkBuiltins(host: InstalledHost, dataDir: string, names: readonly string[]): Promise<string> {
  const folder = path.join(dataDir, 'builtin-extensions');
  await mkdir(folder);
  for (const name of names) {
    await symlink(path.join(host.builtinExtensions, name), path.join(folder, name), 'junction');
  }
  return folder;
}

/** How long installed extensions stay in the cache, in milliseconds. */
const INSTALLED_FOR = 60 * 60_000;

/**
 * Copies extensions that have been installed into the cache. They are installed there if another run has not done it: that costs
 * three seconds of processor time.
 */
async function copyInstalled(host: InstalledHost, folders: DataFolders, packages: readonly string[]): Promise<void> {
  if (packages.length === 0) {
    return;
  }
  const hash = createHash('sha256').update(host.vscode);
  for (const file of packages) {
    hash.update(await readFile(await findPackage(file)));
  }
  const cache = path.join(cacheFolder, 'installed');
  const installed = path.join(cache, hash.digest('hex').slice(0, 16));
  await withLock(
    `${installed}.lock`,
    () => {},
    async () => {
      if (!(await readdir(cache)).includes(path.basename(installed))) {
        await removeOld(cache);
        const folder = await createRunFolder('install');
        await installAll(host, { userDataFolder: folder, extensionsFolder: path.join(folder, 'extensions') }, packages);
        await rename(path.join(folder, 'extensions'), installed);
        await removeRunFolder(folder);
      }
      // VS Code finds each extension relative to the list that is beside it.
      await cp(installed, path.join(folders.userDataFolder, 'extensions'), { recursive: true });
    },
  );
}

async function removeOld(cache: string): Promise<void> {
  const folders = (await readdir(cache, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const folder = path.join(cache, name);
    if ((await stat(folder)).mtimeMs < Date.now() - INSTALLED_FOR) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function installAll(host: InstalledHost, folders: DataFolders, packages: readonly string[]): Promise<void> {
  for (const vsix of packages) {
    await installExtension(host, folders, await findPackage(vsix));
  }
}

async function findPackage(vsix: string): Promise<string> {
  const file = path.resolve(vsix);
  await stat(file).catch(() => {
    throw new HostError(`Could not find ${path.basename(file)}. Run "npm run package" first.`);
  });
  return file;
}

async function installExtension(host: InstalledHost, folders: DataFolders, file: string): Promise<void> {
  const { node, args, env } = installExtensionCommand(host, folders, file);
  const lines: string[] = [];
  const install = startGuarded(node, args, { env: serverEnvironment(env), onLine: (line) => lines.push(line) });
  const exitCode = await install.exited;
  // Some failures have exit code 0 and are only visible in the output.
  if (exitCode !== 0 || !lines.some((line) => line.includes('was successfully installed'))) {
    throw new HostError(
      `VS Code ${host.vscode} could not install ${path.basename(file)}: ${lines.slice(-4).join(' ')}`,
    );
  }
}

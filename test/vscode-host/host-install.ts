import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, isProcessAlive } from './cache-folder.ts';
import { HostError } from './host-error.ts';
import { type HostPin, hostPins, type HostVersion, nodePackageName } from './host-versions.ts';
import { withLock } from './install-lock.ts';
import { replaceNativeModules } from './native-stand-ins.ts';
import { runNpm } from './npm-client.ts';
import { pinParcelWatcher } from './parcel-watcher-pin.ts';

/** An installed VS Code. All paths are absolute. */
export interface InstalledHost {
  readonly version: HostVersion;
  /** The version of VS Code, for example "1.139.1". */
  readonly vscode: string;
  /** The Node binary that runs it. */
  readonly node: string;
  /** Entry point of VS Code's own server, which the integration tests use. */
  readonly serverMain: string;
  /** Entry point of code-server, which persists user data and secrets. The end-to-end tests and the demo use it. */
  readonly entry: string;
  /** The folder of the extensions that come with VS Code. */
  readonly builtinExtensions: string;
}

/** Receives progress messages, one line each. */
export type Report = (line: string) => void;

/** Increase this number when the contents of an install change, so that cached installs are replaced. */
const recipe = 2;

const stampName = 'installed.json';

/**
 * Installs a VS Code from the npm registry into the cache on first use, which takes about 20 s. Later calls only read the
 * stamp file. An install is built in a staging folder and renamed when it is complete and checked, so a partial install
 * is never used. A lock lets processes share one install.
 *
 * @throws HostError if a download fails or the downloaded version is wrong
 */
export async function ensureHost(version: HostVersion, report: Report = console.log): Promise<InstalledHost> {
  const pin = hostPins[version];
  const folder = path.join(cacheFolder, pin.vscode);
  const present = await findInstalled(version, folder);
  if (present !== undefined) {
    return present;
  }
  return withLock(
    `${folder}.lock`,
    () => report(`VS Code ${pin.vscode}: waiting for another process that is installing it…`),
    async () => (await findInstalled(version, folder)) ?? (await install(version, folder, report)),
  );
}

async function install(version: HostVersion, folder: string, report: Report): Promise<InstalledHost> {
  const pin = hostPins[version];
  const what = `VS Code ${pin.vscode}`;
  const started = performance.now();
  const seconds = (): string => `${Math.round((performance.now() - started) / 1000)} s`;
  await removeAbandoned(folder);
  const staging = `${folder}.installing-${process.pid}`;
  const server = path.join(staging, 'server');
  const runtime = path.join(staging, 'runtime');
  await Promise.all([mkdir(server, { recursive: true }), mkdir(runtime, { recursive: true })]);
  report(`${what}: installing from the npm registry (first run only)…`);
  try {
    await allOrAbort((signal) => [
      runNpm(`Node ${pin.node}`, runtime, ['install', '--no-package-lock', `${nodePackage()}@${pin.node}`], signal),
      installServer(what, server, pin, signal, () =>
        report(`${what}: server downloaded (${seconds()}), installing its modules…`),
      ),
    ]);
    const host = await describeHost(version, staging);
    await checkHost(host, server, pin);
    await writeFile(path.join(staging, stampName), JSON.stringify(stampOf(pin)));
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true, maxRetries: 3 });
    throw error;
  }
  report(`${what}: ready (${seconds()}).`);
  return describeHost(version, folder);
}

async function installServer(
  what: string,
  server: string,
  pin: HostPin,
  signal: AbortSignal,
  onFetched: () => void,
): Promise<void> {
  await runNpm(what, server, ['install', '--no-package-lock', `code-server@${pin.codeServer}`], signal);
  onFetched();
  const vscode = path.join(server, 'node_modules', 'code-server', 'lib', 'vscode');
  await pinParcelWatcher(vscode);
  await Promise.all([
    runNpm(what, vscode, ['install', '--omit=dev'], signal),
    runNpm(what, path.join(vscode, 'extensions'), ['install', '--omit=dev'], signal),
  ]);
  await replaceNativeModules(server);
}

/**
 * Waits for all tasks. The first failure aborts the other tasks. It is thrown after all tasks have ended, so that no task
 * still writes files.
 */
async function allOrAbort(start: (signal: AbortSignal) => readonly Promise<void>[]): Promise<void> {
  const abort = new AbortController();
  const running = start(abort.signal).map((task) =>
    task.catch((error: unknown) => {
      if (!abort.signal.aborted) {
        abort.abort(error);
      }
    }),
  );
  await Promise.all(running);
  abort.signal.throwIfAborted();
}

async function findInstalled(version: HostVersion, folder: string): Promise<InstalledHost | undefined> {
  try {
    const stamp = await readFile(path.join(folder, stampName), 'utf8');
    if (stamp !== JSON.stringify(stampOf(hostPins[version]))) {
      return undefined;
    }
    const host = await describeHost(version, folder);
    await Promise.all([host.node, host.serverMain, host.entry].map((file) => stat(file)));
    return host;
  } catch {
    return undefined;
  }
}

function stampOf(pin: HostPin): object {
  return { ...pin, recipe, platform: process.platform, arch: process.arch };
}

async function describeHost(version: HostVersion, folder: string): Promise<InstalledHost> {
  const nodeFolder = path.join(folder, 'runtime', 'node_modules', nodePackage());
  const nodeManifest = await readJson(path.join(nodeFolder, 'package.json'));
  const codeServer = path.join(folder, 'server', 'node_modules', 'code-server');
  return {
    version,
    vscode: hostPins[version].vscode,
    node: path.join(nodeFolder, readBinary(nodeManifest)),
    serverMain: path.join(codeServer, 'lib', 'vscode', 'out', 'server-main.js'),
    entry: path.join(codeServer, 'out', 'node', 'entry.js'),
    builtinExtensions: path.join(codeServer, 'lib', 'vscode', 'extensions'),
  };
}

async function checkHost(host: InstalledHost, server: string, pin: HostPin): Promise<void> {
  const codeServer = path.join(server, 'node_modules', 'code-server');
  const [outer, inner] = await Promise.all([
    readJson(path.join(codeServer, 'package.json')),
    readJson(path.join(codeServer, 'lib', 'vscode', 'package.json')),
  ]);
  if (readVersion(outer) !== pin.codeServer || readVersion(inner) !== pin.vscode) {
    throw new HostError(
      `The npm registry returned VS Code ${readVersion(inner)} instead of ${pin.vscode}. Check the npm registry setting.`,
    );
  }
  for (const file of [host.node, host.serverMain, host.entry]) {
    await stat(file).catch(() => {
      throw new HostError(
        `The installation of VS Code ${pin.vscode} is incomplete: ${path.basename(file)} is missing. Run the command again.`,
      );
    });
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  const marker = `${path.basename(folder)}.installing-`;
  const names = await readdir(path.dirname(folder));
  const abandoned = names.filter(
    (name) => name.startsWith(marker) && !isProcessAlive(Number(name.slice(marker.length))),
  );
  await Promise.all(
    abandoned.map((name) => rm(path.join(path.dirname(folder), name), { recursive: true, force: true, maxRetries: 3 })),
  );
}

function nodePackage(): string {
  return nodePackageName(process.platform, process.arch);
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}

function readVersion(manifest: unknown): string {
  const version = field(manifest, 'version');
  return typeof version === 'string' ? version : 'unknown';
}

function readBinary(manifest: unknown): string {
  const binary = field(field(manifest, 'bin'), 'node');
  return typeof binary === 'string' ? binary : 'bin/node';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

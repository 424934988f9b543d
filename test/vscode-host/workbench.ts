import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createRunFolder, removeRunFolder } from './cache-folder.ts';
import { startGuarded } from './guarded-process.ts';
import { HostError } from './host-error.ts';
import { ensureHost, type InstalledHost, type Report } from './host-install.ts';
import type { HostVersion } from './host-versions.ts';
import { type DataFolders, installExtensionCommand, workbenchServerCommand } from './server-commands.ts';
import { serverEnvironment, startServer } from './server-process.ts';
import { mergeSettings, type Settings } from './user-data.ts';

export interface WorkbenchOptions {
  readonly version: HostVersion;
  /** A packaged extension to install first; without one, VS Code comes up bare. */
  readonly vsix?: string;
  /** 0, the default, takes a free one. The browser keeps secrets per port, so a lasting `dataDir` wants a fixed one. */
  readonly port?: number;
  readonly userSettings?: Settings;
  /** Settings of scope `machine`, which a user's settings cannot hold in a remote window. */
  readonly machineSettings?: Settings;
  /** Added to the environment of the extension host; undefined removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where settings, extensions and state are, and stay. Without one they go into a folder that `close` deletes. */
  readonly dataDir?: string;
  readonly report?: Report;
}

/** A running VS Code, to be opened in a browser. */
export interface Workbench {
  /** Opens an empty window. */
  readonly url: string;
  readonly dataDir: string;
  /** What the server has printed so far; grows. */
  readonly logs: readonly string[];
  /** Resolves with the exit code when the server ends, asked or not. */
  readonly exited: Promise<number>;
  /** Ends it and everything it started, and deletes `dataDir` unless that was given. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts a VS Code as a user has it: the packaged extension installed, settings and secrets that last. About two seconds once
 * that VS Code is in the cache.
 *
 * @throws HostError when the port is taken, the .vsix is missing or refused, or VS Code cannot be fetched or does not start
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
    if (options.vsix !== undefined) {
      await installExtension(host, folders, options.vsix);
    }
    const server = await startServer(workbenchServerCommand(host, folders, options.port ?? 0, options.env ?? {}));
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

async function installExtension(host: InstalledHost, folders: DataFolders, vsix: string): Promise<void> {
  const file = path.resolve(vsix);
  await stat(file).catch(() => {
    throw new HostError(`There is no ${path.basename(file)} to install: package the extension first.`);
  });
  const { node, args, env } = installExtensionCommand(host, folders, file);
  const lines: string[] = [];
  const install = startGuarded(node, args, { env: serverEnvironment(env), onLine: (line) => lines.push(line) });
  const exitCode = await install.exited;
  // It reports some failures only in words.
  if (exitCode !== 0 || !lines.some((line) => line.includes('was successfully installed'))) {
    throw new HostError(`VS Code ${host.vscode} did not install ${path.basename(file)}: ${lines.slice(-4).join(' ')}`);
  }
}

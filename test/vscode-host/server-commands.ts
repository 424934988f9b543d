import path from 'node:path';
import type { InstalledHost } from './host-install.ts';
import type { ServerCommand } from './server-process.ts';

/** No extension is looked for on the network: what runs here is what was put here. */
const noGallery = { EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '' }) };

/** The folders of one VS Code. */
export interface DataFolders {
  readonly userDataFolder: string;
  readonly extensionsFolder: string | undefined;
}

/** VS Code's own server on a free port, told to run extension tests when its window's address asks for it. */
export function testServerCommand(
  host: InstalledHost,
  folders: DataFolders,
  onLine: (line: string) => void,
): ServerCommand {
  const { userDataFolder, extensionsFolder = path.join(userDataFolder, 'extensions') } = folders;
  return {
    node: host.node,
    args: [
      host.serverMain,
      ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
      ...['--user-data-dir', userDataFolder, '--extensions-dir', extensionsFolder, '--telemetry-level', 'off'],
      // Without it there would be a folder in the user's home.
      ...['--server-data-dir', path.join(userDataFolder, 'server')],
      // Without it the server ignores extensionDevelopmentPath and extensionTestsPath in the address.
      '--enable-smoke-test-driver',
    ],
    env: noGallery,
    listening: /^Extension host agent listening on (\d+)/,
    onLine,
  };
}

/** code-server as a user runs it: settings, extensions and state last, and secrets are kept by the browser. */
export function workbenchServerCommand(
  host: InstalledHost,
  folders: DataFolders,
  port: number,
  env: Readonly<Record<string, string | undefined>>,
): ServerCommand {
  return {
    node: host.node,
    args: [
      ...commonArguments(host, folders),
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...[
        '--disable-telemetry',
        '--disable-update-check',
        '--disable-getting-started-override',
        '--disable-workspace-trust',
      ],
    ],
    env: { ...codeServerEnvironment(folders), ...env },
    listening: /HTTP server listening on http:\/\/[^/\s]*:(\d+)/,
  };
}

/** Installs a packaged extension (.vsix) as "Install from VSIX…" does; ends by itself. */
export function installExtensionCommand(
  host: InstalledHost,
  folders: DataFolders,
  vsix: string,
): Pick<ServerCommand, 'node' | 'args' | 'env'> {
  return {
    node: host.node,
    args: [...commonArguments(host, folders), '--force', '--install-extension', vsix],
    env: codeServerEnvironment(folders),
  };
}

function commonArguments(host: InstalledHost, folders: DataFolders): readonly string[] {
  const { userDataFolder, extensionsFolder = path.join(userDataFolder, 'extensions') } = folders;
  // A config file of our own, created on first use, so that a code-server the user has keeps its own.
  const config = path.join(userDataFolder, 'code-server.yaml');
  return [host.entry, '--config', config, '--user-data-dir', userDataFolder, '--extensions-dir', extensionsFolder];
}

function codeServerEnvironment(folders: DataFolders): Readonly<Record<string, string>> {
  // Where code-server would otherwise write its logs: the user's home.
  return { ...noGallery, XDG_DATA_HOME: path.join(folders.userDataFolder, 'code-server') };
}

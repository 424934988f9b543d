import path from 'node:path';
import type { InstalledHost } from './host-install.ts';
import type { ServerCommand } from './server-process.ts';

/** Empty gallery URLs keep VS Code from looking for extensions on the network. */
const noGallery = { EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '' }) };

/** The folders of one VS Code. */
export interface DataFolders {
  readonly userDataFolder: string;
  readonly extensionsFolder: string | undefined;
}

/** Returns the command for VS Code's own server on a free port. The window URL can then select extension tests to run. */
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
      // By default, the server creates a folder in the user's home.
      ...['--server-data-dir', path.join(userDataFolder, 'server')],
      // Without this flag, the server ignores extensionDevelopmentPath and extensionTestsPath in the URL.
      '--enable-smoke-test-driver',
    ],
    env: noGallery,
    listening: /^Extension host agent listening on (\d+)/,
    onLine,
  };
}

/** Returns the command for code-server, which persists settings, extensions and state. The browser persists secrets. */
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

/** Returns the command that installs a .vsix, as "Install from VSIX…" does, and then exits. */
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
  // A separate config file leaves the config of the user's own code-server unchanged. Created on first use.
  const config = path.join(userDataFolder, 'code-server.yaml');
  return [host.entry, '--config', config, '--user-data-dir', userDataFolder, '--extensions-dir', extensionsFolder];
}

function codeServerEnvironment(folders: DataFolders): Readonly<Record<string, string>> {
  // By default, code-server writes its logs to the user's home.
  return { ...noGallery, XDG_DATA_HOME: path.join(folders.userDataFolder, 'code-server') };
}

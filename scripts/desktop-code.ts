import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fitsSocket, isProcessAlive } from '../test/vscode-host/cache-folder.ts';
import { startGuarded } from '../test/vscode-host/guarded-process.ts';
import { HostError } from '../test/vscode-host/host-error.ts';
import { serverEnvironment } from '../test/vscode-host/server-process.ts';
import { mergeSettings, type Settings } from '../test/vscode-host/user-data.ts';

export interface DesktopCode {
  /** Resolves with the exit code when the user closes the window. */
  readonly exited: Promise<number>;
  close(): Promise<void>;
}

export interface DesktopOptions {
  readonly vsix: string;
  /** Folder for user data and extensions, separate from the user's own VS Code. */
  readonly dataDir: string;
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts the desktop VS Code whose `code` command is on the PATH, with the extension installed.
 *
 * @throws HostError if the path of `dataDir` is too long, or `code` is missing or fails to install the extension
 */
export async function startDesktopCode(options: DesktopOptions): Promise<DesktopCode> {
  const { vsix, dataDir, settings } = options;
  if (!fitsSocket(dataDir)) {
    throw new HostError(
      `Desktop VS Code cannot use ${dataDir}, because the path is too long for a socket. Move the repository to a folder with a shorter path, or omit --desktop.`,
    );
  }
  await mergeSettings(dataDir, settings, {});
  const folders = ['--user-data-dir', dataDir, '--extensions-dir', path.join(dataDir, 'extensions')];
  const env = serverEnvironment(options.env);
  const output: string[] = [];
  const onLine = (line: string): void => void output.push(line);

  const install = startCode([...folders, '--install-extension', vsix, '--force'], env, onLine);
  const installed = await install.exited;
  if (installed !== 0) {
    const reason = output.some((line) => line.includes('ENOENT'))
      ? 'the command is not on the PATH'
      : output.slice(-3).join(' ');
    throw new HostError(
      `Could not install the extension with "code" (${reason}). Install desktop VS Code, or omit --desktop.`,
    );
  }
  // With --verbose, the command runs until the window is closed.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const window = startCode([...folders, '--new-window', '--verbose', ...root], env, onLine);
  return {
    exited: window.exited,
    close: async () => {
      // `code` detaches the window, so stopping `code` does not close it. VS Code writes the window's process id to code.lock.
      await terminateWindow(path.join(dataDir, 'code.lock'));
      await window.stop();
    },
  };
}

function startCode(args: readonly string[], env: NodeJS.ProcessEnv, onLine: (line: string) => void) {
  // On Windows, `code` is a batch file, which only cmd.exe can start.
  return process.platform === 'win32'
    ? startGuarded(process.env['ComSpec'] ?? 'cmd.exe', ['/d', '/s', '/c', 'code', ...args], { env, onLine })
    : startGuarded('code', args, { env, onLine });
}

async function terminateWindow(lockFile: string): Promise<void> {
  const processId = Number.parseInt(await readFile(lockFile, 'utf8').catch(() => ''), 10);
  if (Number.isNaN(processId) || !isProcessAlive(processId)) {
    return;
  }
  process.kill(processId, 'SIGTERM');
  for (let waited = 0; waited < 5000 && isProcessAlive(processId); waited += 100) {
    await delay(100);
  }
}

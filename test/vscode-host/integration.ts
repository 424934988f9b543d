import path from 'node:path';
import process from 'node:process';
import { downloadAndUnzipVSCode, runTests, TestRunFailedError } from '@vscode/test-electron';
import { cacheFolder, createRunFolder, removeRunFolder } from './cache-folder.ts';
import { ensureChromium } from './chromium.ts';
import { HostError } from './host-error.ts';
import { ensureHost } from './host-install.ts';
import type { HostVersion } from './host-versions.ts';
import { serverEnvironment } from './server-process.ts';
import { idleVariable, versionVariable, writeGuardedProgram, writeTestProgram } from './test-program.ts';
import { calmSettings, type Settings, writeSettings } from './user-data.ts';

export interface IntegrationRun {
  /** A VS Code from the npm registry, or the newest desktop one, downloaded by `@vscode/test-electron`. */
  readonly version: HostVersion | 'desktop';
  /** The folder of the extension under test. */
  readonly extensionPath: string;
  /** The module that exports `run(): Promise<void>`; CommonJS, as the extension host requires it. */
  readonly testsPath: string;
  /** Added to the environment of the extension host; undefined removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly userSettings?: Settings;
  /** Settings of scope `machine`, which a user's settings cannot hold in a remote window. */
  readonly machineSettings?: Settings;
  /** After how many milliseconds without a line from the tests to give up; 120,000 unless given. */
  readonly idleTimeout?: number;
}

/**
 * Runs extension tests inside the extension host of a real VS Code, by `@vscode/test-electron` in both worlds, with settings and
 * data of their own. Console lines of the tests come out on standard output and standard error.
 *
 * @returns the exit code: 0 when `run` resolved, else 1
 * @throws HostError when there is no VS Code to run them in
 */
export async function runIntegration(run: IntegrationRun): Promise<number> {
  const executable = run.version === 'desktop' ? await desktopProgram() : await npmProgram(run.version);
  const folder = await createRunFolder('integration');
  const { userSettings = {}, machineSettings = {} } = run;
  // The desktop has no machine settings apart from the user's.
  const shared = run.version === 'desktop' ? machineSettings : {};
  await writeSettings(folder, { ...calmSettings, ...userSettings, ...shared }, machineSettings);
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
      launchArgs: [`--user-data-dir=${folder}`, `--extensions-dir=${path.join(folder, 'extensions')}`],
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
  // Here and not only in the program it starts, so that the progress of a first install does not run into its idle timeout.
  await Promise.all([ensureHost(version), ensureChromium()]);
  return writeTestProgram();
}

async function desktopProgram(): Promise<string> {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    throw new HostError('Desktop VS Code needs a display: run this in a desktop session, or under xvfb-run.');
  }
  try {
    const cachePath = path.join(cacheFolder, 'desktop');
    const executable = await downloadAndUnzipVSCode({ version: 'stable', cachePath });
    return process.platform === 'win32' ? executable : await writeGuardedProgram(executable);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HostError(
      `Desktop VS Code could not be downloaded from update.code.visualstudio.com (${reason}): connect to the internet, or run the same tests in the VS Code from npm.`,
    );
  }
}

/** `runTests` adds this process's environment; what an outer VS Code or a debugger put there is undone by name. */
function outerVariablesRemoved(): Readonly<Record<string, undefined>> {
  const kept = serverEnvironment({});
  const outer = Object.keys(process.env).filter((name) => !(name in kept));
  return Object.fromEntries(outer.map((name) => [name, undefined]));
}

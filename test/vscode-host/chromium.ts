import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { repositoryFolder } from './cache-folder.ts';
import { startGuarded } from './guarded-process.ts';
import { HostError } from './host-error.ts';
import type { Report } from './host-install.ts';

const commandNames = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  'msedge',
];

const macApplications = ['Google Chrome', 'Chromium', 'Microsoft Edge'];

const windowsPrograms = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];

let found: Promise<string> | undefined;

/**
 * Finds a Chrome, Chromium or Edge, in this order: `CHROME_PATH`; the usual folders and the PATH; Playwright's Chromium,
 * which is installed if missing; as root on Debian or Ubuntu, the `chromium` package. The result is cached per process.
 *
 * @returns the absolute path of the program
 * @throws HostError if no browser runs
 */
export function ensureChromium(report: Report = console.log): Promise<string> {
  found ??= findOrInstall(report);
  return found;
}

async function findOrInstall(report: Report): Promise<string> {
  const asked = process.env['CHROME_PATH'];
  if (asked !== undefined && asked !== '') {
    if (await runs(asked)) {
      return asked;
    }
    throw new HostError(`The browser in CHROME_PATH does not run: ${asked}. Correct or unset CHROME_PATH.`);
  }
  const present = await firstRunning([...candidates(), chromium.executablePath()]);
  if (present !== undefined) {
    return present;
  }
  report('Chrome, Chromium or Edge was not found. Installing Playwright’s Chromium (first run only)…');
  await playwrightInstall();
  const installed = await firstRunning([chromium.executablePath()]);
  if (installed !== undefined) {
    return installed;
  }
  if (isRootOnDebian()) {
    report('Playwright’s Chromium does not run. Installing the chromium package with apt-get (first run only)…');
    await aptInstall();
    const debian = await firstRunning(candidates());
    if (debian !== undefined) {
      return debian;
    }
  }
  throw new HostError(
    'No browser was found. Install Google Chrome, Chromium or Microsoft Edge, or set CHROME_PATH to the program.',
  );
}

/** Returns the paths where a browser can be installed, most likely first. Most paths do not exist. */
function candidates(): readonly string[] {
  if (process.platform === 'darwin') {
    const folders = ['/Applications', path.join(process.env['HOME'] ?? '/', 'Applications')];
    return folders.flatMap((folder) =>
      macApplications.map((name) => path.join(folder, `${name}.app`, 'Contents', 'MacOS', name)),
    );
  }
  if (process.platform === 'win32') {
    return ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA']
      .map((name) => process.env[name])
      .flatMap((folder) => (folder === undefined ? [] : windowsPrograms.map((program) => path.join(folder, program))));
  }
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return commandNames.flatMap((name) => [...onPath, '/usr/bin'].map((folder) => path.join(folder, name)));
}

async function firstRunning(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    if (await runs(file)) {
      return file;
    }
  }
  return undefined;
}

/**
 * Returns whether a program exists and starts. Some programs exist but do not start: Ubuntu's /usr/bin/chromium-browser
 * only prints how to install a snap, and Playwright's Chromium needs libraries that a minimal system lacks.
 */
async function runs(file: string): Promise<boolean> {
  try {
    await access(file);
  } catch {
    return false;
  }
  if (process.platform === 'win32') {
    // On Windows, --version opens a window.
    return true;
  }
  return new Promise((resolve) => {
    execFile(file, ['--version'], { timeout: 15_000 }, (error) => resolve(error === null));
  });
}

async function playwrightInstall(): Promise<void> {
  const cli = path.join(repositoryFolder, 'node_modules', 'playwright-core', 'cli.js');
  await runQuietly(process.execPath, [cli, 'install', '--no-shell', 'chromium']);
}

function isRootOnDebian(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

async function aptInstall(): Promise<void> {
  const install = ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-liberation'];
  // Only a fresh container needs `apt-get update`, so it runs only after a failed install.
  if ((await runQuietly('apt-get', install)) !== 0) {
    await runQuietly('apt-get', ['update']);
    await runQuietly('apt-get', install);
  }
}

async function runQuietly(command: string, args: readonly string[]): Promise<number> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return startGuarded(command, args, { env, onLine: () => undefined }).exited;
}

// `npm start`: runs a real VS Code with the extension installed, and a fake Cloudflare with demo destinations.

import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { demoTokens } from '../test/fake-cloudflare/demo-tokens.ts';
import { startFakeCloudflare } from '../test/fake-cloudflare/server.ts';
import { cacheFolder, repositoryFolder } from '../test/vscode-host/cache-folder.ts';
import { startGuarded } from '../test/vscode-host/guarded-process.ts';
import { describeFailure, HostError } from '../test/vscode-host/host-error.ts';
import { ensureHost } from '../test/vscode-host/host-install.ts';
import { startWorkbench } from '../test/vscode-host/workbench.ts';
import { hasDisplay, openInBrowser } from './browser-opener.ts';
import { startDesktopCode } from './desktop-code.ts';
import { watchNpm } from './npm-parent.ts';
import { VSIX } from './package-extension.ts';
import { parseStartOptions, type StartOptions, usage } from './start-options.ts';

/** A server or window that runs until it is closed. */
interface Running {
  close(): Promise<void>;
}

interface RunningCode extends Running {
  /** Resolves with the exit code of VS Code. */
  readonly exited: Promise<number>;
}

/** The settings and environment variables that the extension starts with. */
interface ExtensionEnvironment {
  readonly settings: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Returns the folder that keeps settings, extensions and state between runs. Delete the folder to start over. */
function stateFolder({ apiBaseUrl, desktop }: StartOptions): string {
  return path.join(cacheFolder, `${apiBaseUrl === undefined ? 'demo' : 'own'}${desktop ? '-desktop' : ''}`);
}

const running: Running[] = [];

async function start(options: StartOptions): Promise<void> {
  if (!options.desktop) {
    await requireFreePort(options.port);
  }
  const [environment, vsix] = await Promise.all([
    prepareEnvironment(options.apiBaseUrl),
    buildExtension(),
    options.desktop ? undefined : ensureHost('newest'),
  ]);
  const window = options.desktop
    ? await startDesktop(options, vsix, environment)
    : await startInBrowser(options, vsix, environment);
  printInstructions(options);
  const exitCode = await window.exited;
  await stop(options.desktop ? 0 : exitCode, options.desktop ? 'VS Code was closed.' : 'VS Code exited unexpectedly.');
}

/** Builds and packages the extension as `npm run package` does. Returns the path of the .vsix. */
async function buildExtension(): Promise<string> {
  await runScript('Could not build the extension', 'esbuild.mjs');
  await runScript('Could not package the extension', 'scripts/package-extension.ts');
  return path.join(repositoryFolder, VSIX);
}

/** Runs a script of this repository. Its output is shown only if the script fails, as part of the HostError. */
async function runScript(failure: string, file: string): Promise<void> {
  const lines: string[] = [];
  const run = startGuarded(process.execPath, [file], { cwd: repositoryFolder, onLine: (line) => lines.push(line) });
  if ((await run.exited) !== 0) {
    throw new HostError(`${failure}:\n${lines.join('\n')}`);
  }
}

async function prepareEnvironment(apiBaseUrl: string | undefined): Promise<ExtensionEnvironment> {
  if (apiBaseUrl !== undefined) {
    return { settings: { 'cloudflareWebhooks.apiBaseUrl': apiBaseUrl }, env: {} };
  }
  const fake = await startFakeCloudflare({ seed: 'demo' });
  running.push(fake);
  return {
    settings: { 'cloudflareWebhooks.apiBaseUrl': fake.baseUrl },
    // Hides a real token and account id of the user from the demo.
    env: { CLOUDFLARE_API_TOKEN: demoTokens.demo, CLOUDFLARE_ACCOUNT_ID: undefined },
  };
}

async function startInBrowser(
  options: StartOptions,
  vsix: string,
  { settings, env }: ExtensionEnvironment,
): Promise<RunningCode> {
  const workbench = await startWorkbench({
    version: 'newest',
    vsix,
    port: options.port,
    dataDir: stateFolder(options),
    userSettings: settings,
    env,
  });
  running.push(workbench);
  console.log(`\nVS Code with the extension is running at ${workbench.url}\n`);
  if (options.open && hasDisplay()) {
    openInBrowser(workbench.url);
  }
  return workbench;
}

async function startDesktop(
  options: StartOptions,
  vsix: string,
  { settings, env }: ExtensionEnvironment,
): Promise<RunningCode> {
  const desktop = await startDesktopCode({ vsix, dataDir: stateFolder(options), settings, env });
  running.push(desktop);
  console.log('\nVS Code with the extension opens in a new window.\n');
  return desktop;
}

function printInstructions(options: StartOptions): void {
  const real = options.apiBaseUrl !== undefined;
  console.log('1. Select “Cloudflare Webhooks” in the activity bar on the left, then “Add Account…”.');
  console.log(
    real
      ? '2. Paste a Cloudflare API token with the permission “Account › Notifications”, Read or Edit.'
      : `2. Use the token from the environment, or paste this token:  ${demoTokens.demo}`,
  );
  console.log('3. Browse the destinations. Failing destinations come first.');
  console.log('\nPress Ctrl+C in this terminal to stop.');
}

/**
 * Checks the port before the build, so that a used port is reported at once.
 *
 * @throws HostError if the port is in use or not allowed
 */
async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', () =>
      reject(new HostError(`Port ${port} is in use or not allowed. Choose another port:  npm start -- --port N`)),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

let stopping = false;

async function stop(exitCode: number, reason: string): Promise<void> {
  if (stopping) {
    return;
  }
  stopping = true;
  console.log(`\n${reason}`);
  await Promise.allSettled(running.map((each) => each.close()));
  process.exit(exitCode);
}

/** Stops when npm exits. No event tells this, so it polls. */
function stopWithNpm(): void {
  if (process.env['npm_lifecycle_event'] === undefined) {
    return;
  }
  const hasExited = watchNpm();
  setInterval(() => {
    if (hasExited()) {
      void stop(0, 'npm has exited. Stopping…');
    }
  }, 500).unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void stop(0, 'Stopping…'));
}
stopWithNpm();

try {
  const options = parseStartOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
  } else {
    await start(options);
  }
} catch (error) {
  console.error(describeFailure(error));
  await Promise.allSettled(running.map((each) => each.close()));
  process.exit(1);
}

// `npm start`: a real VS Code with the extension in it, and a fake Cloudflare full of destinations to look at.

import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { demoTokens } from '../test/fake-cloudflare/demo-tokens.ts';
import { startFakeCloudflare } from '../test/fake-cloudflare/server.ts';
import { cacheFolder, isProcessAlive, repositoryFolder } from '../test/vscode-host/cache-folder.ts';
import { startGuarded } from '../test/vscode-host/guarded-process.ts';
import { describeFailure, HostError } from '../test/vscode-host/host-error.ts';
import { ensureHost } from '../test/vscode-host/host-install.ts';
import { startWorkbench } from '../test/vscode-host/workbench.ts';
import { hasDisplay, openInBrowser } from './browser-opener.ts';
import { startDesktopCode } from './desktop-code.ts';
import { VSIX } from './package-extension.ts';
import { parseStartOptions, type StartOptions, usage } from './start-options.ts';

/** Something that runs until it is closed. */
interface Running {
  close(): Promise<void>;
}

/** A VS Code that is up. */
interface RunningCode extends Running {
  readonly exited: Promise<number>;
}

/** What the extension finds in its surroundings. */
interface Surroundings {
  readonly settings: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Settings, extensions and state stay here from one run to the next; delete it to start over. */
function stateFolder({ apiBaseUrl, desktop }: StartOptions): string {
  return path.join(cacheFolder, `${apiBaseUrl === undefined ? 'demo' : 'own'}${desktop ? '-desktop' : ''}`);
}

const running: Running[] = [];

async function start(options: StartOptions): Promise<void> {
  if (!options.desktop) {
    await requireFreePort(options.port);
  }
  const [surroundings, vsix] = await Promise.all([
    prepareSurroundings(options.apiBaseUrl),
    buildExtension(),
    options.desktop ? undefined : ensureHost('newest'),
  ]);
  const window = options.desktop
    ? await startDesktop(options, vsix, surroundings)
    : await startInBrowser(options, vsix, surroundings);
  sayWhatToDo(options);
  const exitCode = await window.exited;
  await stop(options.desktop ? 0 : exitCode, options.desktop ? 'VS Code was closed.' : 'VS Code ended on its own.');
}

/** Builds and packages the extension as `npm run package` does, and gives the path of the .vsix. */
async function buildExtension(): Promise<string> {
  await runScript('The extension could not be built', 'esbuild.mjs');
  await runScript('The extension could not be packaged', 'scripts/package-extension.ts');
  return path.join(repositoryFolder, VSIX);
}

/** Runs one of the repository's programs and keeps its words to itself, unless it fails. */
async function runScript(failure: string, file: string): Promise<void> {
  const lines: string[] = [];
  const run = startGuarded(process.execPath, [file], { cwd: repositoryFolder, onLine: (line) => lines.push(line) });
  if ((await run.exited) !== 0) {
    throw new HostError(`${failure}:\n${lines.join('\n')}`);
  }
}

async function prepareSurroundings(apiBaseUrl: string | undefined): Promise<Surroundings> {
  if (apiBaseUrl !== undefined) {
    return { settings: { 'cloudflareWebhooks.apiBaseUrl': apiBaseUrl }, env: {} };
  }
  const fake = await startFakeCloudflare({ seed: 'demo' });
  running.push(fake);
  return {
    settings: { 'cloudflareWebhooks.apiBaseUrl': fake.baseUrl },
    // A real token of the user's has no business in a demo.
    env: { CLOUDFLARE_API_TOKEN: demoTokens.demo, CLOUDFLARE_ACCOUNT_ID: undefined },
  };
}

async function startInBrowser(
  options: StartOptions,
  vsix: string,
  { settings, env }: Surroundings,
): Promise<RunningCode> {
  const workbench = await startWorkbench({
    version: 'newest',
    vsix,
    port: options.port,
    dataDir: stateFolder(options),
    machineSettings: settings,
    env,
  });
  running.push(workbench);
  console.log(`\nVS Code with the extension is at ${workbench.url}\n`);
  if (options.open && hasDisplay()) {
    openInBrowser(workbench.url);
  }
  return workbench;
}

async function startDesktop(
  options: StartOptions,
  vsix: string,
  { settings, env }: Surroundings,
): Promise<RunningCode> {
  const desktop = await startDesktopCode({ vsix, dataDir: stateFolder(options), settings, env });
  running.push(desktop);
  console.log('\nVS Code with the extension opens in a window of its own.\n');
  return desktop;
}

function sayWhatToDo(options: StartOptions): void {
  const real = options.apiBaseUrl !== undefined;
  console.log('1. Click “Cloudflare Webhooks” in the activity bar at the left, then “Add Account…”.');
  console.log(
    real
      ? '2. Paste an API token of yours with the permission “Account › Notifications”, Read or Edit.'
      : `2. Take the token it finds in the environment, or paste this one:  ${demoTokens.demo}`,
  );
  console.log('3. Look at the destinations, the failing ones first. Ctrl-C here ends everything.');
}

/** Found out before anything is built, and in words that name the option. */
async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', () =>
      reject(new HostError(`Port ${port} is taken or not allowed: choose another one with  npm start -- --port N.`)),
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

/** npm does not hand on every signal, and none when it is killed: that it is gone is seen from here. */
function endWithNpm(): void {
  if (process.env['npm_lifecycle_event'] === undefined || process.platform === 'win32') {
    return;
  }
  // Between npm and this program there is a shell, with some shells and not with others.
  const shell = process.ppid;
  const npm = Number(spawnSync('ps', ['-o', 'ppid=', '-p', String(shell)], { encoding: 'utf8' }).stdout);
  setInterval(() => {
    if (process.ppid !== shell || (npm > 1 && !isProcessAlive(npm))) {
      void stop(0, 'npm is gone: ending everything.');
    }
  }, 500).unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void stop(0, 'Ending everything.'));
}
endWithNpm();

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

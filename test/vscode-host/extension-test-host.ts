// A program that takes the command line of a desktop VS Code and runs the extension-host tests it asks for in the VS Code of the
// npm registry: a server, and a headless browser for its window. `@vscode/test-electron` starts it as it starts the desktop one.

import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { browserFlags } from './browser-flags.ts';
import { ensureChromium } from './chromium.ts';
import { type DesktopArguments, parseDesktopArguments } from './desktop-arguments.ts';
import { describeFailure, HostError } from './host-error.ts';
import { ensureHost } from './host-install.ts';
import { testServerCommand } from './server-commands.ts';
import { startServer } from './server-process.ts';
import { formatConsoleCall } from './test-console.ts';
import { idleVariable, versionVariable } from './test-program.ts';

/** The verdict of the tests: their exit code, or why there is none. */
const ended = Promise.withResolvers<number>();

async function main(): Promise<number> {
  const wanted = parseDesktopArguments(process.argv.slice(2));
  const { developmentPaths, testsPath, userDataFolder, extensionsFolder } = wanted;
  if (testsPath === undefined || userDataFolder === undefined || developmentPaths.length === 0) {
    throw new HostError(
      'Needs --extensionDevelopmentPath, --extensionTestsPath and --user-data-dir, each with "=" and a path.',
    );
  }
  const version = process.env[versionVariable] === 'oldest' ? 'oldest' : 'newest';
  const idleMilliseconds = Number(process.env[idleVariable] ?? 120_000);
  const [host, executablePath] = await orStopped(Promise.all([ensureHost(version), ensureChromium()]));

  const idle = setTimeout(() => {
    ended.reject(new HostError(`The tests gave no sign of life for ${idleMilliseconds / 1000} s: stopped.`));
  }, idleMilliseconds);
  const hostExit = Promise.withResolvers<void>();
  const server = await startServer(
    testServerCommand(host, { userDataFolder, extensionsFolder }, (line) => {
      const exit = /Extension Host Process exited with code: (\S+), signal: (\w+)/.exec(line);
      if (exit === null) {
        return;
      }
      if (exit[1] !== '0') {
        // The window would report this as 0: it only knows that there is nothing left to wait for.
        ended.reject(new HostError(`The extension host crashed (exit code ${exit[1]}, signal ${exit[2]}).`));
      }
      hostExit.resolve();
    }),
  );
  try {
    const browser = await chromium.launch({ executablePath, args: [...browserFlags], handleSIGINT: false });
    try {
      browser.once('disconnected', () =>
        ended.reject(new HostError('The browser that shows the window ended on its own.')),
      );
      void server.process.exited.then((code) =>
        ended.reject(new HostError(`The server of VS Code ended (exit code ${code}).`)),
      );
      const page = await browser.newPage();
      await listenToTests(page, () => idle.refresh(), hostExit.promise);
      await page.goto(testWindowAddress(server.port, wanted, testsPath));
      return await ended.promise;
    } finally {
      await browser.close();
    }
  } finally {
    clearTimeout(idle);
    await server.process.stop();
  }
}

/** Waits for work, but no longer than until this program is told to stop. */
async function orStopped<T>(work: Promise<T>): Promise<T> {
  const stopped = ended.promise.then(() => {
    throw new HostError('Stopped.');
  });
  return Promise.race([work, stopped]);
}

/** The two functions VS Code calls in its window, when it finds them there, while it runs extension tests. */
async function listenToTests(page: Page, onLife: () => void, hostExit: Promise<void>): Promise<void> {
  page.once('crash', () => ended.reject(new HostError('The page that shows the window crashed.')));
  await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
    const line = formatConsoleCall(args);
    if (line === undefined) {
      return;
    }
    onLife();
    (type === 'error' || type === 'warn' ? process.stderr : process.stdout).write(`${line}\n`);
    if (/^\[remote-connection\]\[ExtensionHost\].*socket close event/.test(line)) {
      ended.reject(new HostError('The extension host ended before the tests were through.'));
    }
  });
  await page.exposeFunction('codeAutomationExit', async (code: number) => {
    // The exit code of the extension host, which has the last word, comes another way and may be a moment behind.
    await Promise.race([hostExit, delay(1000)]);
    ended.resolve(code);
  });
}

function testWindowAddress(port: number, wanted: DesktopArguments, testsPath: string): string {
  const authority = `localhost:${port}`;
  const remote = (file: string): string => `vscode-remote://${authority}${encodeURI(file.replaceAll('\\', '/'))}`;
  const payload = [
    ...wanted.developmentPaths.map((folder) => ['extensionDevelopmentPath', remote(folder)]),
    ['extensionTestsPath', remote(testsPath)],
    ['skipWelcome', 'true'],
  ];
  const address = new URL(`http://${authority}/`);
  if (wanted.workspace === undefined) {
    address.searchParams.set('ew', 'true');
  } else {
    address.searchParams.set('folder', wanted.workspace);
  }
  address.searchParams.set('payload', JSON.stringify(payload));
  return address.href;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => ended.reject(new HostError('Stopped.')));
}
// The runner holds the other end: when that closes it is gone, however it went.
process.stdin.on('end', () => ended.reject(new HostError('Stopped: the test runner is gone.')));
process.stdin.on('error', () => undefined);
process.stdin.resume();
ended.promise.catch(() => undefined);

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
}
process.stdout.write('', () => process.exit());

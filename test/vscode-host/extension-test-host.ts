// Accepts the command line of a desktop VS Code and runs the extension tests in a VS Code from the npm registry, which
// consists of a server and a headless browser. `@vscode/test-electron` starts this program in place of desktop VS Code.

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

/** Resolves with the exit code of the tests. Rejects with a HostError if the tests do not finish. */
const ended = Promise.withResolvers<number>();

async function main(): Promise<number> {
  const wanted = parseDesktopArguments(process.argv.slice(2));
  const { developmentPaths, testsPath, userDataFolder, extensionsFolder } = wanted;
  if (testsPath === undefined || userDataFolder === undefined || developmentPaths.length === 0) {
    throw new HostError(
      'Missing options: --extensionDevelopmentPath=, --extensionTestsPath= and --user-data-dir= are required.',
    );
  }
  const version = process.env[versionVariable] === 'oldest' ? 'oldest' : 'newest';
  const idleMilliseconds = Number(process.env[idleVariable] ?? 120_000);
  const [host, executablePath] = await orStopped(Promise.all([ensureHost(version), ensureChromium()]));

  const idle = setTimeout(() => {
    ended.reject(new HostError(`The tests printed nothing for ${idleMilliseconds / 1000} s and were stopped.`));
  }, idleMilliseconds);
  const hostExit = Promise.withResolvers<void>();
  const server = await startServer(
    testServerCommand(host, { userDataFolder, extensionsFolder }, (line) => {
      const exit = /Extension Host Process exited with code: (\S+), signal: (\w+)/.exec(line);
      if (exit === null) {
        return;
      }
      if (exit[1] !== '0') {
        // The window reports exit code 0 in this case, because it does not learn the exit code of the host.
        ended.reject(new HostError(`The extension host crashed (exit code ${exit[1]}, signal ${exit[2]}).`));
      }
      hostExit.resolve();
    }),
  );
  try {
    const browser = await chromium.launch({ executablePath, args: [...browserFlags], handleSIGINT: false });
    try {
      browser.once('disconnected', () =>
        ended.reject(new HostError('The browser with the VS Code window exited unexpectedly.')),
      );
      void server.process.exited.then((code) =>
        ended.reject(new HostError(`The VS Code server exited unexpectedly (exit code ${code}).`)),
      );
      const page = await browser.newPage({ reducedMotion: 'reduce', viewport: { width: 640, height: 480 } });
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

/** Waits for `work`, or rejects when this program is stopped. */
async function orStopped<T>(work: Promise<T>): Promise<T> {
  const stopped = ended.promise.then(() => {
    throw new HostError('Stopped.');
  });
  return Promise.race([work, stopped]);
}

/** Exposes the two functions that VS Code's window calls, if present, while it runs extension tests. */
async function listenToTests(page: Page, onOutput: () => void, hostExit: Promise<void>): Promise<void> {
  page.once('crash', () => ended.reject(new HostError('The browser page with the VS Code window crashed.')));
  await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
    const line = formatConsoleCall(args);
    if (line === undefined) {
      return;
    }
    onOutput();
    (type === 'error' || type === 'warn' ? process.stderr : process.stdout).write(`${line}\n`);
    if (/^\[remote-connection\]\[ExtensionHost\].*socket close event/.test(line)) {
      ended.reject(new HostError('The extension host exited before the tests finished.'));
    }
  });
  await page.exposeFunction('codeAutomationExit', async (code: number) => {
    // A crash of the extension host overrides this code. Its exit code comes from the server log and can arrive later.
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
// The test runner holds the other end of standard input, so its end means that the runner has exited.
process.stdin.on('end', () => ended.reject(new HostError('Stopped because the test runner has exited.')));
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

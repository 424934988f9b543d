import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { createVSIX } from '@vscode/vsce';
import { packageExtension } from '../../scripts/package-extension.ts';
import { answerAddAccount, CONTAINER, type Session, startSession } from '../e2e/session.ts';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';

export const ACCOUNTS = 50;
const PER_ACCOUNT = 40;
const FAILING_PER_ACCOUNT = 4;
const FOLDER = path.join(import.meta.dirname, 'in-vscode');
const TIMEOUT = 60_000;

/** What `watch-paints.js` reports. */
export type Painted = 'account row' | 'destination row' | 'control row' | 'panel' | 'empty webview';

/** The time and the CPU time of synchronous work, in milliseconds. */
type Figures = { readonly time: number; readonly cpu: number };

/** What loading and activating an extension takes. */
export type Activation = Readonly<Record<'ours' | 'control', Figures>> & {
  /**
   * The deferred part of our start-up, and the time from the return of `activate` until it is done. Undefined if nothing
   * has needed it.
   */
  readonly services?: Figures & { readonly after: number };
};

/** A window in a real VS Code, whose extensions and paints are observed. */
export type Observed = {
  readonly session: Session;
  /** Reloads the window, which starts a new extension host. */
  readonly reload: () => Promise<void>;
  /** Only in windows that do not show our view: it activates the extension before the observer is ready. */
  readonly activation: () => Promise<Activation>;
  /** Runs a command from the palette, and returns the time from Enter to the paint. */
  readonly open: (title: string, painted: Painted) => Promise<number>;
  /** The time from the start of the navigation to the first paint in this window. */
  readonly paintedAfter: (name: Painted) => Promise<number>;
};

/** Runs the work in a VS Code with our packaged extension, the control and the observer. No account is added yet. */
export async function inObservedWindow<T>(work: (observed: Observed) => Promise<T>): Promise<T> {
  await packageExtension();
  const activationFile = path.resolve('dist/bench/activation.json');
  await mkdir(path.dirname(activationFile), { recursive: true });
  const session = await startSession({
    otherExtensions: [await packageOther('control'), await packageOther('observer')],
    env: { BENCH_ACTIVATION: activationFile, BENCH_PROFILE: process.env['BENCH_PROFILE'] },
  });
  try {
    const observed = await observe(session, activationFile);
    await fillFake(session);
    return await work(observed);
  } finally {
    await session.close();
  }
}

async function packageOther(name: 'control' | 'observer'): Promise<string> {
  const packagePath = path.resolve(`dist/bench/${name}.vsix`);
  await createVSIX({
    cwd: path.join(FOLDER, name),
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
    allowStarActivation: true,
  });
  return packagePath;
}

async function observe(session: Session, activationFile: string): Promise<Observed> {
  const { workbench } = session;
  const { page, quickInput } = workbench;
  const paints = new Map<string, { readonly at: number; readonly sinceStart: number }>();
  let entered = 0;
  const context = page.context();
  await context.exposeFunction('benchPainted', (name: string, at: number, sinceStart: number) =>
    paints.set(name, { at, sinceStart }),
  );
  await context.exposeFunction('benchEntered', (at: number) => (entered = at));
  await context.addInitScript({ path: path.join(FOLDER, 'watch-paints.js') });

  const waitFor = async <T>(what: string, find: () => T | undefined | Promise<T | undefined>): Promise<T> => {
    for (const end = Date.now() + TIMEOUT; Date.now() < end; await delay(20)) {
      const found = await find();
      if (found !== undefined) {
        return found;
      }
    }
    throw new Error(`Timed out waiting for ${what}`);
  };
  return {
    session,
    reload: async () => {
      paints.clear();
      await rm(activationFile, { force: true });
      await workbench.reload();
    },
    activation: async () =>
      waitFor('the activation', async () => {
        const text = await readFile(activationFile, 'utf8').catch(() => undefined);
        return text === undefined ? undefined : (JSON.parse(text) as Activation);
      }),
    open: async (title, painted) => {
      const focused = quickInput.widget.locator('.monaco-list-row.focused', {
        has: page.getByText(title, { exact: true }),
      });
      await page.keyboard.press('F1');
      await quickInput.waitFor('Type the name of a command to run');
      await quickInput.type(`>${title}`);
      await focused.waitFor();
      paints.delete(painted);
      await page.keyboard.press('Enter');
      const { at } = await waitFor(painted, () => paints.get(painted));
      return at - entered;
    },
    paintedAfter: async (name) => (await waitFor(name, () => paints.get(name))).sinceStart,
  };
}

/** Replaces the demo world with {@link ACCOUNTS} accounts. */
async function fillFake({ fake, receiversUrl }: Session): Promise<void> {
  await fake.reset({ seed: 'empty' });
  await fake.putToken({ value: demoTokens.demo });
  for (let index = 0; index < ACCOUNTS; index += 1) {
    const { id: account } = await fake.putAccount({ name: `Account ${index}` });
    for (let number = 0; number < PER_ACCOUNT; number += 1) {
      const url = `${receiversUrl}/generic/${index}-${number}`;
      const { id } = await fake.putDestination({ account, name: `Destination ${number}`, url });
      await fake.recordDelivery({ account, id, succeeded: number >= FAILING_PER_ACCOUNT });
    }
  }
}

export async function addAccounts({ session }: Observed): Promise<void> {
  const { workbench } = session;
  await workbench.openContainer(CONTAINER);
  await workbench.welcome.getByText('Add Account…').click();
  await answerAddAccount(session, demoTokens.demo);
  await workbench
    .statusItem('cloudflareWebhooks.health')
    .getByText(`${ACCOUNTS * FAILING_PER_ACCOUNT} failing`)
    .waitFor({ timeout: TIMEOUT });
  // The snapshot cache is persisted after a delay.
  await delay(3000);
}

import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createVSIX } from '@vscode/vsce';
import { packageExtension } from '../../scripts/package-extension.ts';
import { answerAddAccount, CONTAINER, type Session, startSession } from '../e2e/session.ts';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { medianOf, type Row } from './rows.ts';

const RUNS = 5;
const ACCOUNTS = 50;
const PER_ACCOUNT = 40;
const FAILING_PER_ACCOUNT = 4;
const FOLDER = path.join(import.meta.dirname, 'in-vscode');
const EDIT = 'Cloudflare Webhooks: Edit Destination…';
const OPEN_EMPTY = 'Bench: Open Empty Webview';
const TIMEOUT = 60_000;

/** What `watch-paints.js` reports. */
type Painted = 'account row' | 'destination row' | 'control row' | 'panel' | 'empty webview';

/** The time and the CPU time that loading and activating an extension takes, in milliseconds. */
type Activation = Readonly<Record<'ours' | 'control', { readonly time: number; readonly cpu: number }>>;

/** A window in a real VS Code, whose extensions and paints are observed. */
type Observed = {
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

/** Activation, the first rows and the panel in a real VS Code, beside an empty extension in the same windows. */
export async function benchInVscode(): Promise<readonly Row[]> {
  await packageExtension();
  const activationFile = path.resolve('dist/bench/activation.json');
  await mkdir(path.dirname(activationFile), { recursive: true });
  const session = await startSession({
    otherExtensions: [await packageOther('control'), await packageOther('observer')],
    env: { BENCH_ACTIVATION: activationFile },
  });
  try {
    const observed = await observe(session, activationFile);
    await fillFake(session);
    return [
      ...(await benchActivation(observed, 0)),
      ...(await addAccounts(observed), await benchActivation(observed, ACCOUNTS)),
      ...(await benchRowsAndPanel(observed)),
    ];
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

async function addAccounts({ session }: Observed): Promise<void> {
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

/** Both extensions activate after startup, as in a window that shows other views. */
async function benchActivation({ session, reload, activation }: Observed, accounts: number): Promise<readonly Row[]> {
  await session.workbench.openContainer('Explorer');
  const runs: Activation[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    await reload();
    runs.push(await activation());
  }
  const name = `activation in VS Code, ${accounts} accounts`;
  const median = (pick: (each: Activation) => number): number => medianOf(runs.map(pick));
  return [
    { name: `${name}: the extension`, value: median(({ ours }) => ours.time), unit: 'ms' },
    { name: `${name}: an empty extension`, value: median(({ control }) => control.time), unit: 'ms' },
    { name: `${name}: difference`, value: median(({ ours, control }) => ours.time - control.time), unit: 'ms' },
    { name: `${name}: difference of CPU`, value: median(({ ours, control }) => ours.cpu - control.cpu), unit: 'ms' },
  ];
}

async function benchRowsAndPanel(observed: Observed): Promise<readonly Row[]> {
  const { session, reload, open, paintedAfter } = observed;
  const { workbench, view } = session;
  await workbench.openContainer(CONTAINER);
  const rows: Record<'account row' | 'destination row' | 'control row', number>[] = [];
  const panels: Record<'first' | 'again' | 'empty', number>[] = [];
  const openAndClose = async (title: string, painted: Painted): Promise<number> => {
    const time = await open(title, painted);
    await workbench.runCommand('View: Close All Editors');
    return time;
  };
  for (let index = 0; index < RUNS; index += 1) {
    await reload();
    rows.push({
      'account row': await paintedAfter('account row'),
      'destination row': await paintedAfter('destination row'),
      'control row': await paintedAfter('control row'),
    });
    await view.select('Destination 5');
    // The first webview of a window also loads what all webviews share.
    await openAndClose(OPEN_EMPTY, 'empty webview');
    // Alternating, so that neither is always first.
    const emptyBefore = index % 2 === 0 ? await openAndClose(OPEN_EMPTY, 'empty webview') : undefined;
    const first = await openAndClose(EDIT, 'panel');
    const empty = emptyBefore ?? (await openAndClose(OPEN_EMPTY, 'empty webview'));
    panels.push({ first, empty, again: await openAndClose(EDIT, 'panel') });
  }
  const row = (pick: (each: (typeof rows)[number]) => number): number => medianOf(rows.map(pick));
  const panel = (pick: (each: (typeof panels)[number]) => number): number => medianOf(panels.map(pick));
  const reloaded = `window reload, ${ACCOUNTS} accounts`;
  return [
    { name: `${reloaded}: first account row painted`, value: row((each) => each['account row']), unit: 'ms' },
    { name: `${reloaded}: first destination row painted`, value: row((each) => each['destination row']), unit: 'ms' },
    { name: `${reloaded}: the row of an empty extension`, value: row((each) => each['control row']), unit: 'ms' },
    {
      name: 'first destination row, over the row of an empty extension',
      value: row((each) => each['destination row'] / each['control row']),
      unit: '×',
    },
    { name: 'panel, from the command until filled: first of a window', value: panel(({ first }) => first), unit: 'ms' },
    { name: 'panel, from the command until filled: again', value: panel(({ again }) => again), unit: 'ms' },
    { name: 'an empty webview, from the command', value: panel(({ empty }) => empty), unit: 'ms' },
    { name: 'first panel, over an empty webview', value: panel(({ first, empty }) => first / empty), unit: '×' },
    { name: 'panel again, over an empty webview', value: panel(({ again, empty }) => again / empty), unit: '×' },
  ];
}

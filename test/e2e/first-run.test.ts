import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import {
  errorsOfExtension,
  keepPictureOfFailure,
  pictureFile,
  type Session,
  setTheme,
  startSession,
  THEME_NAMES,
  waitUntil,
} from './session.ts';

/** The titles of the steps, with a text of the picture of each. */
const PICTURES: Readonly<Record<string, string>> = {
  'Add a token': 'Permissions of the token',
  'See which destinations fail': 'Cloudflare Webhooks',
  'Test or fix a failing destination': 'From this machine',
  'Know what Replace does': 'Move each policy to it',
  'Turn on notifications': 'Cloudflare Webhooks: Notify On New Failure',
};
const STEPS = Object.keys(PICTURES);

const TITLE = 'Get Started with Cloudflare Webhooks';

type Walkthrough = {
  /** The heading of a step, which expands it. */
  readonly step: (title: string) => Locator;
  readonly isDone: (title: string) => Promise<boolean>;
  /** Expands a step and waits until its picture is drawn. */
  readonly show: (title: string) => Promise<void>;
};

function walkthroughOf({ workbench }: Session): Walkthrough {
  const { page } = workbench;
  const step = (title: string): Locator =>
    page.locator('.gettingStartedContainer .getting-started-step', { has: page.getByText(title, { exact: true }) });
  return {
    step,
    isDone: async (title) => (await step(title).locator('.codicon.complete').count()) > 0,
    show: async (title) => {
      const isExpanded = (await step(title).getAttribute('aria-expanded')) === 'true';
      if (!isExpanded) {
        await step(title).click();
      }
      await page.locator('.getting-started-step.expanded', { hasText: title }).waitFor();
      await workbench
        .webview()
        .locator('svg')
        .getByText(PICTURES[title] ?? '', { exact: true })
        .waitFor();
    },
  };
}

type Style = { readonly fill: string; getPropertyValue(name: string): string };
type Root = { querySelectorAll(selector: string): Iterable<unknown> };

/** Runs in the page, and so uses nothing from outside: the color of the theme, and the fill of each text in an element. */
function readColors(element: unknown): { readonly foreground: string; readonly fills: readonly string[] } {
  const { getComputedStyle } = globalThis as unknown as { getComputedStyle: (each: unknown) => Style };
  return {
    foreground: getComputedStyle(element).getPropertyValue('--vscode-foreground').trim(),
    fills: [...(element as Root).querySelectorAll('text, tspan')].map((each) => getComputedStyle(each).fill),
  };
}

describe('the first run', function () {
  this.timeout(180_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  let walkthrough: Walkthrough;

  before(async () => {
    session = await startSession({ allBuiltins: true, viewport: { width: 1600, height: 900 } });
    walkthrough = walkthroughOf(session);
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  const take = async (name: string): Promise<Buffer> => session.workbench.screenshot(pictureFile(`first-run-${name}`));

  it('opens the walkthrough from the welcome view, with five steps', async () => {
    const { workbench } = session;
    await workbench.welcome.getByText('Add Account…').waitFor();
    await take('1-welcome');
    await workbench.welcome.getByText('Get started', { exact: true }).click();
    await workbench.page.getByText(TITLE).first().waitFor();
    for (const title of STEPS) {
      await walkthrough.step(title).waitFor();
      assert.equal(await walkthrough.isDone(title), false, title);
    }
    assert.equal(await workbench.page.locator('.getting-started-step').count(), STEPS.length);
  });

  it('completes the first step when an account is added from it', async () => {
    const { workbench, view } = session;
    await walkthrough.show('Add a token');
    await take('2-walkthrough');
    await walkthrough.step('Add a token').getByRole('button', { name: 'Add Account…' }).click();
    await workbench.quickInput.waitFor('Add Account (1/3)');
    await take('3-add-account');
    await workbench.quickInput.answer(demoTokens.demo);
    await workbench.quickInput.waitFor('Add Account (2/3)');
    await take('4-accounts');
    await workbench.quickInput.pressButton('Back');
    await workbench.quickInput.waitFor('Add Account (1/3)');
    assert.equal(await workbench.quickInput.value(), demoTokens.demo);
    await workbench.quickInput.accept();
    await workbench.quickInput.waitFor('Choose the accounts to add');
    await workbench.quickInput.accept();
    await workbench.quickInput.waitUntilClosed();
    await view.reveal('Halden Logistics, account, 2 failing, 15 destinations');
    await waitUntil(async () => walkthrough.isDone('Add a token'));
    await take('5-tree');
  });

  it('completes the other steps when their commands run or their setting changes', async () => {
    const { workbench } = session;
    const { quickInput, page } = workbench;
    await walkthrough.show('See which destinations fail');
    await take('6-health');
    await walkthrough.step('See which destinations fail').getByRole('button', { name: 'Show Failing' }).click();
    await quickInput.waitFor('Failing Destinations');
    await quickInput.cancel();
    await waitUntil(async () => walkthrough.isDone('See which destinations fail'));

    await walkthrough.show('Test or fix a failing destination');
    await take('7-test');
    await walkthrough.step('Test or fix a failing destination').getByRole('button', { name: 'Test Dest' }).click();
    await quickInput.waitFor('Test');
    await quickInput.cancel();
    await waitUntil(async () => walkthrough.isDone('Test or fix a failing destination'));

    await walkthrough.show('Know what Replace does');
    await take('8-replace');
    await waitUntil(async () => walkthrough.isDone('Know what Replace does'));

    await walkthrough.show('Turn on notifications');
    await take('9-notify');
    await walkthrough.step('Turn on notifications').getByRole('button', { name: 'Open the Setting' }).click();
    const box = page.locator('.settings-editor').getByRole('checkbox', { name: 'notifyOnNewFailure' });
    await box.click();
    // The editor writes with a delay, and not at all if it is closed before.
    const settings = path.join(session.dataDir, 'User', 'settings.json');
    await waitUntil(async () =>
      (await readFile(settings, 'utf8')).includes('"cloudflareWebhooks.notifyOnNewFailure": true'),
    );
    await take('10-setting');
    // Newer versions of VS Code show settings in a modal editor.
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'hidden' });
    await waitUntil(async () => walkthrough.isDone('Turn on notifications'));
    await take('11-done');
  });

  it('draws its pictures with the colors of each theme', async () => {
    const { workbench } = session;
    const window = workbench.page.locator('.monaco-workbench').first();
    for (const theme of THEME_NAMES) {
      await setTheme(session, theme);
      const expected = (await window.evaluate(readColors)).foreground;
      assert.match(expected, /^#|^rgb/);
      for (const [index, title] of STEPS.entries()) {
        await walkthrough.show(title);
        const picture = workbench.webview().locator('svg');
        await waitUntil(async () => (await picture.evaluate(readColors)).foreground === expected);
        await workbench.screenshot(pictureFile(`walkthrough-${theme}-${index + 1}`));
        const { fills } = await picture.evaluate(readColors);
        // A theme may lack a color, as high contrast lacks that of a selected item.
        assert.ok(fills.length > 0 && !fills.includes('none'), `${title}: ${fills.join(' ')}`);
      }
    }
  });

  it('logs no error of the extension to the console', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

describe('a token that cannot list accounts', function () {
  this.timeout(120_000);

  it('leaves a welcome view that says what to do', async () => {
    const session = await startSession();
    try {
      const { workbench } = session;
      await workbench.welcome.getByText('Add Account…').click();
      await workbench.quickInput.waitFor('Paste a Cloudflare API token');
      await workbench.quickInput.answer(demoTokens.narrow);
      await workbench.quickInput.waitFor('This token cannot list accounts');
      await workbench.quickInput.cancel();
      await workbench.welcome.getByText('The token works, but it cannot list accounts.').waitFor();
      await workbench.screenshot(pictureFile('first-run-token-without-accounts'));
    } finally {
      await session.close();
    }
  });
});

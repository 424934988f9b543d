import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findViolations } from './accessibility.ts';
import type { Locator } from 'playwright-core';
import { pickFromOpenMenu } from '../vscode-host/tree-view.ts';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { demoAccountId } from '../fake-cloudflare/demo-world.ts';
import {
  answerAddAccount,
  answerFileDialog,
  errorsOfExtension,
  keepPictureOfFailure,
  pictureFile,
  type Session,
  setThemeOfWebview,
  startSession,
  THEME_NAMES,
} from './session.ts';

describe('health overview', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;

  before(async () => {
    session = await startSession({ userSettings: { 'cloudflareWebhooks.unprovenAfterDays': 45 } });
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  const page = () => session.workbench.webview();
  const grid = () => page().getByRole('grid');
  const row = (name: string) => grid().getByRole('row', { name });
  /** The names of the rows in the page, from top to bottom. */
  const namesInOrder = async (): Promise<readonly string[]> =>
    grid()
      .locator('.rows .row')
      .evaluateAll((rows) =>
        rows
          .toSorted((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
          .map((each) => each.querySelector('.name')?.textContent ?? ''),
      );

  it('opens from the title of the view', async () => {
    await session.workbench.welcome.getByText('Add Account…').click();
    await answerAddAccount(session, demoTokens.demo);
    await session.view.pressTitleAction('Open Health Overview');
    await row('SIEM').waitFor();
  });

  it('shows all destinations, failing first, with their details', async () => {
    const { workbench } = session;
    await page().getByText('39 of 39 destinations').waitFor();
    const first = await namesInOrder();
    assert.deepEqual(first.slice(0, 4).toSorted(), ['Live events', 'Payments on-call', 'Paywall monitor', 'SIEM']);
    await row('SIEM').locator('.strip').waitFor();
    await row('SIEM').locator('.policies').getByText(/^\d+$/).waitFor({ state: 'attached' });
    await row('SIEM').locator('.alerts').getByText(/^\d+$/).waitFor({ state: 'attached' });
    await workbench.screenshot(pictureFile('overview 1280'));
    assert.deepEqual(await findViolations(session), []);
  });
  it('filters by health, text, account and type, and clears the filter', async () => {
    await page().getByRole('button', { name: 'Failing 4' }).click();
    await page().getByText('4 of 39 destinations').waitFor();
    await page().getByRole('button', { name: 'All 39' }).click();
    await page().getByRole('searchbox').fill('halden slack');
    await page().getByText('4 of 39 destinations').waitFor();
    await page().getByLabel('Account', { exact: true }).selectOption({ label: 'Tern & Co. Labs (10)' });
    await page().getByText('No destination matches the filter.').waitFor();
    await page().getByRole('button', { name: 'Clear Filter' }).click();
    await page().getByLabel('Type', { exact: true }).selectOption({ label: 'splunk (3, 1 failing)' });
    await page().getByText('3 of 39 destinations').waitFor();
    await page().getByLabel('Type', { exact: true }).selectOption({ index: 0 });
    await page().getByText('39 of 39 destinations').waitFor();
  });

  it('sorts by a column, in both directions', async () => {
    await page().getByRole('button', { name: 'Name' }).click();
    await grid().locator('[aria-sort="ascending"]').getByText('Name').waitFor();
    assert.equal((await namesInOrder())[0], 'Ad serving');
    await page().getByRole('button', { name: 'Name' }).click();
    await grid().locator('[aria-sort="descending"]').getByText('Name').waitFor();
    assert.equal((await namesInOrder())[0], 'Warehouse ops');
    await page().getByRole('button', { name: 'Health', exact: true }).click();
  });

  it('is used by keys: arrows, Home, End, type-ahead, selection', async () => {
    const { keyboard } = session.workbench.page;
    const focused = async (): Promise<string | null> => page().locator('.row:focus .name').textContent();
    await grid().locator('.rows .row[tabindex="0"]').focus();
    await keyboard.press('End');
    assert.equal(await focused(), 'Tokyo bureau');
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    assert.equal(await grid().locator('.row:focus').getAttribute('aria-rowindex'), '3');
    await keyboard.type('war');
    assert.equal(await focused(), 'Warehouse ops');
    await keyboard.press('Home');
    await keyboard.press('Space');
    await keyboard.press('Shift+ArrowDown');
    await page().getByText('2 selected').waitFor();
    await keyboard.press('Escape');
    await page().getByText('2 selected').waitFor({ state: 'hidden' });
  });

  it('selects a range from the clicked row by Shift and another click', async () => {
    const nth = (index: number): Locator => grid().locator(`.row[aria-rowindex="${index}"] .state`);
    await nth(2).click();
    await page().getByText('1 selected').waitFor();
    await nth(5).click({ modifiers: ['Shift'] });
    await page().getByText('4 selected').waitFor();
    await nth(3).click({ modifiers: ['Shift'] });
    await page().getByText('2 selected').waitFor();
    await session.workbench.page.keyboard.press('Escape');
    await page().getByText('2 selected').waitFor({ state: 'hidden' });
  });

  it('has its rows in their order for screen readers, whatever was scrolled and sorted', async () => {
    const isInOrder = async (): Promise<void> => {
      const indexes = await grid()
        .locator('.rows .row')
        .evaluateAll((rows) => rows.map((each) => Number(each.getAttribute('aria-rowindex'))));
      assert.deepEqual(
        indexes,
        indexes.toSorted((a, b) => a - b),
      );
    };
    const { keyboard } = session.workbench.page;
    await grid().locator('.rows .row[tabindex="0"]').focus();
    await keyboard.press('End');
    await isInOrder();
    await keyboard.press('Home');
    await isInOrder();
    await keyboard.press('ArrowDown');
    const name = await page().locator('.row:focus .name').textContent();
    await keyboard.press('Tab');
    await page().getByRole('button', { name: 'Name' }).press('Enter');
    await grid().locator('[aria-sort="ascending"]').getByText('Name').waitFor();
    await isInOrder();
    assert.ok(name);
    await page().getByRole('button', { name: 'Health', exact: true }).click();
  });

  it('opens the menu of the row with the focus by a key', async () => {
    const { page: window } = session.workbench;
    await grid().locator('.rows .row[tabindex="0"]').focus();
    await window.keyboard.press('Shift+F10');
    await window.locator('.monaco-menu').getByText('Edit Destination…').waitFor();
    await window.keyboard.press('Escape');
    await page().getByRole('button', { name: 'Clear Selection' }).click();
  });

  it('runs the commands of the view on the selected rows', async () => {
    const { workbench } = session;
    await row('SIEM').locator('.check').click();
    await row('Payments on-call').locator('.check').click();
    await row('SIEM').click({ button: 'right' });
    const menu = workbench.page.locator('.monaco-menu');
    await menu.getByText('Delete Destination…').waitFor();
    assert.equal(await menu.getByText('Edit Destination…').count(), 0);
    await pickFromOpenMenu(workbench.page, 'Delete Destination…');
    assert.match((await workbench.dialog.read()).message, /Delete 2 /);
    await workbench.dialog.press('Cancel');
    await page().getByRole('button', { name: 'Clear Selection' }).click();
    await row('SIEM').click({ button: 'right' });
    await pickFromOpenMenu(workbench.page, 'Edit Destination…');
    await workbench.editorTab(/^SIEM/).waitFor();
    await workbench.editorTab(/^Webhook Health/).click();
    await page().getByRole('button', { name: 'Clear Selection' }).click();
  });

  it('follows the store while it is open', async () => {
    const { fake } = session;
    const account = demoAccountId('Tern & Co. Labs');
    const [first] = await fake.destinations({ account });
    assert.ok(first);
    await fake.recordDelivery({ account, id: first.id, succeeded: false });
    await page().getByRole('button', { name: 'Refresh All' }).click();
    await page().getByRole('button', { name: 'Failing 5' }).waitFor();
    await row(first.name).locator('.failing').waitFor();
  });

  it('keeps filter, sort and selection while its tab is hidden and over a reload', async () => {
    const { workbench } = session;
    await page().getByRole('searchbox').fill('halden');
    await page().getByRole('button', { name: 'Last success' }).click();
    await page().getByText('15 of 39 destinations').waitFor();
    await row('Dispatch desk').locator('.check').click();
    await page().getByText('1 selected').waitFor();
    const before = await namesInOrder();
    const unchanged = async (): Promise<void> => {
      await page().getByText('15 of 39 destinations').waitFor();
      await page().getByText('1 selected').waitFor();
      assert.equal(await page().getByRole('searchbox').inputValue(), 'halden');
      assert.deepEqual(await namesInOrder(), before);
    };
    await workbench.runCommand('File: New Untitled Text File');
    await workbench.editorTab(/^Webhook Health/).click();
    await unchanged();
    await workbench.reload();
    await workbench.editorTab(/^Webhook Health/).click();
    await unchanged();
    await page().getByRole('searchbox').fill('');
    await page().getByRole('button', { name: 'Clear Selection' }).click();
  });

  it('keeps its scroll position while its tab is hidden and over a reload, and can be left and entered by Tab', async () => {
    const { workbench } = session;
    const scrollTop = async (): Promise<number> => grid().evaluate((element) => element.scrollTop);
    const isScrolled = async (): Promise<void> => {
      const end = Date.now() + 10_000;
      while (Math.abs((await scrollTop()) - 200) > 2) {
        assert.ok(Date.now() < end, `The grid is at ${await scrollTop()}`);
        await grid().evaluate(async () => new Promise((resolve) => setTimeout(resolve, 50)));
      }
    };
    await grid().evaluate((element) => {
      element.scrollTop = 200;
    });
    await isScrolled();
    await workbench.runCommand('File: New Untitled Text File');
    await workbench.editorTab(/^Webhook Health/).click();
    await isScrolled();
    await workbench.reload();
    await workbench.editorTab(/^Webhook Health/).click();
    await isScrolled();
    assert.equal(await grid().locator('.rows .row[tabindex="0"]').count(), 1);
  });

  it('exports what it shows as CSV', async () => {
    const { workbench, dataDir } = session;
    await page().getByRole('searchbox').fill('brightwater');
    await page().getByText('14 of 39 destinations').waitFor();
    await page().getByRole('button', { name: 'Export as CSV…' }).click();
    const file = path.join(dataDir, 'health.csv');
    await answerFileDialog(session, file);
    await workbench.notifications.waitFor('Exported 14 destinations');
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
    assert.equal(lines.length, 15);
    assert.match(lines[0] ?? '', /^\uFEFFName,Account,Type,Host,Health/);
    assert.ok(lines.every((line) => !line.includes('https://')));
    await workbench.notifications.clear();
    await page().getByRole('searchbox').fill('');
  });

  it('tests all unproved destinations through Cloudflare after one confirmation, and tells each receiver apart', async () => {
    const { workbench, fake } = session;
    const before = (await fake.log()).filter(({ method }) => method === 'POST').length;
    await page()
      .getByRole('button', { name: /^Test All Unproved/ })
      .click();
    const { message, detail } = await workbench.dialog.read();
    assert.match(message, /^Test \d+ polic(y|ies) through Cloudflare\?/);
    assert.match(detail, /Halden Logistics, policy/);
    assert.equal((await fake.log()).filter(({ method }) => method === 'POST').length, before);
    await workbench.screenshot(pictureFile('overview unproved confirmation'));
    await workbench.dialog.press('Send Tests');
    await workbench.notifications.waitFor(/Delivered: |Failed: /);
    await workbench.screenshot(pictureFile('overview unproved result'));
    await workbench.notifications.clear();
  });

  it('logs no error of the extension to the console', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

describe('health overview in four themes', function () {
  this.timeout(120_000);

  it('is readable, wide and narrow', async () => {
    const session = await startSession({ userSettings: { 'cloudflareWebhooks.unprovenAfterDays': 3 } });
    try {
      const { workbench, view } = session;
      await workbench.welcome.getByText('Add Account…').click();
      await answerAddAccount(session, demoTokens.demo);
      await view.pressTitleAction('Open Health Overview');
      const strip = workbench.webview().getByRole('row', { name: 'SIEM' }).locator('.strip');
      await strip.waitFor();
      await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
      for (const theme of THEME_NAMES) {
        await setThemeOfWebview(session, theme);
        // Colors do not depend on the width, nor the layout on the theme.
        for (const width of theme === 'dark' ? [1280, 600] : [1280]) {
          await workbench.page.setViewportSize({ width, height: 800 });
          await strip.waitFor();
          await workbench.screenshot(pictureFile(`overview ${theme} ${width}`));
          assert.deepEqual(await findViolations(session), [], `${theme}, ${width} pixels`);
        }
      }
    } finally {
      await session.close();
    }
  });
});

import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { findViolations } from './accessibility.ts';
import {
  addOnlyAccount,
  errorsOfExtension,
  keepPictureOfFailure,
  pictureFile,
  type Session,
  setThemeOfWebview,
  startWithAcme,
  THEME_NAMES,
} from './session.ts';

const DAY = 86_400_000;
describe('timeline in the panel', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  let panel: FrameLocator;
  let strip: Locator;
  let account: string;
  let id: string;
  const at = (daysAgo: number): string => new Date(Date.now() - daysAgo * DAY).toISOString();
  const cell = (daysAgo: number): Locator => strip.locator('.day').nth(29 - daysAgo);
  const words = (): Promise<string> => panel.locator('.day-text').innerText();

  before(async () => {
    ({ session, account } = await startWithAcme());
    panel = session.workbench.webview();
    strip = panel.locator('.charts .strip');
    ({ id } = await session.fake.putDestination({
      account,
      name: 'Alpha',
      url: `${session.receiversUrl}/generic/alpha`,
      created_at: at(27),
      last_success: at(24),
    }));
    await session.fake.setHistory({
      account,
      history: [20, 20, 20, 12, 11, 11, 9, 5, 0].map((daysAgo, index) => ({
        id: `h${index}`,
        policy_id: 'p',
        name: 'Attacks',
        description: '',
        alert_type: 'dos_attack_l7',
        alert_body: '',
        sent: at(daysAgo),
        mechanism: id,
        mechanism_type: 'webhook' as const,
      })),
    });
    await addOnlyAccount(session, demoTokens.demo, 'Alpha');
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  /** Changes the last events, refreshes, and waits for the days that the open panel then counts. */
  const deliver = async (values: Readonly<Record<string, string>>, shown: RegExp): Promise<void> => {
    await session.fake.putDestination({ account, id, ...values });
    // Not from the palette, which would take the focus.
    await panel.getByRole('button', { name: 'Refresh', exact: true }).dispatchEvent('click');
    await panel.getByText(shown).waitFor();
  };

  it('records the moves of refreshes and shows them', async () => {
    await session.view.pickFromMenu('Alpha', 'Edit Destination…');
    await panel.getByText(/^Last 30 days: delivered on 1 day, nothing seen on/).waitFor();
    await deliver({ last_success: at(20), last_failure: at(21) }, /delivered on 2 days, failed on 1 day,/);
    await deliver({ last_success: at(12), last_failure: at(11) }, /delivered on 3 days, failed on 2 days,/);
    await deliver({ last_success: at(11), last_failure: at(9) }, /delivered on 4 days, failed on 3 days,/);
    await deliver({ last_success: at(5), last_failure: at(4.99) }, /delivered on 5 days, failed on 4 days,/);
    await deliver({ last_success: at(1), last_failure: at(3) }, /delivered on 6 days, failed on 5 days,/);
    await session.view.row(/^Alpha, generic, healthy, last success 1 day ago/).waitFor();
    await panel.getByRole('img', { name: /^Alerts sent in the last 30 days/ }).waitFor();
    assert.equal(await strip.locator('.day').count(), 30);
  });

  it('is readable in four themes, with its table', async () => {
    await panel.getByText('Day by day').click();
    assert.equal(await panel.getByRole('row').count(), 31);
    for (const theme of THEME_NAMES) {
      await setThemeOfWebview(session, theme);
      await session.workbench.screenshot(pictureFile(`timeline-${theme}`));
      assert.deepEqual(await findViolations(session), [], theme);
    }
  });

  it('shows a new event without being opened again, and keeps the table open', async () => {
    await deliver({ last_failure: at(0) }, /failed on 6 days/);
    assert.equal(await panel.getByRole('row').count(), 31);
    await panel.getByText('Day by day').click();
  });

  it('aligns the bars of the alerts with the days', async () => {
    const bars = panel.locator('.plot .bar');
    for (const daysAgo of [0, 12, 20, 29]) {
      const [day, bar] = [await cell(daysAgo).boundingBox(), await bars.nth(29 - daysAgo).boundingBox()];
      assert.ok(day && bar);
      assert.ok(Math.abs(day.x + day.width / 2 - bar.x - bar.width / 2) < 1, `${daysAgo}: ${day.x} ${bar.x}`);
    }
  });

  it('is one tab stop, in which the keyboard moves between the days', async () => {
    const { page } = session.workbench;
    await strip.locator('[tabindex="0"]').focus();
    assert.match(await words(), /: failed at .+\. Alerts sent: 1$/);
    await page.keyboard.press('ArrowLeft');
    assert.match(await words(), /: delivered at .+\. Alerts sent: 0$/);
    await session.workbench.screenshot(pictureFile('timeline-focus'));
    await page.keyboard.press('Home');
    assert.match(await words(), /: not created yet\./);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await cell(29).getAttribute('tabindex'), '0');
    await page.keyboard.press('End');
    assert.equal(await cell(0).getAttribute('tabindex'), '0');
    assert.equal(await strip.locator('[tabindex="0"]').count(), 1);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Tab');
    const summary = panel.locator('details > summary');
    assert.ok(await summary.evaluate((each) => each === each.ownerDocument.activeElement));
  });

  it('keeps the focused day while the timeline changes', async () => {
    await cell(1).focus();
    await deliver({ last_success: at(0) }, /delivered on 7 days/);
    assert.ok(await cell(1).evaluate((each) => each === each.ownerDocument.activeElement));
  });

  it('names a day under the pointer', async () => {
    await cell(20).hover();
    assert.match(await words(), /: delivered at .+\. Alerts sent: 3$/);
    assert.match((await cell(21).locator('title').textContent()) ?? '', /: failed at/);
  });

  it('fits into a narrow window', async () => {
    await session.workbench.page.setViewportSize({ width: 600, height: 900 });
    await session.workbench.screenshot(pictureFile('timeline-narrow'));
    assert.deepEqual(await findViolations(session), []);
  });

  it('logs no error of the extension to the console', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

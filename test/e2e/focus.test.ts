import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { pickFromOpenMenu } from '../vscode-host/tree-view.ts';
import { findViolations } from './accessibility.ts';
import {
  answerAddAccount,
  errorsOfExtension,
  keepPictureOfFailure,
  pictureFile,
  type Session,
  startSession,
} from './session.ts';

const FAILING = 'SIEM';

describe('focus and zoom', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;

  before(async () => {
    session = await startSession();
    await session.workbench.welcome.getByText('Add Account…').click();
    await answerAddAccount(session, demoTokens.demo);
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  /**
   * Presses a key that opens a question, leaves it with Escape, and does both again: the focus must be where it was. In a
   * webview, which gets it back later, `focused` is what has it then.
   */
  async function opensTwice(key: string, question: 'pick' | 'modal', focused?: Locator): Promise<void> {
    const { page, quickInput, dialog } = session.workbench;
    const surface = question === 'pick' ? quickInput.widget : dialog.box;
    for (const _ of [1, 2]) {
      await page.keyboard.press(key);
      await surface.waitFor();
      // A key before that would not leave the question.
      await surface.locator(':focus').waitFor();
      await page.keyboard.press('Escape');
      await surface.waitFor({ state: 'hidden' });
      await focused?.waitFor();
    }
  }

  it('returns to the row of the tree', async () => {
    const { view } = session;
    await view.reveal(FAILING);
    await view.select(FAILING);
    await opensTwice('F2', 'pick');
    await opensTwice('Delete', 'modal');
    await view.pickFromMenu(FAILING, 'Test Destination…');
    await session.workbench.quickInput.waitFor('Choose how to send the test');
    await session.workbench.page.keyboard.press('Escape');
    await opensTwice('F2', 'pick');
  });

  it('returns to the button of the panel', async () => {
    const { workbench } = session;
    const panel = workbench.webview();
    await workbench.page.keyboard.press('Enter');
    await panel.getByRole('heading', { name: FAILING }).waitFor();
    for (const [name, question] of [
      ['Test…', 'pick'],
      ['Policies…', 'pick'],
      ['Delete…', 'modal'],
      ['Test from This Machine', 'pick'],
    ] as const) {
      await panel.getByRole('button', { name, exact: true }).first().focus();
      await opensTwice('Enter', question, panel.locator('button:focus', { hasText: name }));
    }
  });

  it('returns to the row of the overview', async () => {
    const { workbench, view } = session;
    await view.pressTitleAction('Open Health Overview');
    const row = workbench.webview().getByRole('row', { name: FAILING });
    await row.click();
    await row.click({ button: 'right' });
    await pickFromOpenMenu(workbench.page, 'Delete Destination…');
    await workbench.dialog.box.waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.dialog.box.waitFor({ state: 'hidden' });
    const index = Number(await row.getAttribute('aria-rowindex'));
    await workbench.webview().locator(`.row:focus[aria-rowindex="${index}"]`).waitFor();
    await workbench.page.keyboard.press('ArrowDown');
    await workbench
      .webview()
      .locator(`.row:focus[aria-rowindex="${index + 1}"]`)
      .waitFor();
  });

  it('returns to the text of a JSON document', async () => {
    const { workbench, view } = session;
    await view.reveal(FAILING);
    await view.pickFromMenu(FAILING, 'Edit Destination as JSON');
    const lines = workbench.page.locator('.monaco-editor .view-lines');
    await lines.getByText('"name"').click();
    for (const [command, close] of [
      ['Cloudflare Webhooks: Delete Destination…', workbench.dialog.box],
      ['Cloudflare Webhooks: Test Destination…', workbench.quickInput.widget],
    ] as const) {
      await workbench.runCommand(command);
      await close.waitFor();
      await workbench.page.keyboard.press('Escape');
      await close.waitFor({ state: 'hidden' });
      await workbench.page.keyboard.type('typed');
      await lines.getByText('typed').waitFor();
      await workbench.page.keyboard.press('ControlOrMeta+z');
      await lines.getByText('typed').waitFor({ state: 'detached' });
    }
    await workbench.runCommand('View: Revert and Close Editor');
  });

  it('is usable at 200 % zoom: nothing is cut off or needs to be scrolled sideways', async () => {
    const { workbench, view } = session;
    await view.pressTitleAction('Open Health Overview');
    // As a window of 1280 × 900 pixels at 200 %.
    await workbench.page.setViewportSize({ width: 640, height: 450 });
    const page = workbench.webview();
    const overflow = async (): Promise<number> =>
      page
        .locator('main')
        .evaluate(({ ownerDocument: { documentElement: root } }) => root.scrollWidth - root.clientWidth);
    await page.getByRole('row', { name: FAILING }).waitFor();
    await workbench.screenshot(pictureFile('overview at 200 percent'));
    assert.equal(await overflow(), 0);
    assert.deepEqual(await findViolations(session), []);
    await view.reveal(FAILING);
    await view.pickFromMenu(FAILING, 'Edit Destination…');
    await page.getByRole('heading', { name: FAILING }).waitFor();
    await workbench.screenshot(pictureFile('panel at 200 percent'));
    assert.equal(await overflow(), 0);
    assert.deepEqual(await findViolations(session), []);
  });

  it('logs no error of the extension', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

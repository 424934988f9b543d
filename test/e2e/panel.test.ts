import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { demoAccountId } from '../fake-cloudflare/demo-world.ts';
import { findViolations } from './accessibility.ts';
import {
  answerAddAccount,
  CONTAINER,
  keepPictureOfFailure,
  pictureFile,
  type Session,
  setThemeOfWebview,
  startSession,
  errorsOfExtension,
  waitUntil,
} from './session.ts';

const ACCOUNT = 'Tern & Co. Labs';
const account = demoAccountId(ACCOUNT);

describe('panel in the workbench', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  let panel: FrameLocator;
  let receivers: string;

  before(async () => {
    session = await startSession();
    panel = session.workbench.webview();
    await session.workbench.welcome.getByText('Add Account…').click();
    await answerAddAccount(session, demoTokens.demo);
    const [any] = await session.fake.destinations({ account });
    receivers = new URL(any?.url ?? '').origin;
    receivers += '/receivers';
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  const field = (label: string) => panel.getByLabel(label, { exact: true });
  /** The page gets what it shows from the extension, so a field can change a moment after what else is seen. */
  const holds = async (label: string, value: string): Promise<void> => {
    await waitUntil(async () => (await field(label).inputValue()) === value).catch(() => {});
    assert.equal(await field(label).inputValue(), value);
  };
  const press = (name: string) => panel.getByRole('button', { name, exact: true }).click();
  const says = async (text: string | RegExp) => panel.locator('.notices').getByText(text).first().waitFor();
  const named = async (name: string) =>
    (await session.fake.destinations({ account })).find((each) => each.name === name) ?? assert.fail(`no ${name}`);

  it('shows a missing value at its field and focuses the field', async () => {
    await session.view.reveal(ACCOUNT);
    await session.view.pickFromMenu(`${ACCOUNT}, account`, 'Create Destination…');
    await panel.getByRole('heading', { name: 'New Webhook Destination' }).waitFor();
    await press('Create');
    await panel.getByText('Enter a name.').waitFor();
    assert.equal(await field('Name').getAttribute('aria-invalid'), 'true');
    assert.equal(await field('Name').evaluate((element) => element === element.ownerDocument.activeElement), true);
  });

  it('detects the type while the user types a URL', async () => {
    await field('URL').fill('https://hooks.slack.com/services/T1/B1/abc');
    await panel.getByText(/^Detected type: Slack\./).waitFor();
    await field('URL').fill('https://api.opsgenie.com/v2/alerts');
    await panel.getByText(/^Detected type: Opsgenie/).waitFor();
  });

  it('shows Cloudflare’s error and keeps every field', async () => {
    await field('Name').fill('Made by hand');
    await field('URL').fill(`${receivers}/generic/hook`);
    await field('Secret').fill('wrong one');
    await press('Create');
    await says(/Webhook test failed/i);
    await holds('Name', 'Made by hand');
    await holds('URL', `${receivers}/generic/hook`);
    await holds('Secret', 'wrong one');
    // The focus moves to the notice, which is read because of that. Nothing else announces it.
    const notice = panel.locator('.notice');
    assert.equal(await notice.evaluate((each) => each === each.ownerDocument.activeElement), true);
    assert.equal(await notice.getAttribute('role'), 'group');
    assert.match((await notice.getAttribute('aria-label')) ?? '', /Webhook test failed.+Your input is unchanged/i);
    assert.equal(await panel.getByRole('alert').count(), 0);
    assert.equal(await panel.getByRole('status').innerText(), '');
    // Dismiss is never the main button.
    for (const [name, isMain] of [
      ['Test from This Machine', true],
      ['Dismiss', false],
    ] as const) {
      const classes = await notice.getByRole('button', { name }).getAttribute('class');
      assert.equal(classes !== 'secondary', isMain, name);
    }
  });

  it('has no axe-core violations in a light and a high contrast theme while errors are shown, and marks invalid fields', async () => {
    await field('Name').fill('');
    await press('Create');
    await panel.getByText('Enter a name.').waitFor();
    for (const theme of ['high-contrast-dark', 'light'] as const) {
      await setThemeOfWebview(session, theme);
      assert.deepEqual(await findViolations(session), [], theme);
      const borderOf = async (label: string) =>
        field(label).evaluate((each) => {
          const style = each.ownerDocument.defaultView?.getComputedStyle(each);
          return `${style?.borderTopStyle} ${style?.borderTopColor}`;
        });
      assert.notEqual(
        await borderOf('Name'),
        await borderOf('URL'),
        `an invalid field looks like a valid one: ${theme}`,
      );
      await session.workbench.screenshot(pictureFile(`panel errors ${theme}`));
    }
    await field('Name').fill('Made by hand');
  });

  it('generates a secret and creates the destination', async () => {
    const { view, workbench } = session;
    await press('Generate Secret');
    const secret = await field('Secret').inputValue();
    assert.match(secret, /^[\w-]{43}$/);
    await press('Create');
    await says(/^Created “Made by hand”/);
    assert.equal((await named('Made by hand')).secret, secret);
    await holds('Secret', '');
    await view.reveal('Made by hand');
    await workbench.editorTab('Made by hand').waitFor();
    await panel.getByText('generic', { exact: false }).first().waitFor();
  });

  it('renames with the keyboard only', async () => {
    const { page } = session.workbench;
    await field('Name').focus();
    // VS Code runs Select All asynchronously, so it can interrupt fast typing.
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+Home');
    await page.keyboard.type('Renamed by keyboard');
    await panel.getByText(/^Saving changes only the name/).waitFor();
    await page.keyboard.press('ControlOrMeta+s');
    await says('Renamed to “Renamed by keyboard”.');
    await session.view.reveal('Renamed by keyboard');
    assert.equal(await panel.locator('.notice').evaluate((each) => each === each.ownerDocument.activeElement), true);
  });

  it('reports an ignored URL and replaces the destination after confirmation', async () => {
    const old = await named('Renamed by keyboard');
    await session.fake.putPolicy({
      account,
      name: 'Certificates',
      mechanisms: { webhooks: [{ id: old.id }] },
    });
    await press('Refresh');
    await panel.getByRole('listitem').filter({ hasText: 'Certificates' }).waitFor();
    await field('URL').fill(`${receivers}/generic/elsewhere`);
    await press('Save');
    await says(/^Replace “Renamed by keyboard” with a new destination/);
    await session.workbench.screenshot(pictureFile('panel replace or update'));
    await panel.locator('.notice').getByRole('button', { name: 'Update in Place' }).click();
    await says(/did not change the URL/);
    await holds('URL', `${receivers}/generic/elsewhere`);
    await panel.locator('.notice').getByRole('button', { name: 'Replace…' }).click();
    await says(/^Replace “Renamed by keyboard” with a new destination/);
    await panel.locator('.notice').getByRole('button', { name: 'Replace', exact: true }).click();
    await says(/^Replaced “Renamed by keyboard” of .+\. The new ID is/);
    const made = await named('Renamed by keyboard');
    assert.notEqual(made.id, old.id);
    assert.equal(made.url, `${receivers}/generic/elsewhere`);
    const policy = (await session.fake.policies({ account })).find(({ name }) => name === 'Certificates');
    assert.deepEqual(policy?.mechanisms, { webhooks: [{ id: made.id }] });
  });

  it('reports a new URL as applied if Cloudflare behaves as documented', async () => {
    await session.fake.changeSettings({ putMode: 'as-documented' });
    await field('URL').fill(`${receivers}/generic/documented`);
    await press('Save');
    await panel.locator('.notice').getByRole('button', { name: 'Update in Place' }).click();
    await says('Saved the new URL.');
    assert.equal((await named('Renamed by keyboard')).url, `${receivers}/generic/documented`);
    await session.fake.changeSettings({ putMode: 'rename-only' });
  });

  it('reports a changed secret as unverifiable and offers a replacement', async () => {
    await field('Secret').fill('another-good-one');
    await press('Save');
    await panel.locator('.notice').getByRole('button', { name: 'Update in Place' }).click();
    await says(/Cloudflare does not confirm secret changes/);
    await panel.locator('.notice').getByRole('button', { name: 'Replace…' }).waitFor();
    await session.workbench.screenshot(pictureFile('panel secret unknown'));
    await panel.locator('.notice').getByRole('button', { name: 'Dismiss' }).click();
  });

  it('reports a change at Cloudflare and keeps the edits', async () => {
    const { id } = await named('Renamed by keyboard');
    await field('Name').fill('Half-typ');
    await session.fake.putDestination({ account, id, name: 'Renamed elsewhere' });
    await press('Refresh');
    await says(/^The destination changed at Cloudflare: the new name is “Renamed elsewhere”/);
    await holds('Name', 'Half-typ');
  });

  it('keeps the edits while its tab is hidden', async () => {
    const { view, workbench } = session;
    await field('Secret').fill('typed before');
    await view.reveal('Lab chat');
    await view.pickFromMenu('Lab chat', 'Edit Destination…');
    await panel.getByRole('heading', { name: 'Lab chat' }).waitFor();
    await workbench.runCommand('View: Close Editor');
    await panel.getByRole('heading', { name: 'Renamed elsewhere' }).waitFor();
    await holds('Name', 'Half-typ');
    await holds('Secret', 'typed before');
  });

  it('restores the edits without the secret after a reload', async () => {
    const { workbench } = session;
    // On the web, VS Code persists secrets in local storage. The extension persists a draft as a secret after a delay.
    const stored = await workbench.page.evaluate(() => localStorage.getItem('secrets.provider'));
    assert.ok(stored);
    await field('URL').fill(`${receivers}/generic/unsaved`);
    await workbench.page.waitForFunction((before) => localStorage.getItem('secrets.provider') !== before, stored);
    await workbench.reload();
    await panel.getByRole('heading', { name: 'Renamed elsewhere' }).waitFor();
    await holds('Name', 'Half-typ');
    await holds('URL', `${receivers}/generic/unsaved`);
    await holds('Secret', '');
    await says(/^The destination changed at Cloudflare/);
    await press('Use Cloudflare’s Version');
    await holds('Name', 'Renamed elsewhere');
  });

  it('reports a deletion at Cloudflare and creates the destination again', async () => {
    const { id } = await named('Renamed elsewhere');
    await session.fake.removeDestination({ account, id });
    await press('Refresh');
    await says(/“Renamed elsewhere” no longer exists/);
    await press('Create Again');
    await says(/^Created “Renamed elsewhere”/);
    await named('Renamed elsewhere');
  });

  it('shows policies and the alert chart with its table', async () => {
    const { view } = session;
    await session.workbench.openContainer(CONTAINER);
    await view.reveal('Lab chat');
    await view.pickFromMenu('Lab chat', 'Edit Destination…');
    await panel.getByRole('heading', { name: 'Lab chat' }).waitFor();
    await panel.getByRole('img', { name: /^Alerts sent in the last 30 days/ }).waitFor();
    await panel.getByText('Day by day').click();
    assert.equal(await panel.getByRole('row').count(), 31);
    assert.deepEqual(await findViolations(session), []);
  });

  it('creates a destination with the keyboard only', async () => {
    const { page, quickInput } = session.workbench;
    // A panel that had the focus gets it back when the palette closes, on a busy machine so late that it closes the next question.
    await session.workbench.runCommand('View: Close All Editors');
    await page.keyboard.press('F1');
    await quickInput.waitFor('Type the name of a command to run');
    await page.keyboard.insertText('Cloudflare Webhooks: Create Destination…');
    await quickInput.widget.locator('.monaco-list-row.focused', { hasText: 'Create Destination…' }).waitFor();
    await page.keyboard.press('Enter');
    await quickInput.widget
      .filter({ hasText: 'Create Destination' })
      .and(quickInput.widget.filter({ hasText: ACCOUNT }))
      .waitFor();
    await page.keyboard.insertText(ACCOUNT);
    await page.keyboard.press('Enter');
    await panel.getByRole('heading', { name: 'New Webhook Destination' }).waitFor();
    await panel.locator('#name:focus').waitFor();
    const tabTo = async (label: string): Promise<void> => {
      const isThere = async () => field(label).evaluate((each) => each === each.ownerDocument.activeElement);
      for (let steps = 0; !(await isThere()) && steps < 20; steps += 1) {
        await page.keyboard.press('Tab');
      }
      assert.ok(await isThere(), `${label} cannot be reached`);
    };
    await tabTo('Name');
    await page.keyboard.type('Made by keyboard');
    await tabTo('URL');
    await page.keyboard.type(`${receivers}/generic/keyboard`);
    await page.keyboard.press('ControlOrMeta+s');
    await says(/^Created “Made by keyboard”/);
    assert.equal((await named('Made by keyboard')).url, `${receivers}/generic/keyboard`);
  });

  it('marks unsaved changes in the tab, and offers to reopen a panel that was closed with them', async () => {
    const { workbench } = session;
    await field('Name').fill('Half a name');
    await workbench.editorTab(/● Made by keyboard/).waitFor();
    await workbench.runCommand('View: Close Editor');
    await workbench.notifications.waitFor(/“Made by keyboard” was closed with unsaved changes/);
    await workbench.screenshot(pictureFile('panel closed with unsaved changes'));
    await workbench.notifications.press(/was closed with unsaved changes/, 'Reopen');
    await panel.getByRole('heading', { name: 'Made by keyboard' }).waitFor();
    await holds('Name', 'Half a name');
  });

  it('logs no error of the extension to the console', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

import assert from 'node:assert/strict';
import axeCore from 'axe-core';
import type { FrameLocator } from 'playwright-core';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { demoAccountId } from '../fake-cloudflare/demo-world.ts';
import {
  answerAddAccount,
  keepPictureOfFailure,
  pictureFile,
  type Session,
  startSession,
  errorsOfExtension,
} from './session.ts';

const ACCOUNT = 'Tern & Co. Labs';
const account = demoAccountId(ACCOUNT);

describe('the panel, as a user works with it', function () {
  this.timeout(120_000);
  // Each step starts where the one before it ended.
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
  const press = (name: string) => panel.getByRole('button', { name, exact: true }).click();
  const says = async (text: string | RegExp) => panel.locator('.notices').getByText(text).first().waitFor();
  const named = async (name: string) =>
    (await session.fake.destinations({ account })).find((each) => each.name === name) ?? assert.fail(`no ${name}`);

  it('says at its field what is missing, and goes there', async () => {
    await session.view.reveal(ACCOUNT);
    await session.view.pickFromMenu(`${ACCOUNT}, account`, 'Create Destination…');
    await panel.getByRole('heading', { name: 'New Webhook Destination' }).waitFor();
    await press('Create');
    await panel.getByText('Enter a name.').waitFor();
    assert.equal(await field('Name').getAttribute('aria-invalid'), 'true');
    assert.equal(await field('Name').evaluate((element) => element === element.ownerDocument.activeElement), true);
  });

  it('detects the type while a URL is typed', async () => {
    await field('URL').fill('https://hooks.slack.com/services/T1/B1/abc');
    await panel.getByText(/^Detected type: Slack\./).waitFor();
    await field('URL').fill('https://api.opsgenie.com/v2/alerts');
    await panel.getByText(/^Detected type: Opsgenie/).waitFor();
  });

  it('shows Cloudflare’s own words where it refuses, with every field kept', async () => {
    await field('Name').fill('Made by hand');
    await field('URL').fill(`${receivers}/generic/hook`);
    await field('Secret').fill('wrong one');
    await press('Create');
    await says(/Webhook test failed/i);
    assert.equal(await field('Name').inputValue(), 'Made by hand');
    assert.equal(await field('URL').inputValue(), `${receivers}/generic/hook`);
    assert.equal(await field('Secret').inputValue(), 'wrong one');
    assert.equal(await panel.locator('.notice').getAttribute('role'), 'alert');
  });

  it('has nothing that axe-core finds, with errors shown', async () => {
    assert.deepEqual(await findBarriers(session), []);
  });

  it('generates a secret, and creates the destination', async () => {
    const { view, workbench } = session;
    await press('Generate Secret');
    const secret = await field('Secret').inputValue();
    assert.match(secret, /^[\w-]{43}$/);
    await press('Create');
    await says(/^Created “Made by hand”/);
    assert.equal((await named('Made by hand')).secret, secret);
    assert.equal(await field('Secret').inputValue(), '');
    await view.reveal('Made by hand');
    await workbench.editorTab('Made by hand').waitFor();
    await panel.getByText('generic', { exact: false }).first().waitFor();
  });

  it('renames by keyboard alone', async () => {
    const { page } = session.workbench;
    await field('Name').focus();
    // Not by Select All: VS Code runs that on its own time, in the middle of what is typed this fast.
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+Home');
    await page.keyboard.type('Renamed by keyboard');
    await panel.getByText(/^Saving changes only the name/).waitFor();
    await page.keyboard.press('ControlOrMeta+s');
    await says('Renamed to “Renamed by keyboard”.');
    await session.view.reveal('Renamed by keyboard');
    assert.equal(await panel.locator('.notice').evaluate((each) => each === each.ownerDocument.activeElement), true);
  });

  it('tells that a changed URL was ignored, and replaces on the user’s word', async () => {
    const old = await named('Renamed by keyboard');
    await session.fake.putPolicy({
      account,
      name: 'Certificates',
      mechanisms: { webhooks: [{ id: old.id }] },
    });
    await press('Refresh');
    await panel.getByText('Certificates').waitFor();
    await field('URL').fill(`${receivers}/generic/elsewhere`);
    await press('Save');
    await says(/did not change the URL/);
    assert.equal(await field('URL').inputValue(), `${receivers}/generic/elsewhere`);
    await panel.locator('.notice').getByRole('button', { name: 'Replace…' }).click();
    await says(/^Replace “Renamed by keyboard” with a new destination/);
    await panel.locator('.notice').getByRole('button', { name: 'Replace', exact: true }).click();
    await says(/^Replaced\. The new ID is/);
    const made = await named('Renamed by keyboard');
    assert.notEqual(made.id, old.id);
    assert.equal(made.url, `${receivers}/generic/elsewhere`);
    const policy = (await session.fake.policies({ account })).find(({ name }) => name === 'Certificates');
    assert.deepEqual(policy?.mechanisms, { webhooks: [{ id: made.id }] });
  });

  it('changes the URL where Cloudflare does as it documents', async () => {
    await session.fake.changeSettings({ putMode: 'as-documented' });
    await field('URL').fill(`${receivers}/generic/documented`);
    await press('Save');
    await says('Saved the new URL.');
    assert.equal((await named('Renamed by keyboard')).url, `${receivers}/generic/documented`);
    await session.fake.changeSettings({ putMode: 'rename-only' });
  });

  it('says that a changed secret cannot be read back, and offers Replace', async () => {
    await field('Secret').fill('another-good-one');
    await press('Save');
    await says(/secret/);
    await panel.locator('.notice').getByRole('button', { name: 'Replace…' }).waitFor();
    await session.workbench.screenshot(pictureFile('panel secret unknown'));
    await panel.locator('.notice').getByRole('button', { name: 'Dismiss' }).click();
  });

  it('tells of a change meanwhile and leaves alone what was typed', async () => {
    const { id } = await named('Renamed by keyboard');
    await field('Name').fill('Half-typ');
    await session.fake.putDestination({ account, id, name: 'Renamed elsewhere' });
    await press('Refresh');
    await says(/^The destination changed at Cloudflare: the new name is “Renamed elsewhere”/);
    assert.equal(await field('Name').inputValue(), 'Half-typ');
  });

  it('still has all that was typed after its tab was hidden', async () => {
    const { view, workbench } = session;
    await field('Secret').fill('typed before');
    await view.reveal('Lab chat');
    await view.pickFromMenu('Lab chat', 'Edit…');
    await panel.getByRole('heading', { name: 'Lab chat' }).waitFor();
    await workbench.runCommand('View: Close Editor');
    await panel.getByRole('heading', { name: 'Renamed elsewhere' }).waitFor();
    assert.equal(await field('Name').inputValue(), 'Half-typ');
    assert.equal(await field('Secret').inputValue(), 'typed before');
  });

  it('still has what was typed after the window is reloaded', async () => {
    const { workbench } = session;
    // On the web VS Code keeps secrets, of which a draft is one, in the browser; what is typed is written a moment later.
    const kept = await workbench.page.evaluate(() => localStorage.getItem('secrets.provider'));
    assert.ok(kept);
    await field('URL').fill(`${receivers}/generic/unsaved`);
    await workbench.page.waitForFunction((before) => localStorage.getItem('secrets.provider') !== before, kept);
    await workbench.reload();
    await panel.getByRole('heading', { name: 'Renamed elsewhere' }).waitFor({ timeout: 30_000 });
    assert.equal(await field('Name').inputValue(), 'Half-typ');
    assert.equal(await field('URL').inputValue(), `${receivers}/generic/unsaved`);
    assert.equal(await field('Secret').inputValue(), '');
    await says(/^The destination changed at Cloudflare/);
    await press('Load');
    assert.equal(await field('Name').inputValue(), 'Renamed elsewhere');
  });

  it('tells of a deletion meanwhile, and creates it again', async () => {
    const { id } = await named('Renamed elsewhere');
    await session.fake.removeDestination({ account, id });
    await press('Refresh');
    await says(/“Renamed elsewhere” no longer exists/);
    await press('Create Again');
    await says(/^Created “Renamed elsewhere”/);
    await named('Renamed elsewhere');
  });

  it('shows policies and a plot with its table', async () => {
    const { view } = session;
    await session.workbench.openContainer('Cloudflare Webhooks');
    await view.reveal('Lab chat');
    await view.pickFromMenu('Lab chat', 'Edit…');
    await panel.getByRole('heading', { name: 'Lab chat' }).waitFor();
    await panel.getByRole('img', { name: /^Alerts sent in the last 30 days/ }).waitFor();
    await panel.getByText('Alerts per day').click();
    assert.equal(await panel.getByRole('row').count(), 31);
    assert.deepEqual(await findBarriers(session), []);
  });

  it('creates by keyboard alone', async () => {
    const { page, quickInput } = session.workbench;
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

  it('has logged no error of the extension to the console', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

/** What axe-core finds in the page of the panel in sight. */
async function findBarriers({ workbench }: Session): Promise<readonly string[]> {
  const body = workbench.webview().locator('main');
  // The content security policy lets no script in; the browser's own evaluation is not bound by it.
  return body.evaluate(async (main, script): Promise<readonly string[]> => {
    const { defaultView } = main.ownerDocument;
    (defaultView as unknown as { eval(code: string): void }).eval(script);
    const { axe } = defaultView as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }, axeCore.source);
}

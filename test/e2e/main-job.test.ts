import assert from 'node:assert/strict';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { demoAccountId, demoFailing } from '../fake-cloudflare/demo-world.ts';
import {
  answerAddAccount,
  CONTAINER,
  keepPictureOfFailure,
  resizeSideBar,
  type Session,
  startSession,
  errorsOfExtension,
} from './session.ts';

const STATUS_ITEM = 'cloudflareWebhooks.health';

describe('main workflow', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;

  before(async () => {
    session = await startSession({ allBuiltins: true });
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  it('adds accounts from the welcome view', async () => {
    const { workbench, view } = session;
    await workbench.welcome.getByText('Add Account…').click();
    assert.equal(await workbench.quickInput.isMasked(), true);
    await answerAddAccount(session, demoTokens.demo);
    for (const name of [
      'Halden Logistics, account, 2 failing, 15 destinations',
      'Brightwater Media, account, 2 failing, 14 destinations',
    ]) {
      await view.reveal(name);
    }
    await view.reveal('Tern & Co. Labs, account, 10');
    await view.reveal('Halden Logistics');
  });

  it('shows failing destinations first, with health as text', async () => {
    const [, first, second] = await session.view.rows();
    assert.match(first ?? '', /^SIEM, splunk, failing, last failure /);
    assert.match(second ?? '', /^Payments on-call, slack, failing, last failure /);
  });

  it('fits rows into a side bar of 300 pixels, and opens the panel of the focused row with Enter', async () => {
    const { workbench, view } = session;
    await resizeSideBar(session, 300);
    // A longer name leaves less room for the rest.
    for (const name of ['SIEM', 'Carrier portal', 'Primary pager', 'Nightly builds']) {
      const label = view.row(name).locator('.monaco-icon-label-container');
      const [needed, given] = await label.evaluate((each) => [each.scrollWidth, each.clientWidth]);
      assert.ok((needed ?? 0) <= (given ?? 0), `${name} needs ${needed} pixels and has ${given}`);
    }
    await view.row('SIEM').click();
    await workbench.page.keyboard.press('ArrowDown');
    // The click has expanded the row, sooner or later, so the next row is one of its policies or the next destination.
    await view.collapse('SIEM');
    await view.row('Payments on-call').click();
    await workbench.page.keyboard.press('ArrowUp');
    await workbench.page.keyboard.press('Enter');
    const panel = workbench.webview();
    await panel.getByText(/^This destination is failing\. The last delivery failed on /).waitFor();
    await panel.getByRole('heading', { name: 'SIEM' }).waitFor();
    assert.equal(await view.row('SIEM').getAttribute('aria-expanded'), 'false');
    await panel.getByRole('button', { name: 'Explain Delivery' }).click();
    await workbench.editorTab(/^Delivery to SIEM/).waitFor();
    await workbench.runCommand('View: Close All Editors');
    await view.collapse('Payments on-call');
  });

  it('collapses and expands the focused row of an account with Enter', async () => {
    const { workbench, view } = session;
    const account = view.row(/^Halden Logistics, account/);
    const is = async (expanded: boolean): Promise<void> =>
      account.and(workbench.page.locator(`[aria-expanded="${expanded}"]`)).waitFor();
    await account.click();
    await is(false);
    await workbench.page.keyboard.press('Enter');
    await is(true);
    await workbench.page.keyboard.press('Enter');
    await is(false);
    await workbench.page.keyboard.press('Enter');
    await is(true);
  });

  it('counts failing destinations in the status bar and on the view icon', async () => {
    const { workbench } = session;
    await workbench.statusItem(STATUS_ITEM).getByText('4 webhooks failing').waitFor();
    await workbench.waitForBadge(CONTAINER, '4');
  });

  it('goes from the status bar to a failing destination', async () => {
    const { workbench, view } = session;
    await workbench.statusItem(STATUS_ITEM).click();
    await workbench.quickInput.waitFor('Failing Destinations');
    assert.equal((await workbench.quickInput.items()).length, demoFailing.length);
    await workbench.quickInput.pick('Live events');
    await view.tree.locator('[role="treeitem"][aria-selected="true"]', { hasText: 'Live events' }).waitFor();
  });

  it('deletes a destination in the view and at Cloudflare', async () => {
    const { fake, workbench, view } = session;
    const account = demoAccountId('Halden Logistics');
    await view.reveal('Payments on-call');
    await view.pickFromMenu('Payments on-call', 'Delete Destination…');
    const { message, detail, buttons } = await workbench.dialog.read();
    assert.equal(message, 'Delete the webhook destination “Payments on-call” of Halden Logistics?');
    assert.match(detail, /host hooks\.slack\.com/);
    assert.ok(buttons.includes('Delete') && buttons.includes('Cancel'));
    await workbench.dialog.press('Delete');
    await view.row('Payments on-call').waitFor({ state: 'detached' });
    const left = await fake.destinations({ account });
    assert.equal(left.length, 14);
    assert.ok(!left.some(({ name }) => name === 'Payments on-call'));
    await workbench.statusItem(STATUS_ITEM).getByText('3 webhooks failing').waitFor();
    await view.row('Halden Logistics, account, 1 failing, 14 destinations').waitFor();
  });

  it('loads the accounts after a reload without asking for a token', async () => {
    const { workbench, view } = session;
    await workbench.reload();
    await workbench.openContainer(CONTAINER);
    await view.row('Halden Logistics, account, 1 failing, 14 destinations').waitFor();
    await workbench.statusItem(STATUS_ITEM).getByText('3 webhooks failing').waitFor();
    assert.equal(await workbench.quickInput.widget.isVisible(), false);
  });

  it('shows a failed refresh below its account and recovers from there', async () => {
    const { fake, workbench, view } = session;
    await fake.addFault({ account: demoAccountId('Brightwater Media'), fault: { kind: 'html' } });
    await workbench.runCommand('Cloudflare Webhooks: Refresh');
    await view.reveal(/Brightwater Media, account, 2 failing, 14 destinations, stale/);
    const problem = /^The response for Brightwater Media is not from Cloudflare’s API/;
    await view.reveal(problem);
    await view.row('Halden Logistics, account, 1 failing, 14 destinations').waitFor();
    await fake.clear({ part: 'faults' });
    await view.reveal(problem);
    await view.pressInline(problem, 'Refresh');
    await view.row(problem).waitFor({ state: 'detached' });
  });

  it('logs no error of the extension to the console', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

import assert from 'node:assert/strict';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { demoAccountId } from '../fake-cloudflare/demo-world.ts';
import { waitUntilUsable, workbenchPageOf } from '../vscode-host/workbench-page.ts';
import { CONTAINER, errorsOfExtension, keepPictureOfFailure, type Session, startSession, VIEW } from './session.ts';

const STATUS_ITEM = 'cloudflareWebhooks.health';
const account = demoAccountId('Tern & Co. Labs');
const WEBHOOKS = '/accounts/*/alerting/v3/destinations/webhooks';

describe('automatic refresh in the workbench', function () {
  this.timeout(120_000);
  this.bail(true);
  let session: Session;
  let destination: { readonly id: string; readonly name: string };

  before(async () => {
    // The interval is in minutes: 1.2 seconds.
    session = await startSession({ userSettings: { 'cloudflareWebhooks.refreshInterval': 0.02 } });
    const [first] = await session.fake.destinations({ account });
    destination = first ?? assert.fail();
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  const deliver = async (succeeded: boolean): Promise<void> =>
    session.fake.recordDelivery({ account, id: destination.id, succeeded });

  it('shows a failure in the status item, badge, row, tooltip and quick pick', async () => {
    const { workbench, view } = session;
    await workbench.welcome.getByText('Add Account…').click();
    const { quickInput } = workbench;
    await quickInput.waitFor('Paste a Cloudflare API token');
    await quickInput.answer(demoTokens.demo);
    await quickInput.waitFor('Choose the accounts to add');
    await quickInput.pick('Halden Logistics');
    await quickInput.pick('Brightwater Media');
    await quickInput.accept();
    await quickInput.waitFor('Enter a name for this account.');
    await quickInput.accept();
    await quickInput.waitUntilClosed();
    await view.row('Tern & Co. Labs, account, 10').waitFor();
    await workbench.waitForBadge(CONTAINER, undefined);
    await deliver(false);
    await workbench.statusItem(STATUS_ITEM).getByText('1 webhook failing').waitFor();
    await view.row('Tern & Co. Labs, account, 1 failing, 10 destinations').waitFor();
    await workbench.waitForBadge(CONTAINER, '1');
    await workbench.statusItem(STATUS_ITEM).hover();
    const tooltip = workbench.page.locator('.workbench-hover', { hasText: /\(Tern & Co\. Labs\): last failure/ });
    await tooltip.getByRole('link', { name: 'Show Failing' }).click();
    await quickInput.waitFor('Failing Destinations');
    assert.equal((await quickInput.items()).length, 1);
    assert.match((await quickInput.items())[0] ?? '', /Tern & Co\. Labs.*last failure/);
    await quickInput.cancel();
  });

  it('shows the snapshot of the first window in another window immediately', async () => {
    const { workbench, view, fake } = session;
    const page = await workbench.page.context().newPage();
    const other = workbenchPageOf(page);
    // The fault blocks every fetch, so the second window can only show the persisted snapshot.
    await fake.addFault({ path: WEBHOOKS, fault: { kind: 'reset' } });
    await page.goto(workbench.page.url());
    await waitUntilUsable(page);
    await other.openContainer(CONTAINER);
    await other.statusItem(STATUS_ITEM).getByText('1 webhook failing').waitFor();
    await other
      .treeView(VIEW)
      .row(/^Tern & Co\. Labs, account, 1 failing, 10 destinations/)
      .waitFor();
    await page.close();
    await fake.clear({ part: 'faults' });
    await workbench.page.bringToFront();
    await view.row('Tern & Co. Labs, account, 1 failing, 10 destinations').waitFor();
  });

  it('clears the failure when deliveries succeed again', async () => {
    const { workbench, view } = session;
    await deliver(true);
    await workbench.statusItem(STATUS_ITEM).waitFor({ state: 'detached' });
    await view.row('Tern & Co. Labs, account, 10').waitFor();
    await workbench.waitForBadge(CONTAINER, undefined);
  });

  it('shows stale data without a notification while Cloudflare is unreachable, and recovers', async () => {
    const { workbench, view, fake } = session;
    await fake.addFault({ path: WEBHOOKS, fault: { kind: 'reset' } });
    const item = workbench.statusItem(STATUS_ITEM);
    await item
      .and(workbench.page.locator('[aria-label*="Could not reach"], :has([aria-label*="Could not reach"])'))
      .waitFor();
    await view.row(/^Tern & Co\. Labs, account, 10 destinations, stale/).waitFor();
    assert.equal(await workbench.page.locator('.notification-toast').count(), 0);
    await fake.clear({ part: 'faults' });
    await item.waitFor({ state: 'detached' });
    await view.row('Tern & Co. Labs, account, 10').waitFor();
  });

  it('logs no error of the extension to the console', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

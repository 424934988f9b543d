import assert from 'node:assert/strict';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { addOnlyAccount, errorsOfExtension, keepPictureOfFailure, type Session, startWithAcme } from './session.ts';

const STATUS_ITEM = 'cloudflareWebhooks.health';

describe('viewing, testing and deleting', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  let account: string;

  before(async () => {
    ({ session, account } = await startWithAcme());
    const { fake, receiversUrl } = session;
    const put = async (name: string, last_failure: string | null): Promise<string> => {
      const url = `${receiversUrl}/generic/${name.toLowerCase()}`;
      return (await fake.putDestination({ account, name, url, last_failure })).id;
    };
    const id = await put('Alpha', null);
    await put('Beta', '2026-01-01T00:00:00Z');
    await put('Gamma', null);
    await fake.putPolicy({ account, name: 'Attacks', alert_type: 'dos_attack_l7', mechanisms: { webhooks: [{ id }] } });
    await addOnlyAccount(session, demoTokens.demo, 'Alpha');
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  it('shows the policies of a destination', async () => {
    const { view } = session;
    await view.expand('Alpha');
    await view.row(/^Attacks, policy, HTTP DDoS .+, enabled, delivers nowhere else$/).waitFor();
    await view.collapse('Alpha');
  });

  it('filters failing destinations and offers to show all when none is failing', async () => {
    const { fake, workbench, view } = session;
    await view.pressTitleAction('Show Only Failing');
    await view.row('Alpha').waitFor({ state: 'detached' });
    await view.row('Beta').waitFor();
    const beta = (await fake.destinations({ account })).find(({ name }) => name === 'Beta')?.id ?? '';
    await fake.recordDelivery({ account, id: beta, succeeded: true });
    await workbench.runCommand('Cloudflare Webhooks: Refresh All');
    await workbench.welcome.getByText('Show All').click();
    await view.row('Alpha').waitFor();
    await workbench.statusItem(STATUS_ITEM).waitFor({ state: 'detached' });
  });

  it('goes to a destination with the keyboard only', async () => {
    const { workbench, view } = session;
    await workbench.runCommand('Cloudflare Webhooks: Go to Destination…');
    await workbench.quickInput.waitFor('Go to Destination');
    await workbench.quickInput.answer('gam');
    await view.tree.locator('[role="treeitem"][aria-selected="true"]', { hasText: 'Gamma' }).waitFor();
  });

  it('tests from this machine after confirmation, sends the shown request and reports the result', async () => {
    const { fake, workbench, view } = session;
    await view.pressInline('Alpha', 'Test Destination…');
    await workbench.quickInput.waitFor('Test “Alpha”');
    await workbench.quickInput.pick('From this machine');
    await workbench.quickInput.waitFor('Enter the secret, or leave it empty');
    assert.ok(await workbench.quickInput.isMasked());
    await workbench.quickInput.answer('good');
    const { message, detail } = await workbench.dialog.read();
    assert.match(message, /^Send a test to 127\.0\.0\.1:\d+ from this machine\?$/);
    assert.match(detail, /cf-webhook-auth: <secret>/);
    await fake.clear({ part: 'received' });
    await workbench.dialog.press('Send');
    const told = await workbench.notifications.waitFor('The test of “Alpha” from this machine succeeded');
    assert.match(await told.innerText(), /Test through Cloudflare to confirm delivery/);
    const [received] = await fake.received();
    assert.equal(received?.headers['cf-webhook-auth'], 'good');
    assert.match(received?.headers['user-agent'] ?? '', /^cloudflare-webhooks-vscode\/\d/);
    assert.match(received?.body ?? '', /^\{"text":"Test from Cloudflare Webhook Destinations in VS Code/);
    await fake.addReceiverRule({ type: 'generic', answer: 'internal_error', times: 1 });
    await workbench.notifications.press('from this machine succeeded', 'Test Again');
    await workbench.notifications.waitFor(/The test of “Alpha” from this machine failed: .+Internal Server Error/);
    assert.equal((await fake.received()).length, 2);
    await workbench.notifications.clear();
  });

  it('tests through Cloudflare from the panel and shows the result there', async () => {
    const { workbench, view } = session;
    await view.pickFromMenu('Alpha', 'Edit Destination…');
    const panel = workbench.webview();
    await panel.getByText('from this machine: failed', { exact: false }).waitFor();
    await panel.getByRole('button', { name: 'Test…' }).click();
    await workbench.quickInput.waitFor('Test “Alpha”');
    await workbench.quickInput.pick(/Through Cloudflare/);
    await workbench.quickInput.waitFor('Choose a policy.');
    await workbench.quickInput.pick('Attacks');
    await workbench.notifications.waitFor('Cloudflare delivered its test to “Alpha” through the policy “Attacks”');
    await panel.getByText('through Cloudflare: succeeded', { exact: false }).waitFor();
    await workbench.notifications.clear();
    await workbench.runCommand('View: Close Editor');
  });

  it('deletes several destinations, cancels on Escape and undoes the deletion', async () => {
    const { fake, workbench, view } = session;
    const names = async () => (await fake.destinations({ account })).map(({ name }) => name).toSorted();
    const ask = async (): Promise<void> => {
      await view.row('Alpha').click();
      await view.row('Gamma').click({ modifiers: ['Control'] });
      await view.pickFromMenu('Gamma', 'Delete Destination…');
      const { message, detail } = await workbench.dialog.read();
      assert.equal(message, 'Delete 2 webhook destinations?');
      assert.match(
        detail,
        /“Alpha” of Acme \(generic\)[^]+“Gamma” of Acme[^]+would stop delivering alerts: “Attacks” \(HTTP DDoS/,
      );
    };
    await ask();
    await workbench.page.keyboard.press('Escape');
    await view.row('Alpha').waitFor();
    assert.deepEqual(await names(), ['Alpha', 'Beta', 'Gamma']);
    await ask();
    await workbench.dialog.press('Delete');
    await view.row('Alpha').waitFor({ state: 'detached' });
    await view.row('Gamma').waitFor({ state: 'detached' });
    assert.deepEqual(await names(), ['Beta']);
    await workbench.notifications.press('Deleted 2 of 2 webhook destinations.', 'Undo');
    await workbench.notifications.waitFor('Created 2 of 2 webhook destinations again, with new IDs');
    assert.deepEqual(await names(), ['Alpha', 'Beta', 'Gamma']);
    await view.row('Gamma').waitFor();
    await view.expand('Alpha');
    await view.row(/^Attacks, policy/).waitFor();
  });

  it('logs no error of the extension to the console', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

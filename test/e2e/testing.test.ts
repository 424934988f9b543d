import assert from 'node:assert/strict';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { addOnlyAccount, errorsOfExtension, keepPictureOfFailure, type Session, startWithAcme } from './session.ts';

const STATUS_ITEM = 'cloudflareWebhooks.health';
const SECRET = 'b1946ac9-hec-token';

describe('failing tests of a destination', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  let account: string;

  before(async () => {
    ({ session, account } = await startWithAcme());
    const { fake, receiversUrl } = session;
    const { id } = await fake.putDestination({
      account,
      name: 'SIEM',
      url: `${receiversUrl}/splunk/services/collector/event`,
      secret: SECRET,
      last_success: '2026-01-01T00:00:00.000001Z',
      last_failure: '2026-01-01T00:00:00.000002Z',
    });
    await fake.putDestination({ account, name: 'Lonely', url: `${receiversUrl}/generic/lonely` });
    await fake.putPolicy({ account, name: 'Attacks', alert_type: 'dos_attack_l7', mechanisms: { webhooks: [{ id }] } });
    await addOnlyAccount(session, demoTokens.demo, 'Lonely');
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  const testSiemFromHere = async (): Promise<void> => {
    const { workbench, view } = session;
    await view.pickFromMenu('SIEM', 'Test Destination…');
    await workbench.quickInput.waitFor('Test “SIEM”');
    await workbench.quickInput.pick('From this machine');
    await workbench.quickInput.waitFor('Enter the secret. Cloudflare never returns it');
    await workbench.quickInput.answer(SECRET);
    await workbench.dialog.read();
  };

  it('sends nothing if the user cancels the confirmation', async () => {
    const { fake, workbench } = session;
    await testSiemFromHere();
    await workbench.dialog.press('Cancel');
    // The confirmation appears again because no test was sent to this host.
    await testSiemFromHere();
    assert.deepEqual(await fake.received(), []);
  });

  it('sends the documented Splunk request, and reports an error response with status 200 as a failure', async () => {
    const { fake, workbench } = session;
    await fake.addReceiverRule({ type: 'splunk', answer: 'busy_with_200', times: 1 });
    await workbench.dialog.press('Send');
    const told = await workbench.notifications.waitFor('The test of “SIEM” from this machine failed: Splunk: ');
    assert.match(await told.innerText(), /Server is busy.*\(status 200, \d+ ms\)/);
    const [received, ...more] = await fake.received();
    assert.deepEqual(more, []);
    assert.equal(received?.path, '/services/collector/event');
    assert.equal(received?.headers['authorization'], `Splunk ${SECRET}`);
    assert.equal(received?.headers['content-type'], 'application/json');
    const { event, ...rest }: Readonly<Record<string, unknown>> = JSON.parse(received?.body ?? '');
    assert.match(String(event), /^Test from Cloudflare Webhook Destinations in VS Code/);
    assert.deepEqual(rest, {});
  });

  it('shows the whole response on request and the last test in the tooltip', async () => {
    const { workbench, view } = session;
    await workbench.notifications.press('from this machine failed', 'Show Response');
    const { message, detail } = await workbench.dialog.read();
    assert.equal(message, 'Response of the receiver of “SIEM”');
    assert.match(detail, /"text":\s*"Server is busy"/);
    await workbench.dialog.press('OK');
    await workbench.notifications.clear();
    await view.row('SIEM').hover();
    const tooltip = workbench.page.locator('.workbench-hover', { hasText: 'Last test' });
    await tooltip.getByText(/from this machine: failed .+Server is busy/).waitFor();
    assert.ok(!(await tooltip.innerText()).includes(SECRET));
    await workbench.page.keyboard.press('Escape');
  });

  it('offers a test from this machine if no policy uses the destination, without confirming the host again', async () => {
    const { fake, workbench, view } = session;
    await fake.clear({ part: 'received' });
    await view.pickFromMenu('Lonely', 'Test Destination…');
    await workbench.quickInput.waitFor('Test “Lonely”');
    await workbench.quickInput.pick(/Through Cloudflare/);
    await workbench.notifications.press('No policy uses “Lonely”', 'Test from This Machine');
    await workbench.quickInput.waitFor('Enter the secret, or leave it empty');
    await workbench.quickInput.answer('');
    await workbench.notifications.waitFor('The test of “Lonely” from this machine succeeded');
    assert.deepEqual(
      (await fake.received()).map(({ path, headers }) => [path, headers['cf-webhook-auth']]),
      [['/lonely', undefined]],
    );
    await workbench.notifications.clear();
  });

  it('shows a sample payload from the menu of a row, read-only, and copies it as curl', async () => {
    const { workbench, view } = session;
    const { page, quickInput } = workbench;
    await view.pickFromMenu('Lonely', 'Show Sample Payload…');
    await quickInput.waitFor('Sample Payload');
    await quickInput.answer('health');
    await workbench.editorTab(/^Origin health check\.jsonc/).waitFor();
    const lines = page.locator('.part.editor .view-lines').first();
    await lines.getByText('cf-webhook-auth').waitFor();
    await lines.click();
    await page.keyboard.type('x');
    await page.getByRole('alert').filter({ hasText: 'Cannot edit in read-only editor' }).waitFor();
    await page.locator('.part.editor').getByRole('button', { name: 'Copy Sample as curl' }).click();
    await workbench.page.getByText('Copied. URL and secret are variables of the command.').waitFor();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    assert.match(String(copied), /\$WEBHOOK_URL[^]+\$CF_WEBHOOK_AUTH[^]+health_check_status_notification/);
    await workbench.runCommand('View: Close Editor');
  });

  it('sends a sample alert by keyboard: its start, then its end', async () => {
    const { fake, workbench, view } = session;
    const { page, quickInput } = workbench;
    await fake.clear({ part: 'received' });
    await view.row('Lonely').click();
    await workbench.runCommand('Cloudflare Webhooks: Test Destination…');
    await quickInput.waitFor('Test “Lonely”');
    await quickInput.answer('sample alert');
    await quickInput.waitFor('Test “Lonely” with a Sample Alert');
    await quickInput.answer('workers_alert');
    await quickInput.waitFor('Enter the secret, or leave it empty');
    await quickInput.answer('');
    const { detail } = await workbench.dialog.read();
    assert.match(detail, /This sends two requests/);
    await page.keyboard.press('Enter');
    await workbench.notifications.waitFor('Start and end of the sample alert were sent.');
    assert.deepEqual(
      (await fake.received()).map(({ body }) => (JSON.parse(body) as Record<string, unknown>)['alert_event']),
      ['ALERT_STATE_EVENT_START', 'ALERT_STATE_EVENT_END'],
    );
    await workbench.notifications.clear();
  });

  it('tests a destination from the failing list, and a delivery through Cloudflare makes it healthy', async () => {
    const { fake, workbench, view } = session;
    await workbench.statusItem(STATUS_ITEM).getByText('1 webhook failing').click();
    await workbench.quickInput.waitFor('Failing Destinations');
    await workbench.quickInput.pressItemButton('SIEM', 'Test…');
    await workbench.quickInput.waitFor('Test “SIEM”');
    await workbench.quickInput.pick(/Through Cloudflare/);
    await workbench.quickInput.waitFor('Choose a policy.');
    await workbench.quickInput.pick('Attacks');
    await workbench.notifications.waitFor(/Cloudflare delivered its test to “SIEM”.+Last success: /);
    await workbench.statusItem(STATUS_ITEM).waitFor({ state: 'detached' });
    await view.row(/^SIEM, splunk, healthy, last success/).waitFor();
    const siem = (await fake.destinations({ account })).find(({ name }) => name === 'SIEM');
    assert.ok((siem?.last_success ?? '') > (siem?.last_failure ?? ''));
    await workbench.notifications.clear();
  });

  it('logs no error of the extension to the console', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

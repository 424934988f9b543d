import assert from 'node:assert/strict';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import {
  addOnlyAccount,
  errorsOfExtension,
  keepPictureOfFailure,
  pictureFile,
  replaceInEditor,
  type Session,
  startWithAcme,
  waitUntil,
} from './session.ts';

describe('policies of a destination', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  let account: string;
  let onCall: string;

  before(async () => {
    ({ session, account } = await startWithAcme());
    const { fake, receiversUrl } = session;
    onCall = (await fake.putDestination({ account, name: 'On-call', url: `${receiversUrl}/generic/on-call` })).id;
    const backup = await fake.putDestination({ account, name: 'Standby', url: `${receiversUrl}/generic/standby` });
    await fake.putPolicy({
      account,
      name: 'Attacks',
      alert_type: 'dos_attack_l7',
      mechanisms: { webhooks: [{ id: onCall }] },
    });
    await fake.putPolicy({
      account,
      name: 'Certificates',
      mechanisms: { webhooks: [{ id: backup.id }], email: [{ id: 'ops@example.com' }] },
    });
    await fake.putPolicy({
      account,
      name: 'Tunnels',
      alert_type: 'tunnel_health_event',
      enabled: false,
      mechanisms: { webhooks: [{ id: backup.id }] },
    });
    await addOnlyAccount(session, demoTokens.demo, 'On-call');
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  const webhooksOf = async (name: string) =>
    (await session.fake.policies({ account }))
      .find((each) => each.name === name)
      ?.mechanisms.webhooks?.map(({ id }) => id) ?? [];

  it('adds a policy with the mouse, says what changes, and takes it back', async () => {
    const { workbench, view } = session;
    await view.pickFromMenu('On-call', 'Policies…');
    await workbench.quickInput.waitFor('Policies That Deliver to “On-call”');
    await workbench.screenshot(pictureFile('policies quick pick'));
    await workbench.quickInput.pick('Certificates');
    await workbench.quickInput.accept();
    const { message, detail } = await workbench.dialog.read();
    assert.equal(message, 'Change which policies deliver to “On-call”?');
    assert.match(detail, /This policy will deliver here: “Certificates”\./);
    await workbench.screenshot(pictureFile('policies confirm'));
    await workbench.dialog.press('Change Policy');
    await workbench.notifications.waitFor('1 policy was changed.');
    assert.equal((await webhooksOf('Certificates')).length, 2);
    await view.expand('On-call');
    await view.row('Certificates').waitFor();
    await workbench.screenshot(pictureFile('policies changed'));
    await workbench.notifications.press('1 policy was changed.', 'Undo');
    await waitUntil(async () => (await webhooksOf('Certificates')).length === 1);
    await view.row('Certificates').waitFor({ state: 'hidden' });
    await workbench.notifications.clear();
  });

  it('refuses to silence a policy, with the keyboard only', async () => {
    const { workbench, fake } = session;
    await fake.clear({ part: 'log' });
    await workbench.runCommand('Cloudflare Webhooks: Policies…');
    // No row is selected: a right click selects nothing.
    await workbench.quickInput.waitFor('On-call');
    await workbench.quickInput.answer('On-call');
    await workbench.quickInput.waitFor('Policies That Deliver to “On-call”');
    // The first item is the policy that delivers here. Space clears it.
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('Space');
    await workbench.page.keyboard.press('Enter');
    await workbench.notifications.waitFor('Not changed: “Attacks”. Nothing else receives its alerts.');
    assert.deepEqual(await webhooksOf('Attacks'), [onCall]);
    assert.ok(!(await fake.log()).some(({ method }) => method === 'PUT'));
    await workbench.notifications.clear();
  });

  it('edits a policy as JSON, with completion, a name beside the ID and a problem at its place', async () => {
    const { workbench, view, fake } = session;
    await view.pickFromMenu('Attacks', 'Edit Policy as JSON');
    const editor = workbench.page.locator('.monaco-editor[data-uri*="Attacks.cfpolicy.json"]');
    await editor.waitFor();
    await editor.getByText('On-call').waitFor();
    await replaceInEditor(workbench, 'dos_attack_l7', 'http_alert_origin_error');
    await workbench.page.locator('.squiggly-error').first().waitFor();
    await workbench.page.keyboard.press('F8');
    await workbench.page.getByText('requires the filter “zones”').first().waitFor();
    await workbench.screenshot(pictureFile('policy document problem'));
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Control+z');
    await workbench.page.keyboard.press('Control+Home');
    await editor.getByText('"dos_attack_l7"').dblclick();
    // The cursor goes before the word, which would limit the list.
    await workbench.page.keyboard.press('ArrowLeft');
    await workbench.page.keyboard.press('Control+Space');
    await workbench.page.locator('.suggest-widget').getByText('dos_attack_l4').first().waitFor();
    await workbench.screenshot(pictureFile('policy document completion'));
    await workbench.page.keyboard.press('Escape');
    await replaceInEditor(workbench, '"Attacks"', '"Floods"');
    await workbench.page.keyboard.press('Control+s');
    await workbench.notifications.waitFor('Saved the policy “Floods” of Acme.');
    await waitUntil(async () => (await fake.policies({ account })).some(({ name }) => name === 'Floods'));
    await workbench.page.getByRole('tab', { name: /Floods\.cfpolicy\.json/ }).waitFor();
    await workbench.notifications.clear();
  });

  it('explains why no alert came, and enables the policy from there', async () => {
    const { workbench, view, fake } = session;
    await view.pickFromMenu('Standby', 'Explain Delivery');
    const editor = workbench.page.locator('.monaco-editor[data-uri^="cfwebhook-delivery:"]');
    await editor.getByText('Disabled policies: 1 of 2').waitFor();
    await editor.getByRole('button', { name: 'Enable “Tunnels”' }).waitFor();
    await workbench.screenshot(pictureFile('explain delivery'));
    await editor.getByRole('button', { name: 'Enable “Tunnels”' }).click();
    await workbench.notifications.waitFor('Enabled the policy “Tunnels”.');
    await waitUntil(async () => (await fake.policies({ account })).every(({ enabled }) => enabled));
    await editor.getByRole('button', { name: 'Explain Again' }).click();
    await editor.getByText('All 2 policies are enabled').waitFor();
    await editor.getByRole('button', { name: 'Enable “Tunnels”' }).waitFor({ state: 'hidden' });
    assert.deepEqual(await editor.getByRole('button', { name: /^(Enable|Test|Explain)/ }).allInnerTexts(), [
      'Explain Again',
      // At the secret, which this machine does not know, at the last success, and at the last test.
      'Test…',
      'Test…',
      'Test…',
    ]);
    await workbench.screenshot(pictureFile('explain delivery again'));
    await workbench.notifications.clear();
  });

  it('disables a policy, and tests one, from its row', async () => {
    const { workbench, view, fake } = session;
    await view.pickFromMenu('Floods', 'Enable or Disable Policy');
    await workbench.notifications.waitFor('Disabled the policy “Floods”. It sends no alerts.');
    await view.row(/Floods.*disabled/).waitFor();
    await workbench.notifications.press('Disabled the policy', 'Enable');
    await waitUntil(async () => (await fake.policies({ account })).every(({ enabled }) => enabled));
    // A menu that opens before the row and the notification are up to date is closed by them.
    await workbench.notifications.waitFor('Enabled the policy “Floods”.');
    await view.row(/Floods.*disabled/).waitFor({ state: 'detached' });
    await view.pickFromMenu('Floods', 'Test Destination…');
    assert.match((await workbench.dialog.read()).message, /Test the policy “Floods” through Cloudflare/);
    await workbench.dialog.press('Send');
    await waitUntil(async () => (await fake.received()).length === 1);
    await workbench.notifications.waitFor(/Cloudflare delivered its test to “On-call” through the policy “Floods”/);
  });

  it('logs no error of the extension', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

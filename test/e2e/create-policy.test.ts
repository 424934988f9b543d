import assert from 'node:assert/strict';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import {
  addOnlyAccount,
  errorsOfExtension,
  keepPictureOfFailure,
  pictureFile,
  type Session,
  startWithAcme,
} from './session.ts';

describe('creating a policy', function () {
  this.timeout(120_000);
  let session: Session;
  let account: string;
  let alpha: string;

  before(async () => {
    ({ session, account } = await startWithAcme());
    const { fake, receiversUrl } = session;
    const put = async (name: string): Promise<string> =>
      (await fake.putDestination({ account, name, url: `${receiversUrl}/generic/${name.toLowerCase()}` })).id;
    alpha = await put('Alpha');
    await put('Beta');
    await addOnlyAccount(session, demoTokens.demo, 'Alpha');
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  it('asks with the keyboard only, keeps the answers on Back, and shows the policy under its destination', async () => {
    const { fake, workbench, view } = session;
    const { quickInput } = workbench;
    await view.row('Alpha').click();
    await workbench.runCommand('Cloudflare Webhooks: Create Policy…');
    await quickInput.waitFor('Create Policy (1/5)');
    await quickInput.widget.locator('.monaco-list-row.focused', { hasText: 'Origin Error Rate Alert' }).waitFor();
    await workbench.screenshot(pictureFile('create-policy-alerts'));
    await quickInput.answer('HTTP DDoS');
    await quickInput.waitFor('Enter a name for the policy.');
    assert.equal(await quickInput.value(), 'HTTP DDoS Attack Alert');
    await quickInput.type('Attacks on the shop');
    await quickInput.pressButton('Back');
    await quickInput.waitFor('Create Policy (1/5)');
    // The earlier answer has the focus.
    await quickInput.accept();
    await quickInput.waitFor('Enter a name for the policy.');
    assert.equal(await quickInput.value(), 'Attacks on the shop');
    await quickInput.accept();
    await quickInput.waitFor('Select the destinations. E-mail addresses are next.');
    await workbench.screenshot(pictureFile('create-policy-destinations'));
    await quickInput.accept();
    await quickInput.waitFor('Enter e-mail addresses that also receive the alerts');
    await quickInput.answer('ops');
    await quickInput.waitFor('“ops” is not an e-mail address.');
    await quickInput.answer('ops@example.com');
    await quickInput.waitFor('Create “Attacks on the shop” enabled or disabled?');
    await quickInput.answer('Disabled');
    await workbench.notifications.waitFor('Created the policy “Attacks on the shop”. It is disabled');
    const [policy, ...others] = await fake.policies({ account });
    assert.deepEqual(others, []);
    assert.deepEqual(
      [policy?.name, policy?.alert_type, policy?.enabled, policy?.mechanisms],
      [
        'Attacks on the shop',
        'dos_attack_l7',
        false,
        { webhooks: [{ id: alpha }], email: [{ id: 'ops@example.com' }] },
      ],
    );
    await view.expand('Alpha');
    await view.row(/^Attacks on the shop, policy, HTTP DDoS .+, disabled$/).waitFor();
    await workbench.screenshot(pictureFile('create-policy-done'));
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

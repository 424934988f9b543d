import assert from 'node:assert/strict';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { addOnlyAccount, CONTAINER, keepPictureOfFailure, pictureFile, type Session, startSession } from './session.ts';

describe('renaming and replacing', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  let account: string;
  let hook: string;

  before(async () => {
    session = await startSession();
    const { fake, receiversUrl } = session;
    hook = `${receiversUrl}/generic`;
    await fake.reset({ seed: 'empty' });
    await fake.putToken({ value: demoTokens.demo });
    account = (await fake.putAccount({ name: 'Acme' })).id;
    const { id } = await fake.putDestination({ account, name: 'Ops', url: `${hook}/old` });
    await fake.putPolicy({ account, name: 'Certificates', mechanisms: { webhooks: [{ id }] } });
    await fake.putPolicy({ account, name: 'Attacks', mechanisms: { webhooks: [{ id }] } });
    await addOnlyAccount(session, demoTokens.demo, 'Ops');
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  it('renames with F2 in the view', async () => {
    const { fake, workbench, view } = session;
    await view.row('Ops').click();
    // The selection reaches the extension after a delay, so an early F2 has no effect.
    const asked = workbench.quickInput.widget.filter({ hasText: 'Rename “Ops”', visible: true });
    for (let attempt = 0; (await asked.count()) === 0 && attempt < 3; attempt += 1) {
      await workbench.page.keyboard.press('F2');
      await asked.waitFor({ timeout: 5000 }).catch(() => undefined);
    }
    await workbench.quickInput.answer('On-call');
    await view.row('On-call').waitFor();
    assert.deepEqual(
      (await fake.destinations({ account })).map(({ name }) => name),
      ['On-call'],
    );
  });

  it('resumes a replacement that a reload interrupted during a policy update', async () => {
    const { fake, workbench, view } = session;
    await fake.addFault({ method: 'PUT', fault: { kind: 'hang' } });
    await view.pickFromMenu('On-call', 'Replace…');
    await workbench.quickInput.waitFor('Enter the new URL');
    await workbench.quickInput.answer(`${hook}/new`);
    await workbench.quickInput.waitFor('Enter the secret of the replacement');
    await workbench.quickInput.answer('');
    const { detail } = await workbench.dialog.read();
    assert.match(detail, /If a step fails, the replacement stops and the old destination stays/);
    await workbench.screenshot(pictureFile('replace question'));
    await workbench.dialog.press('Replace');
    await workbench.notifications.waitFor(/moving policies: 0 of 2/);
    await workbench.screenshot(pictureFile('replace progress'));
    await workbench.reload();
    await fake.clear({ part: 'faults' });
    await workbench.openContainer(CONTAINER);
    await workbench.notifications.waitFor(
      /The replacement of “On-call” of Acme was interrupted\. The new destination \(ID/,
    );
    await workbench.screenshot(pictureFile('replace interrupted'));
    assert.equal((await fake.destinations({ account })).length, 2);
    await workbench.notifications.press(/was interrupted/, 'Resume');
    await workbench.notifications.waitFor(/^Replaced “On-call” of Acme\. 2 policies were moved/);
    const [left, ...others] = await fake.destinations({ account });
    assert.deepEqual([left?.url, others.length], [`${hook}/new`, 0]);
    for (const { mechanisms } of await fake.policies({ account })) {
      assert.deepEqual(mechanisms.webhooks, [{ id: left?.id }]);
    }
  });
});

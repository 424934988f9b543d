import assert from 'node:assert/strict';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import {
  addOnlyAccount,
  CONTAINER,
  keepPictureOfFailure,
  openSecondWindow,
  pictureFile,
  type Session,
  startSession,
  VIEW,
  waitUntil,
} from './session.ts';

describe('renaming and replacing', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  this.retries(0);
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

  it('replaces, shows nothing to press in a second window, and says what exists after a reload', async () => {
    const { fake, workbench, view } = session;
    const other = await openSecondWindow(session);
    await other.openContainer(CONTAINER);
    await other.treeView(VIEW).row('On-call').waitFor();
    await fake.addFault({ method: 'PUT', fault: { kind: 'hang' } });
    await view.pickFromMenu('On-call', 'Replace Destination…');
    await workbench.quickInput.waitFor('Enter the new URL');
    await workbench.quickInput.answer(`${hook}/new`);
    await workbench.quickInput.waitFor('Enter the secret of the new destination');
    await workbench.quickInput.answer('');
    const { detail } = await workbench.dialog.read();
    assert.match(detail, /These policies move to it: “Attacks” and “Certificates”/);
    await workbench.screenshot(pictureFile('replace question'));
    await workbench.dialog.press('Replace');
    await workbench.notifications.waitFor(/moving policies: 0 of 2/);
    await workbench.screenshot(pictureFile('replace progress'));

    // A second window neither offers anything nor touches the destination while the first one works.
    await other.treeView(VIEW).pickFromMenu('On-call', 'Edit Destination…');
    await other.webview().getByText('“On-call” is being replaced in another window.').first().waitFor();
    await other.screenshot(pictureFile('replace busy in another window'));
    // Windows without a folder share their layout, and a panel that the first window restored would replace the notification.
    // VS Code saves that the panel is closed when the window reloads.
    await other.runCommand('View: Close Editor');
    await other.editorTab('On-call').waitFor({ state: 'detached' });
    await other.reload();
    await other.page.close();

    await workbench.reload();
    await fake.clear({ part: 'faults' });
    await workbench.openContainer(CONTAINER);
    await workbench.notifications.waitFor(/The replacement of “On-call” of Acme was interrupted\. The new destination/);
    await workbench.screenshot(pictureFile('replace interrupted'));
    assert.equal((await fake.destinations({ account })).length, 2);
  });

  it('deletes neither destination while the replacement has not ended, and says what to do', async () => {
    const { fake, workbench, view } = session;
    await view.pickFromMenu('On-call', 'Delete Destination…');
    await workbench.dialog.press('Delete');
    await workbench.notifications.waitFor(/The replacement of “On-call” has not ended\. Resume, undo or end it/);
    await workbench.screenshot(pictureFile('replace delete refused'));
    await workbench.notifications.dismiss(/has not ended/);
    assert.equal((await fake.destinations({ account })).length, 2);
  });

  it('undoes it, is killed again, and undoes it to the end after another reload', async () => {
    const { fake, workbench, view } = session;
    const policy = '/accounts/*/alerting/v3/policies/*';
    await fake.addFault({ method: 'GET', path: policy, fault: { kind: 'hang' } });
    await workbench.notifications.press(/was interrupted/, 'Resume');
    await workbench.notifications.waitFor(/Replacing/);
    await workbench.reload();
    await fake.clear({ part: 'faults' });
    await workbench.openContainer(CONTAINER);
    await workbench.notifications.waitFor(/was interrupted/);
    await workbench.notifications.press(/was interrupted/, 'Undo');
    await workbench.notifications.waitFor(/The replacement of “On-call” of Acme was undone/);
    await workbench.screenshot(pictureFile('replace undone'));
    const [left, ...others] = await fake.destinations({ account });
    assert.deepEqual([left?.url, others.length], [`${hook}/old`, 0]);
    for (const { mechanisms } of await fake.policies({ account })) {
      assert.deepEqual(mechanisms.webhooks, [{ id: left?.id }]);
    }
    await view.row('On-call').waitFor();
  });

  it('finishes, and never offers Undo, once the old destination is gone', async () => {
    const { fake, workbench, view } = session;
    const [old] = await fake.destinations({ account });
    // Undo in the test before this one deleted a destination too.
    await fake.clear({ part: 'log' });
    await fake.addFault({ method: 'DELETE', fault: { kind: 'reset' }, after: true, delayMs: 1000, times: 1 });
    await view.pickFromMenu('On-call', 'Replace Destination…');
    await workbench.quickInput.waitFor('Enter the new URL');
    await workbench.quickInput.answer(`${hook}/newer`);
    await workbench.quickInput.waitFor('Enter the secret of the new destination');
    await workbench.quickInput.answer('');
    await workbench.dialog.press('Replace');
    await waitUntil(async () => (await fake.log()).some(({ method }) => method === 'DELETE'));
    const path = `/accounts/*/alerting/v3/destinations/webhooks/${old?.id}`;
    await fake.addFault({ method: 'GET', path, fault: { kind: 'html' } });
    await workbench.notifications.waitFor(/the state of both destinations is unknown/);
    await workbench.screenshot(pictureFile('replace unknown'));
    await fake.clear({ part: 'faults' });
    await workbench.notifications.press(/is unknown/, 'Retry');
    await workbench.notifications.waitFor(/The old one is gone/);
    assert.ok(!(await workbench.notifications.buttons(/The old one is gone/)).includes('Undo'));
    await workbench.screenshot(pictureFile('replace finish'));
    await workbench.notifications.press(/The old one is gone/, 'Finish');
    await workbench.notifications.waitFor(/^Replaced “On-call” of Acme\. .+ 2 policies were moved/);
    const [left, ...others] = await fake.destinations({ account });
    assert.deepEqual([left?.url, others.length], [`${hook}/newer`, 0]);
    for (const { mechanisms } of await fake.policies({ account })) {
      assert.deepEqual(mechanisms.webhooks, [{ id: left?.id }]);
    }
  });

  it('lets F2 and Delete act on the focused row, not on the selected one', async () => {
    const { fake, workbench, view } = session;
    await fake.putDestination({ account, name: 'Standby', url: `${hook}/standby` });
    await workbench.runCommand('Cloudflare Webhooks: Refresh All');
    await view.row('Standby').waitFor();
    // The click also expands the row, sooner or later. “Standby” is the last row before and after that.
    await view.row('On-call').click();
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.press('Delete');
    const { message } = await workbench.dialog.read();
    assert.match(message, /“Standby”/);
    await workbench.screenshot(pictureFile('delete the focused row'));
    await workbench.dialog.press('Cancel');
    // Selecting the focused row by command also expands it, which the key takes back.
    assert.equal(await view.row('Standby').getAttribute('aria-expanded'), 'false');
    await view.row('Standby').click();
    await workbench.page.keyboard.press('Home');
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('F2');
    await workbench.quickInput.waitFor('Enter the new name');
    assert.match(await workbench.quickInput.widget.innerText(), /Rename “On-call”/);
    await workbench.quickInput.cancel();
  });
});

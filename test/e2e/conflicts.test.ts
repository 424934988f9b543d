import assert from 'node:assert/strict';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import type { WorkbenchPage } from '../vscode-host/workbench-page.ts';
import {
  addOnlyAccount,
  CONTAINER,
  keepPictureOfFailure,
  openSecondWindow,
  pictureFile,
  replaceInEditor,
  type Session,
  startWithAcme,
  VIEW,
  waitUntil,
  untilBackedUp,
} from './session.ts';

describe('documents beside other clients', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  let account: string;

  before(async () => {
    ({ session, account } = await startWithAcme());
    const { fake, receiversUrl } = session;
    const { id } = await fake.putDestination({ account, name: 'On-call', url: `${receiversUrl}/generic/on-call` });
    await fake.putPolicy({
      account,
      name: 'Attacks',
      alert_type: 'dos_attack_l7',
      mechanisms: { webhooks: [{ id }] },
    });
    await addOnlyAccount(session, demoTokens.demo, 'On-call');
    await session.view.expand('On-call');
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  const policy = async () => {
    const [only, ...others] = await session.fake.policies({ account });
    assert.ok(only);
    assert.deepEqual(others, []);
    return only;
  };
  const open = async ({ workbench }: { readonly workbench: WorkbenchPage }, name: string): Promise<void> => {
    await workbench.treeView(VIEW).pickFromMenu(name, 'Edit Policy as JSON');
    await workbench.page.locator('.monaco-editor[data-uri*=".cfpolicy.json"]').getByText('alert_type').waitFor();
  };
  const sent = async () => (await session.fake.log()).filter(({ method }) => method !== 'GET').length;

  it('keeps unsaved text across a reload, and overwrites a colleague’s change only when told to', async () => {
    const { workbench, fake } = session;
    await open(session, 'Attacks');
    await replaceInEditor(workbench, '"Attacks"', '"Mine"');
    await untilBackedUp(session, '"Mine"');
    await fake.putPolicy({ account, ...(await policy()), name: 'A colleague’s' });
    await workbench.reload();
    await workbench.editorTab(/cfpolicy/).click();
    await workbench.page.getByText('"Mine"').waitFor();
    const before = await sent();
    await workbench.page.keyboard.press('Control+s');
    await workbench.notifications.waitFor(/The content of the file is newer/);
    await workbench.screenshot(pictureFile('policy conflict after reload'));
    assert.equal(await sent(), before);
    assert.equal((await policy()).name, 'A colleague’s');
    await workbench.notifications.press(/The content of the file is newer/, 'Overwrite');
    await workbench.notifications.waitFor('Saved the policy “Mine” of Acme.');
    assert.equal((await policy()).name, 'Mine');
    await workbench.editorTab(/Mine\.cfpolicy\.json/).waitFor();
    await workbench.notifications.clear();
  });

  it('asks about a destination that a colleague renamed before the reload, though the length is the same', async () => {
    const { workbench, view, fake } = session;
    await view.pickFromMenu('On-call', 'Edit Destination as JSON');
    await workbench.page.getByText('"On-call"').waitFor();
    await replaceInEditor(workbench, '"On-call"', '"My name"');
    await untilBackedUp(session, '"My name"');
    const [destination] = await fake.destinations({ account });
    assert.ok(destination);
    await fake.putDestination({ account, id: destination.id, name: 'Standby' });
    await workbench.reload();
    await workbench.editorTab(/cfwebhook/).click();
    await workbench.page.getByText('"My name"').waitFor();
    await workbench.page.keyboard.press('Control+s');
    const { message } = await workbench.dialog.read();
    assert.match(message, /“Standby” has changed at Cloudflare since you opened it/);
    await workbench.screenshot(pictureFile('destination conflict after reload'));
    assert.equal((await fake.destinations({ account }))[0]?.name, 'Standby');
    await workbench.dialog.press('Use Cloudflare’s Version');
    await workbench.page.getByText('"Standby"').waitFor();
    await workbench.runCommand('View: Revert and Close Editor');
  });

  it('does not overwrite what another window saved', async () => {
    const { workbench } = session;
    await workbench.runCommand('View: Close All Editors');
    await session.view.expand('Standby');
    await open(session, 'Mine');
    const other = await openSecondWindow(session);
    await other.openContainer(CONTAINER);
    await other.treeView(VIEW).expand('Standby');
    await open({ workbench: other }, 'Mine');
    await replaceInEditor(other, '"Mine"', '"Other window"');
    await other.page.keyboard.press('Control+s');
    await waitUntil(async () => (await policy()).name === 'Other window');
    await other.page.close();

    await workbench.page.bringToFront();
    await replaceInEditor(workbench, '"Mine"', '"This window"');
    const before = await sent();
    await workbench.page.keyboard.press('Control+s');
    await workbench.notifications.waitFor(/The content of the file is newer/);
    await workbench.screenshot(pictureFile('policy conflict of two windows'));
    assert.equal(await sent(), before);
    assert.equal((await policy()).name, 'Other window');
  });
});

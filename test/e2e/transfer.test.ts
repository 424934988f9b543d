import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { createRunFolder } from '../vscode-host/cache-folder.ts';
import {
  answerAddAccount,
  answerFileDialog,
  errorsOfExtension,
  keepPictureOfFailure,
  pictureFile,
  type Session,
  startWithAcme,
  waitUntil,
} from './session.ts';

describe('export, import and comparison in the workbench', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  let [acme, beta] = ['', ''];
  let folder: string;
  let file: string;

  before(async () => {
    folder = await createRunFolder('transfer');
    file = path.join(folder, 'acme.cfwebhooks.json');
    ({ session, account: acme } = await startWithAcme());
    const { fake, receiversUrl, workbench, view } = session;
    beta = (await fake.putAccount({ name: 'Beta' })).id;
    for (const name of ['On-call', 'Standby', 'Ticket queue']) {
      await fake.putDestination({
        account: acme,
        name,
        url: `${receiversUrl}/generic/${name.toLowerCase().replace(' ', '-')}`,
      });
    }
    await workbench.welcome.getByText('Add Account…').click();
    await answerAddAccount(session, demoTokens.demo);
    await view.row('Ticket queue').waitFor();
  });
  after(async () => {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  const answerFile = async (): Promise<void> => answerFileDialog(session, file);
  const namesOf = async (account: string) =>
    (await session.fake.destinations({ account })).map(({ name }) => name).toSorted();

  it('exports an account from its row', async () => {
    const { workbench, view } = session;
    await view.pickFromMenu(/^Acme/, 'Export…');
    await workbench.quickInput.waitFor('Choose what to write of each URL');
    await workbench.screenshot(pictureFile('export urls'));
    await workbench.quickInput.pick('Whole URLs');
    await answerFile();
    await workbench.notifications.waitFor('Exported webhook destinations: 3.');
    assert.equal(JSON.parse(await readFile(file, 'utf8')).accounts[0].destinations.length, 3);
    await workbench.notifications.clear();
  });

  it('imports it into another account after showing the plan, and reports what happened', async () => {
    const { workbench, view, fake, receiversUrl } = session;
    await fake.putDestination({ account: beta, name: 'Standby', url: `${receiversUrl}/generic/other` });
    await fake.addFault({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 });
    await view.pickFromMenu(/^Beta/, 'Import…');
    await answerFile();
    const editor = workbench.page.locator('.monaco-editor[data-uri^="cfwebhook-transfer:"]');
    await editor.getByText('Import into Beta').waitFor();
    await workbench.notifications.waitFor(
      'Create 2 webhook destinations in Beta? Cloudflare tests each URL. 1 other is left alone',
    );
    await workbench.screenshot(pictureFile('import plan'));
    assert.deepEqual(await namesOf(beta), ['Standby']);
    await workbench.notifications.press('Create 2 webhook destinations', 'Create');
    await workbench.notifications.waitFor('Created 1 webhook destination in Beta. 1 failed.');
    await workbench.notifications.press('1 failed.', 'Show Report');
    await workbench.page.getByText('To try again what failed').waitFor();
    await workbench.screenshot(pictureFile('import report'));
    await workbench.notifications.clear();
    await view.pickFromMenu(/^Beta/, 'Import…');
    await answerFile();
    await workbench.notifications.press('Create 1 webhook destination in Beta?', 'Create');
    await waitUntil(async () => (await namesOf(beta)).length === 3);
    assert.deepEqual(await namesOf(beta), ['On-call', 'Standby', 'Ticket queue']);
    await workbench.notifications.clear();
  });

  it('compares the file with the account in a diff editor', async () => {
    const { workbench, view, fake, receiversUrl } = session;
    await fake.putDestination({ account: acme, name: 'Fresh', url: `${receiversUrl}/generic/fresh` });
    await view.pickFromMenu(/^Acme/, 'Compare with File…');
    await answerFile();
    await workbench.notifications.waitFor(
      'Differences between the file and Acme: 0 only in the file, 1 only in the account, 0 changed.',
    );
    await workbench.page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
    await workbench.screenshot(pictureFile('compare with file'));
    await workbench.notifications.press('Differences between', 'Show Differences');
    await workbench.quickInput.waitFor('Fresh');
    await workbench.screenshot(pictureFile('compare differences'));
    await workbench.quickInput.cancel();
  });

  it('copies a destination to another account', async () => {
    const { workbench, view } = session;
    await view.pickFromMenu('Fresh', 'Copy to Account…');
    await workbench.quickInput.waitFor('Copy to Account');
    await workbench.quickInput.pick('Beta');
    await workbench.notifications.press('Create 1 webhook destination in Beta?', 'Create');
    await waitUntil(async () => (await namesOf(beta)).includes('Fresh'));
  });

  it('logs no error of the extension', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

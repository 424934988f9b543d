import assert from 'node:assert/strict';
import { readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import {
  addOnlyAccount,
  CONTAINER,
  keepPictureOfFailure,
  pictureFile,
  type Session,
  startWithAcme,
  waitUntil,
} from './session.ts';

const FAILURE = 'Cloudflare Webhook Destinations could not start.';

describe('start-up in the workbench', function () {
  this.timeout(120_000);
  this.bail(true);
  let session: Session;

  before(async () => {
    ({ session } = await startWithAcme({ allBuiltins: true }));
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  it('shows the welcome content without an account, also after a reload', async () => {
    const { workbench } = session;
    const button = workbench.welcome.getByText('Add Account…');
    await button.waitFor();
    await workbench.reload();
    await button.waitFor();
  });

  it('shows the rows again after a reload with another view open, once the view is opened', async () => {
    const { workbench, view } = session;
    await addOnlyAccount(session, demoTokens.demo, 'Acme, account');
    await workbench.openContainer('Explorer');
    await workbench.reload();
    await workbench.openContainer(CONTAINER);
    await view.row('Acme, account').waitFor();
  });

  it('reports a failure to load the services, and recovers without a reload', async () => {
    const { workbench, view, dataDir } = session;
    const { notifications } = workbench;
    const installed = (await readdir(path.join(dataDir, 'extensions'))).find((name) =>
      name.includes('cloudflare-webhooks'),
    );
    const main = path.join(
      dataDir,
      'extensions',
      installed ?? assert.fail('The extension is not installed'),
      'dist/main.cjs',
    );
    await rename(main, `${main}.missing`);
    try {
      await workbench.reload();
      await notifications.waitFor(FAILURE);
      await workbench.screenshot(pictureFile('start-up failed'));
      // The view is open, and start-up fails too.
      assert.equal((await notifications.texts()).filter((text) => text.includes(FAILURE)).length, 1);
      // VS Code shows no log before the panel has the channel.
      await workbench.runCommand('View: Toggle Output');
      await workbench.page
        .locator('.part.panel option', { hasText: 'Cloudflare Webhooks' })
        .first()
        .waitFor({ state: 'attached' });
      await notifications.press(FAILURE, 'Show Log');
      // The panel shows the end of the log: the last lines of the error.
      await waitUntil(async () => (await workbench.panelText()).includes('dist/extension.cjs'));
      await workbench.runCommand('Cloudflare Webhooks: Show Log');
      await notifications.waitFor(FAILURE);
      assert.equal((await notifications.texts()).filter((text) => text.includes(FAILURE)).length, 1);
    } finally {
      await rename(`${main}.missing`, main);
    }
    await workbench.runCommand('Cloudflare Webhooks: Show Log');
    await view.row('Acme, account').waitFor();
  });
});

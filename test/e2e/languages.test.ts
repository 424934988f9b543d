import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { errorsOfExtension, keepPictureOfFailure, pictureFile, type Session, startSession } from './session.ts';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

/** Translated strings of the code. */
async function readBundle(language: string): Promise<(english: string, ...values: readonly string[]) => string> {
  const strings: Readonly<Record<string, string>> = JSON.parse(
    await readFile(`l10n/bundle.l10n.${language}.json`, 'utf8'),
  );
  return (english, ...values) =>
    (strings[english] ?? assert.fail(english)).replaceAll(/\{(\d)\}/g, (_, index) => values[Number(index)] ?? '');
}

describe('languages', function () {
  this.timeout(120_000);

  for (const language of ['de', 'ja']) {
    describe(language, () => {
      let session: Session;
      let manifest: Readonly<Record<string, string>>;
      let t: Awaited<ReturnType<typeof readBundle>>;

      before(async () => {
        t = await readBundle(language);
        manifest = JSON.parse(await readFile(`package.nls.${language}.json`, 'utf8'));
        session = await startSession({ language, userSettings: { 'cloudflareWebhooks.unprovenAfterDays': 3 } });
      });
      after(() => session.close());
      afterEach(async function () {
        await keepPictureOfFailure(this.currentTest, session);
      });

      it('shows the view, a panel, a modal and the overview translated', async () => {
        const { workbench, view } = session;
        const { quickInput } = workbench;
        await workbench.welcome.locator('.monaco-button').first().click();
        await quickInput.widget.locator('input').first().waitFor();
        await quickInput.answer(demoTokens.demo);
        await quickInput.widget.getByText('Halden Logistics').waitFor();
        await quickInput.accept();
        await quickInput.waitUntilClosed();
        await workbench.statusItem('cloudflareWebhooks.health').getByText(t('{0} webhooks failing', '4')).waitFor();
        await workbench.screenshot(pictureFile(`language ${language} tree`));
        await view.row('SIEM').click();
        await workbench.page.keyboard.press('Enter');
        const panel = workbench.webview();
        await panel.getByRole('button', { name: t('Replace…'), exact: true }).waitFor();
        assert.equal(await panel.locator('html').getAttribute('lang'), language);
        await workbench.screenshot(pictureFile(`language ${language} panel`));
        await view.pickFromMenu('SIEM', manifest['command.deleteDestination'] ?? '');
        await workbench.page.locator('.monaco-dialog-box').waitFor();
        await workbench.screenshot(pictureFile(`language ${language} modal`));
        await workbench.page.keyboard.press('Escape');
        await view.pressTitleAction(manifest['command.openOverview'] ?? '');
        await panel.getByRole('columnheader', { name: t('Last success') }).waitFor();
        await workbench.screenshot(pictureFile(`language ${language} overview`));
        assert.deepEqual(errorsOfExtension(session), []);
      });
    });
  }
});

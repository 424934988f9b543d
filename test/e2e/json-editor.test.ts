import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { demoAccountId } from '../fake-cloudflare/demo-world.ts';
import {
  answerAddAccount,
  keepPictureOfFailure,
  pictureFile,
  type Session,
  startSession,
  untilBackedUp,
} from './session.ts';

const ACCOUNT = 'Halden Logistics';

describe('JSON editor in the workbench', function () {
  this.timeout(120_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  const account = demoAccountId(ACCOUNT);

  before(async () => {
    session = await startSession({
      allBuiltins: true,
      userSettings: {
        'editor.minimap.enabled': false,
        'editor.autoClosingBrackets': 'never',
        'editor.autoIndent': 'none',
        // The default on the web. The language of the documents must not be affected.
        'files.autoSave': 'afterDelay',
        'files.autoSaveDelay': 500,
      },
    });
    await session.workbench.welcome.getByText('Add Account…').click();
    await answerAddAccount(session, demoTokens.demo);
    await session.view.reveal(ACCOUNT);
    await session.workbench.notifications.clear();
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  const page = () => session.workbench.page;
  const lines = () => page().locator('.part.editor .view-lines').first();
  const named = async (name: string) =>
    (await session.fake.destinations({ account })).find((each) => each.name === name);
  const textOf = (fields: Readonly<Record<string, string>>) => `${JSON.stringify(fields, undefined, 2)}\n`;

  async function write(text: string): Promise<void> {
    await lines().click();
    await page().keyboard.press('Control+A');
    await page().keyboard.press('Delete');
    await page().keyboard.insertText(text);
  }

  it('completes property names and describes them on hover', async () => {
    const { workbench, view } = session;
    await view.pickFromMenu(new RegExp(`^${ACCOUNT}`), 'Create Destination from JSON…');
    await workbench.editorTab(/New Destination/).waitFor();
    await lines().getByText('"url"').waitFor();
    await write('{\n  "name": "Fresh",\n  "url": "https://hooks.halden.example/fresh"\n}\n');
    await lines().getByText('"url"').hover();
    await page().locator('.monaco-hover', { hasText: 'Cloudflare may ignore a new URL' }).waitFor();
    await workbench.screenshot(pictureFile('json hover'));
    await page().keyboard.press('Escape');
    await write('{\n  \n}');
    await page().keyboard.press('ArrowUp');
    await page().keyboard.press('End');
    await page().keyboard.press('Control+Space');
    const list = page().locator('.suggest-widget.visible');
    await list.getByText('secret', { exact: true }).waitFor();
    await workbench.screenshot(pictureFile('json completion'));
    await page().keyboard.press('Escape');
  });

  it('lists each problem of the document once', async () => {
    const { workbench } = session;
    await write(textOf({ name: 'Fresh', url: 'http://hooks.slack.com/services/a/b/c', type: 'slack', colour: 'red' }));
    await page().keyboard.press('Control+Shift+M');
    const problems = page().locator('.part.panel .markers-panel');
    await problems.getByText('“type” is read-only').waitFor();
    await problems.getByText('Slack requires https').waitFor();
    // One row for the file and three rows for its problems.
    assert.equal(await problems.locator('.monaco-list-row').count(), 4);
    await workbench.screenshot(pictureFile('json problems'));
    await page().keyboard.press('Control+Shift+M');
  });

  it('creates a destination on save', async () => {
    const { workbench } = session;
    await write(textOf({ name: 'Fresh', url: 'https://hooks.halden.example/fresh', secret: 'open-sesame' }));
    await page().locator('.part.editor .squiggly-info').first().waitFor();
    await workbench.screenshot(pictureFile('json secret'));
    await page().keyboard.press('Control+S');
    await workbench.notifications.waitFor('Created “Fresh” of Halden Logistics');
    await workbench.editorTab(/^Fresh\.cfwebhook\.json/).waitFor();
    await workbench.editorTab(/New Destination/).waitFor({ state: 'detached' });
    assert.equal((await named('Fresh'))?.secret, 'open-sesame');
    const breadcrumb = page().locator('.part.editor .breadcrumbs-control');
    await breadcrumb.getByText('Fresh.cfwebhook.json').waitFor();
    assert.match((await breadcrumb.innerText()).replaceAll(/\s+/g, ' '), /^Halden Logistics Fresh\.cfwebhook\.json/);
    assert.doesNotMatch(await lines().innerText(), /sesame/);
    await workbench.screenshot(pictureFile('json created'));
  });

  it('opens the panel from the title of the document, and the document from the title of the panel', async () => {
    const { workbench } = session;
    const title = page().locator('.part.editor .editor-actions');
    await title.getByRole('button', { name: 'Edit Destination…' }).click();
    const panel = workbench.webview();
    await panel.getByRole('heading', { name: 'Fresh' }).waitFor();
    await title.getByRole('button', { name: 'Test Destination…' }).click();
    await workbench.quickInput.waitFor('Test “Fresh”');
    await workbench.quickInput.cancel();
    await workbench.screenshot(pictureFile('panel title actions'));
    await title.getByRole('button', { name: 'Edit Destination as JSON' }).click();
    await lines().getByText('"Fresh"').waitFor();
    // Not by a command: the palette does not open while a panel is taking the focus.
    await workbench.editorTab(/^Fresh(?!\.)/).click();
    await page().locator('.part.editor .tab.active .tab-actions .action-label').first().click();
    await workbench.editorTab(/^Fresh(?!\.)/).waitFor({ state: 'detached' });
    await lines().getByText('"Fresh"').waitFor();
  });

  it('resolves a conflict with an external change in the VS Code diff editor', async () => {
    const { fake, workbench } = session;
    await workbench.notifications.clear();
    await write(textOf({ name: 'Mine', url: 'https://hooks.halden.example/fresh' }));
    const id = (await named('Fresh'))?.id ?? assert.fail();
    await fake.putDestination({ account, id, name: 'Changed by others' });
    await page().keyboard.press('Control+S');
    await workbench.notifications.press(/content of the file is newer/, 'Compare');
    await page().locator('.monaco-diff-editor').first().waitFor();
    await page().locator('.part.editor').getByText('Changed by others').first().waitFor();
    await workbench.screenshot(pictureFile('json conflict'));
    assert.ok(await named('Changed by others'));
    await page()
      .locator('.part.editor .editor-actions')
      .getByRole('button', { name: /Use your changes/ })
      .click();
    await workbench.notifications.waitFor('Saved “Mine”');
    // VS Code shows the document again, which would hide an editor opened before that.
    await workbench.editorTab(/Resolve save conflict/).waitFor({ state: 'detached' });
    // The document has another name now, and so another tab.
    await workbench.editorTab(/^Fresh/).waitFor({ state: 'detached' });
    await lines().getByText('"Mine"').waitFor();
    assert.equal((await named('Mine'))?.id, id);
  });

  it('reports an ignored URL and replaces the destination', async () => {
    const { workbench } = session;
    await write(textOf({ name: 'Mine', url: 'https://hooks.halden.example/second' }));
    await page().keyboard.press('Control+S');
    await workbench.dialog.read();
    await workbench.screenshot(pictureFile('json change url'));
    await workbench.dialog.press('Update in Place');
    await workbench.notifications.waitFor(/accepted the change/);
    await workbench.notifications.waitFor(/The document keeps your text/);
    assert.match(await lines().innerText(), /halden\.example\/second/);
    await workbench.screenshot(pictureFile('json ignored'));
    await workbench.notifications.press(/accepted the change/, 'Replace…');
    await workbench.dialog.read();
    await workbench.screenshot(pictureFile('json replace'));
    await workbench.dialog.press('Replace');
    await workbench.notifications.waitFor('Replaced “Mine”');
    await lines().getByText('https://hooks.halden.example/second').waitFor();
    assert.equal((await named('Mine'))?.url, 'https://hooks.halden.example/second');
  });

  it('keeps the text if Cloudflare rejects the change, and marks the URL', async () => {
    const { fake, workbench } = session;
    await workbench.notifications.clear();
    await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 422 }, times: 1 });
    await write(textOf({ name: 'Refused', url: 'https://hooks.halden.example/second' }));
    await page().keyboard.press('Control+S');
    await workbench.notifications.waitFor(/Failed to save/);
    await page().locator('.part.editor .squiggly-error').first().waitFor();
    assert.match(await lines().innerText(), /Refused/);
    await workbench.screenshot(pictureFile('json refused'));
  });

  it('keeps unsaved text across a reload and saves it afterwards', async () => {
    const { workbench } = session;
    await untilBackedUp(session, 'Refused');
    await workbench.reload();
    // On the web, VS Code may restore an older layout with another active editor.
    await workbench.editorTab(/^Mine/).click();
    await lines().getByText('Refused').waitFor();
    await lines().click();
    await page().keyboard.press('Control+S');
    await workbench.notifications.waitFor('Saved “Refused”');
    assert.ok(await named('Refused'));
  });

  it('sends nothing on its own: auto save is on, the API is slow, and the window is reloaded', async () => {
    const { fake, workbench } = session;
    await workbench.editorTab(/^Refused/).waitFor();
    await workbench.notifications.clear();
    await fake.addFault({ delayMs: 2000 });
    const before = (await fake.log()).length;
    await write(textOf({ name: 'Half-ty', url: 'https://hooks.halden.example/second' }));
    await untilBackedUp(session, 'Half-ty');
    // Longer than the delay of auto save.
    await delay(2500);
    await workbench.reload();
    await workbench.editorTab(/^Refused/).click();
    await lines().getByText('Half-ty').waitFor();
    await delay(5000);
    const sent = (await fake.log()).slice(before).filter(({ method }) => method !== 'GET');
    assert.deepEqual(sent, []);
    assert.ok(await named('Refused'));
    assert.doesNotMatch((await workbench.notifications.texts()).join(), /Failed to save/);
    await workbench.screenshot(pictureFile('json auto save'));
    await lines().click();
    await page().keyboard.press('Control+S');
    await workbench.notifications.waitFor('Saved “Half-ty”');
    await workbench.editorTab(/^Half-ty/).waitFor();
  });
});

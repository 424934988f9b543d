import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Canary, type Hit, searchFolder, searchText } from './canary-search.ts';
import { createRunFolder, removeRunFolder } from '../vscode-host/cache-folder.ts';
import {
  addOnlyAccount,
  answerFileDialog,
  keepPictureOfFailure,
  type Session,
  startSession,
  untilBackedUp,
} from './session.ts';

const FIRST_TOKEN = 'cfut_CanaryFirstToken0123456789abcdefghijk';
const SECOND_TOKEN = 'cfut_CanarySecondToken0123456789abcdefghi';
const WRONG_TOKEN = 'cfut_CanaryWrongToken0123456789abcdefghijk';
const LISTED = 'CanaryListedPath7x1';
const CREATED = 'CanaryCreatedPath7x2';
const CREATED_SECRET = 'CanaryCreatedSecret7x3';
const REFUSED = 'CanaryRefusedPath7x4';
const TEST_SECRET = 'CanaryTestSecret7x5';
const DRAFT = 'CanaryDraftPath7x6';
const DRAFT_SECRET = 'CanaryDraftSecret7x7';
const JSON_PATH = 'CanaryJsonPath7x8';
const IMPORTED = 'CanaryImportedPath7x9';

const canaries: readonly Canary[] = Object.entries({
  FIRST_TOKEN,
  SECOND_TOKEN,
  WRONG_TOKEN,
  LISTED,
  CREATED,
  CREATED_SECRET,
  REFUSED,
  TEST_SECRET,
  DRAFT,
  DRAFT_SECRET,
  JSON_PATH,
  IMPORTED,
}).map(([name, value]) => ({ name, value }));

/** VS Code on the web keeps SecretStorage in local storage under this key. */
const SECRET_STORAGE = 'secrets.provider';

/**
 * One session over the features that handle tokens, secrets and URLs, with the log at its most verbose level, then a
 * search of everything that was written.
 */
describe('leak hunt', function () {
  this.timeout(180_000);
  // Each step depends on the step before it.
  this.bail(true);
  let session: Session;
  let account: string;

  before(async () => {
    session = await startSession({ allBuiltins: true, userSettings: { 'files.autoSave': 'off' } });
    const { fake, receiversUrl } = session;
    await fake.reset({ seed: 'empty' });
    await fake.putToken({ value: FIRST_TOKEN });
    await fake.putToken({ value: SECOND_TOKEN });
    account = (await fake.putAccount({ name: 'Acme' })).id;
    await fake.putDestination({
      account,
      name: 'Listed',
      url: `${receiversUrl}/splunk/services/collector/event?channel=${LISTED}`,
      secret: TEST_SECRET,
    });
  });
  after(() => session.close());
  afterEach(async function () {
    // The last step has closed the browser.
    await keepPictureOfFailure(this.currentTest, session).catch(() => undefined);
  });

  const panel = () => session.workbench.webview();
  const field = (label: string) => panel().getByLabel(label, { exact: true });
  const press = (name: string) => panel().getByRole('button', { name, exact: true }).click();

  it('adds an account and replaces its token, with the log at level Trace', async () => {
    const { workbench, view } = session;
    const { quickInput } = workbench;
    await workbench.welcome.getByText('Add Account…').click();
    await quickInput.answer(WRONG_TOKEN);
    await quickInput.waitFor('does not recognize this token');
    await quickInput.cancel();
    await addOnlyAccount(session, FIRST_TOKEN, 'Listed');
    await workbench.runCommand('Developer: Set Log Level...');
    await quickInput.pick('Cloudflare Webhooks');
    await quickInput.pick('Trace');
    await view.pickFromMenu('Acme, account', 'Replace Token…');
    await quickInput.answer(SECOND_TOKEN);
    await quickInput.waitUntilClosed();
    await view.pressTitleAction('Refresh All');
  });

  it('creates a destination, and has another one refused with words that quote its path', async () => {
    const { fake, receiversUrl, view } = session;
    await view.pickFromMenu('Acme, account', 'Create Destination…');
    await field('Name').fill('Refused');
    await field('URL').fill(`${receiversUrl}/generic/${REFUSED}`);
    const message = `Webhook test failed: Post %2Fgeneric%2F${REFUSED}: 404, [run](command:x) ${REFUSED.toLowerCase()}`;
    await fake.addFault({
      method: 'POST',
      fault: { kind: 'status', status: 422, body: { success: false, errors: [{ message }] } },
      times: 1,
    });
    await press('Create');
    await panel()
      .locator('.notices')
      .getByText(/Webhook test failed/)
      .first()
      .waitFor();
    const shown = await panel().locator('.notices').innerText();
    assert.deepEqual(searchText(shown, 'panel', canaries), []);
    await field('Name').fill('Created');
    await field('URL').fill(`${receiversUrl}/generic/${CREATED}`);
    await field('Secret').fill(CREATED_SECRET);
    await press('Create');
    await panel()
      .locator('.notices')
      .getByText(/Created “Created”/)
      .first()
      .waitFor();
  });

  it('tests from this machine and copies everything that can be copied', async () => {
    const { workbench, view, fake } = session;
    await fake.addReceiverRule({ type: 'splunk', answer: 'busy_with_200', times: 1 });
    await view.pickFromMenu('Listed', 'Test Destination…');
    await workbench.quickInput.pick('From this machine');
    await workbench.quickInput.answer(TEST_SECRET);
    await workbench.dialog.press('Send');
    await workbench.notifications.waitFor(/Server is busy/);
    await workbench.notifications.clear();
    for (const entry of ['Copy URL', 'Copy Link', 'Copy as curl', 'Copy as Terraform']) {
      await view.pickFromMenu('Listed', entry, 'Copy');
    }
  });

  it('explains, lists policies, exports hosts, and plans an import', async () => {
    const { workbench, view, fake } = session;
    const [listed] = await fake.destinations({ account });
    await fake.putPolicy({
      account,
      name: 'Attacks',
      alert_type: 'dos_attack_l7',
      mechanisms: { webhooks: [{ id: listed?.id ?? '' }] },
    });
    const textOf = async (scheme: string, words: string): Promise<string> => {
      const editor = workbench.page.locator(`.monaco-editor[data-uri^="${scheme}:"]`);
      await editor.getByText(words).first().waitFor();
      return editor.innerText();
    };
    await view.pickFromMenu('Listed', 'Explain Delivery');
    assert.deepEqual(searchText(await textOf('cfwebhook-delivery', 'weakest link'), 'explanation', canaries), []);
    await view.pickFromMenu('Listed', 'Policies…');
    await workbench.quickInput.waitFor('Policies That Deliver to “Listed”');
    await workbench.quickInput.cancel();
    const folder = await createRunFolder('leak-hunt');
    const [exported, imported] = ['exported', 'imported'].map((name) => path.join(folder, `${name}.cfwebhooks.json`));
    assert.ok(exported !== undefined && imported !== undefined);
    try {
      await view.pickFromMenu('Acme, account', 'Export…');
      await workbench.quickInput.pick('Hosts only');
      await answerFileDialog(session, exported);
      await workbench.notifications.waitFor('Exported webhook destinations');
      assert.deepEqual(searchText(await readFile(exported, 'utf8'), 'export', canaries), []);
      await writeFile(imported, JSON.stringify([{ name: 'New', url: `https://hooks.example.com/${IMPORTED}` }]));
      await view.pickFromMenu('Acme, account', 'Import…');
      await answerFileDialog(session, imported);
      await workbench.notifications.waitFor('Create 1 webhook destination in Acme?');
      assert.deepEqual(searchText(await textOf('cfwebhook-transfer', 'Import into Acme'), 'plan', canaries), []);
      await workbench.notifications.clear();
    } finally {
      await removeRunFolder(folder);
    }
  });

  it('opens a document, and leaves a draft in the panel over a reload', async () => {
    const { workbench, view } = session;
    await view.pickFromMenu('Created', 'Edit Destination…');
    await field('URL').fill(`https://hooks.example.com/${DRAFT}`);
    await field('Secret').fill(DRAFT_SECRET);
    await view.pickFromMenu('Acme, account', 'Create Destination from JSON…');
    const lines = workbench.page.locator('.part.editor .view-lines').first();
    await lines.click();
    await workbench.page.keyboard.press('Control+A');
    await workbench.page.keyboard.insertText(`{ "name": "J", "url": "https://hooks.example.com/${JSON_PATH}" }`);
    await untilBackedUp(session, JSON_PATH);
    await workbench.reload();
    await workbench
      .editorTab(/New Destination|Created/)
      .first()
      .waitFor();
    // The extension starts after the window.
    await view.row('Acme, account').waitFor();
    await session.fake.addFault({ fault: { kind: 'html', status: 403 }, times: 5 });
    await view.pressTitleAction('Refresh All');
    await view.tree.getByText('Unexpected response').waitFor();
  });

  it('left nothing outside SecretStorage, the open document and its backup', async () => {
    const { workbench, dataDir } = session;
    const stored = await workbench.page.evaluate(() => Object.entries(localStorage));
    const inLocalStorage = stored
      .filter(([key]) => key !== SECRET_STORAGE)
      .flatMap(([key, value]) => searchText(String(value), `local storage ${key}`, canaries));
    const databases = await workbench.page.evaluate<readonly (readonly [string, string])[]>(READ_DATABASES);
    const inDatabases = databases.flatMap(([name, text]) => searchText(text, `IndexedDB ${name}`, canaries));
    await session.closeBrowser();
    const inFiles = await searchFolder(dataDir, canaries);
    // The search itself works: SecretStorage has the tokens, or an encrypted form of them, and the backup has the document.
    assert.ok(
      inFiles.some(({ canary }) => canary === 'JSON_PATH'),
      'The backup of the document was not found',
    );
    const isAllowed = ({ place, canary }: Hit): boolean =>
      place.startsWith('browser/Default/Local Storage/') || (canary === 'JSON_PATH' && /backup/i.test(place));
    assert.deepEqual(
      [...inLocalStorage, ...inDatabases, ...inFiles].filter((hit) => !isAllowed(hit)),
      [],
    );
  });
});

/** A script for the page, which has types of its own: every record of every IndexedDB database, as JSON. */
const READ_DATABASES = `(async () => {
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const toText = (key, value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value);
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const values = await done(database.transaction(store).objectStore(store).getAll());
      found.push([name + '/' + store, JSON.stringify(values, toText)]);
    }
    database.close();
  }
  return found;
})()`;

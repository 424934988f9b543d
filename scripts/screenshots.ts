// Takes the README pictures, and a picture of each UI surface in four themes, from the packaged extension in a real
// workbench. Run with `npm run screenshots`; arguments select themes, `readme` or `animation`.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { demoTokens } from '../test/fake-cloudflare/demo-tokens.ts';
import { demoAccountId } from '../test/fake-cloudflare/demo-world.ts';
import {
  addOnlyAccount,
  answerAddAccount,
  pictureFile,
  resizeSideBar,
  type Session,
  startSession,
  type Theme,
  THEMES,
} from '../test/e2e/session.ts';
import { packageExtension } from './package-extension.ts';
import { takeAnimation } from './readme-animation.ts';

const README_PICTURE = 'docs/images/destinations.png';
const STATUS_ITEM = 'cloudflareWebhooks.health';

/** Opens and closes each UI surface in turn and takes a picture of each. */
async function visit(session: Session, take: (name: string) => Promise<void>): Promise<void> {
  const { fake, workbench, view } = session;
  const { quickInput, page } = workbench;
  await workbench.welcome.getByText('Add Account…').waitFor();
  await take('welcome');
  await workbench.welcome.getByText('Add Account…').click();
  await quickInput.waitFor('Choose a token');
  await take('add-account-source');
  await quickInput.pick('Paste a token');
  await quickInput.waitFor('Paste a Cloudflare API token');
  await quickInput.answer(demoTokens.expired);
  await quickInput.waitFor('has expired');
  await take('add-account-problem');
  await quickInput.answer(demoTokens.demo);
  await quickInput.waitFor('Choose the accounts to add');
  await take('add-account-accounts');
  await quickInput.accept();
  await view.reveal('Tern & Co. Labs, account, 10');
  await view.reveal('SIEM');
  await take('tree');
  await view.row('SIEM').hover();
  await page.locator('.workbench-hover', { hasText: 'splunk.halden.example' }).waitFor();
  await take('tooltip');
  await page.keyboard.press('Escape');
  await view.row('SIEM').click({ button: 'right' });
  await page.locator('.monaco-menu').waitFor();
  await take('menu');
  await page.keyboard.press('Escape');
  await workbench.statusItem(STATUS_ITEM).hover();
  await page.locator('.workbench-hover', { hasText: 'Halden Logistics' }).waitFor();
  await take('status-tooltip');
  await workbench.statusItem(STATUS_ITEM).click();
  await quickInput.waitFor('Failing Destinations');
  await take('show-failing');
  await quickInput.cancel();
  await view.pickFromMenu('SIEM', 'Delete Destination…');
  await workbench.dialog.read();
  await take('delete');
  await workbench.dialog.press('Cancel');
  await visitOverview(session, take);
  await visitTests(session, take);
  await visitPanel(session, take);
  await view.pressTitleAction('Open Health Overview');
  await workbench.webview().getByRole('row', { name: 'SIEM' }).locator('.strip').waitFor();
  await take('health-overview');
  await workbench.runCommand('View: Close Editor');
  await fake.addFault({ account: demoAccountId('Halden Logistics'), fault: { kind: 'status', status: 401 } });
  await workbench.runCommand('Cloudflare Webhooks: Refresh');
  await view.reveal(/^The token does not have permission for Halden/);
  await view.row(/^The token does not have permission/).hover();
  await take('problem');
  await fake.clear({ part: 'faults' });
  await view.pressInline(/^The token does not have permission/, 'Refresh');
  await view.reveal('Halden Logistics, account, 2 failing, 15 destinations');
}

/** Takes pictures of policies, a multiple selection and the filter for failing destinations. */
async function visitOverview({ workbench, view, fake }: Session, take: (name: string) => Promise<void>): Promise<void> {
  await view.expand('SIEM');
  await view.expand('Nightly builds');
  await view.reveal('SIEM');
  await take('policies');
  await view.collapse('SIEM');
  await view.collapse('Nightly builds');
  await view.row('SIEM').click();
  await view.row('Payments on-call').click({ modifiers: ['Control'] });
  await view.pickFromMenu('Payments on-call', 'Delete Destination…');
  await workbench.dialog.read();
  await take('delete-several');
  await workbench.dialog.press('Cancel');
  await view.pressTitleAction('Show Only Failing');
  await view.row('Platform team').waitFor({ state: 'detached' });
  await take('only-failing');
  for (const name of ['Halden Logistics', 'Brightwater Media']) {
    const account = demoAccountId(name);
    for (const { id } of await fake.destinations({ account })) {
      await fake.recordDelivery({ account, id, succeeded: true });
    }
  }
  await workbench.runCommand('Cloudflare Webhooks: Refresh All');
  await workbench.welcome.getByText('Show All').waitFor();
  await take('only-failing-welcome');
  await workbench.welcome.getByText('Show All').click();
  for (const [name, failing] of [
    ['Halden Logistics', ['SIEM', 'Payments on-call']],
    ['Brightwater Media', ['Live events', 'Paywall monitor']],
  ] as const) {
    const account = demoAccountId(name);
    for (const { id } of (await fake.destinations({ account })).filter((each) =>
      failing.some((one) => one === each.name),
    )) {
      await fake.recordDelivery({ account, id, succeeded: false });
    }
  }
  await workbench.runCommand('Cloudflare Webhooks: Refresh All');
  await workbench.statusItem(STATUS_ITEM).getByText('4 webhooks failing').waitFor();
}

/** Takes pictures of a test that succeeds, a test that fails, and the choice of a policy. */
async function visitTests({ workbench, view, fake }: Session, take: (name: string) => Promise<void>): Promise<void> {
  const { quickInput } = workbench;
  await view.reveal('Home-grown router');
  await view.pickFromMenu('Home-grown router', 'Test Destination…');
  await quickInput.waitFor('Test “Home-grown router”');
  await take('test-way');
  await quickInput.pick('From this machine');
  await quickInput.waitFor('Enter the secret, or leave it empty');
  await take('test-secret');
  await quickInput.answer('router-secret');
  await workbench.dialog.read();
  await take('test-first');
  await workbench.dialog.press('Send');
  await workbench.notifications.waitFor('from this machine succeeded');
  await take('test-worked');
  await workbench.notifications.clear();
  await fake.addReceiverRule({ type: 'generic', answer: 'bad_gateway', times: 1 });
  await view.pickFromMenu('Home-grown router', 'Test Destination…');
  await quickInput.pick('From this machine');
  await quickInput.waitFor('Enter the secret, or leave it empty');
  await quickInput.answer('router-secret');
  await workbench.notifications.press('from this machine failed', 'Show Response');
  await workbench.dialog.read();
  await take('test-answer');
  await workbench.dialog.press('OK');
  await workbench.notifications.clear();
  await view.row('Lab chat').hover();
  await view.row('Home-grown router').hover();
  await workbench.page.locator('.workbench-hover', { hasText: 'Last test' }).waitFor();
  await take('test-tooltip');
  await workbench.page.keyboard.press('Escape');
  await view.pickFromMenu('Home-grown router', 'Test Destination…');
  await quickInput.pick(/Through Cloudflare/);
  await quickInput.waitFor('Choose a policy.');
  await take('test-policy');
  await quickInput.cancel();
  await view.pickFromMenu('Home-grown router', 'Test Destination…');
  await quickInput.pick('As a sample alert from this machine…');
  await quickInput.waitFor('with a Sample Alert');
  await take('test-sample');
  await quickInput.pick('Origin health check');
  await quickInput.waitFor('Enter the secret, or leave it empty');
  await quickInput.answer('router-secret');
  await workbench.dialog.read();
  await take('test-sample-first');
  await workbench.dialog.press('Cancel');
  for (const [row, sample, name] of [
    ['Home-grown router', 'Origin health check', 'sample-payload'],
    ['SIEM', 'Workers alert', 'sample-payload-service'],
  ] as const) {
    await view.reveal(row);
    // Commands of one row are hidden while several are selected.
    await view.select(row);
    await view.pickFromMenu(row, 'Show Sample Payload…');
    await quickInput.waitFor('Sample Payload');
    await take(`${name}-pick`);
    await quickInput.pick(sample);
    await workbench.editorTab(new RegExp(`^${sample}`)).waitFor();
    await workbench.page.locator('.part.editor .view-lines').first().getByText('POST').waitFor();
    await take(name);
    await workbench.runCommand('View: Close Editor');
  }
  await workbench.notifications.clear();
}

/** Takes pictures of the panel for an existing destination, and for a new destination that Cloudflare rejects. */
async function visitPanel({ fake, workbench, view }: Session, take: (name: string) => Promise<void>): Promise<void> {
  const panel = workbench.webview();
  await view.reveal('Platform team');
  await view.pickFromMenu('Platform team', 'Edit Destination…');
  await panel.getByRole('img', { name: /^Alerts sent/ }).waitFor();
  await take('panel');
  await panel.getByLabel('URL', { exact: true }).fill('https://ops.halden.example/hook');
  await panel.getByText(/different type/).waitFor();
  await panel.getByRole('button', { name: 'Save', exact: true }).click();
  await panel.locator('.notice').getByText('Replace “Platform team”').waitFor();
  await take('panel-replace');
  await fake.addFault({ method: 'PUT', path: '**/policies/*', fault: { kind: 'status', status: 403 }, times: 1 });
  await panel.locator('.notice').getByRole('button', { name: 'Replace', exact: true }).click();
  await panel.getByRole('button', { name: 'Resume' }).waitFor();
  await take('panel-stopped');
  await panel.getByRole('button', { name: 'Undo' }).click();
  await panel
    .locator('.notice')
    .getByText(/was undone/)
    .waitFor();
  await workbench.runCommand('View: Close Editor');
  await view.reveal('Halden Logistics, account');
  await view.pickFromMenu('Halden Logistics, account', 'Create Destination…');
  await panel.getByRole('heading', { name: 'New Webhook Destination' }).waitFor();
  const [any] = await fake.destinations({ account: demoAccountId('Tern & Co. Labs') });
  await panel.getByLabel('Name', { exact: true }).fill('Night shift');
  await panel.getByLabel('URL', { exact: true }).fill(`${new URL(any?.url ?? '').origin}/receivers/generic/hook`);
  await panel.getByLabel('Secret', { exact: true }).fill('wrong');
  await panel.getByRole('button', { name: 'Create', exact: true }).click();
  await panel
    .locator('.notice')
    .getByText(/Webhook test failed/i)
    .waitFor();
  await take('panel-new');
  await panel.getByLabel('URL', { exact: true }).fill('not an address');
  await panel.getByRole('button', { name: 'Create', exact: true }).click();
  await panel.getByText('Enter a complete URL').waitFor();
  await take('panel-errors');
  await workbench.runCommand('View: Close Editor');
}

async function takeAll(theme: Theme): Promise<void> {
  const session = await startSession({
    userSettings: { 'workbench.colorTheme': THEMES[theme].setting },
    env: { CLOUDFLARE_API_TOKEN: demoTokens.demo },
    viewport: { width: 1000, height: 700 },
  });
  try {
    await visit(session, async (name) => {
      await session.workbench.screenshot(pictureFile(`${theme}-${name}`));
    });
    console.log(`${theme}: ${path.dirname(pictureFile('x'))}`);
  } catch (error) {
    await session.workbench.screenshot(pictureFile(`${theme}-stopped-here`));
    throw error;
  } finally {
    await session.close();
  }
}

/** Takes pictures of the status item and its tooltip in every state except stale, which needs a long wait. */
async function takeStatus(theme: Theme): Promise<void> {
  const session = await startSession({
    userSettings: { 'workbench.colorTheme': THEMES[theme].setting, 'cloudflareWebhooks.statusBar': 'always' },
    viewport: { width: 1000, height: 700 },
  });
  const { fake, workbench, view, receiversUrl } = session;
  const take = async (state: string, text: string): Promise<void> => {
    const item = workbench.statusItem(STATUS_ITEM).filter({ hasText: text });
    await item.hover();
    await workbench.page.locator('.workbench-hover:visible').waitFor();
    await workbench.screenshot(pictureFile(`${theme}-status-${state}`));
    await workbench.page.mouse.move(500, 300);
    await workbench.page.locator('.workbench-hover:visible').waitFor({ state: 'detached' });
  };
  try {
    await fake.reset({ seed: 'empty' });
    await fake.putToken({ value: demoTokens.demo });
    const account = (await fake.putAccount({ name: 'Acme' })).id;
    const put = async (name: string): Promise<string> => {
      const { id } = await fake.putDestination({ account, name, url: `${receiversUrl}/generic/${name}` });
      await fake.recordDelivery({ account, id, succeeded: true });
      return id;
    };
    const ids = [await put('Alpha'), await put('Beta')];
    await fake.addFault({ path: '**/webhooks', delayMs: 3000 });
    const adding = addOnlyAccount(session, demoTokens.demo, 'Alpha');
    await workbench.statusItem(STATUS_ITEM).filter({ hasText: 'Checking' }).waitFor();
    await workbench.screenshot(pictureFile(`${theme}-status-checking`));
    await fake.clear({ part: 'faults' });
    await adding;
    await take('healthy', 'Webhooks: 2 healthy');
    for (const [index, id] of ids.entries()) {
      await fake.recordDelivery({ account, id, succeeded: false });
      await workbench.runCommand('Cloudflare Webhooks: Refresh All');
      await take(`failing-${index + 1}`, index === 0 ? '1 webhook failing' : '2 webhooks failing');
    }
    await fake.addFault({ path: '**/webhooks', fault: { kind: 'status', status: 403 } });
    await workbench.runCommand('Cloudflare Webhooks: Refresh All');
    await view.row(/does not have permission for Acme/).waitFor();
    await take('partly-unknown', '2 webhooks failing');
    for (const id of ids) {
      await fake.recordDelivery({ account, id, succeeded: true });
    }
    await fake.clear({ part: 'faults' });
    await workbench.runCommand('Cloudflare Webhooks: Refresh All');
    await take('recovered', 'Webhooks: 2 healthy');
    await fake.addFault({ path: '**', fault: { kind: 'reset' } });
    await workbench.runCommand('Cloudflare Webhooks: Refresh All');
    await view.row(/^Could not reach Cloudflare/).waitFor();
    await take('offline', '');
  } catch (error) {
    await workbench.screenshot(pictureFile(`${theme}-stopped-here`));
    throw error;
  } finally {
    await session.close();
  }
}

async function takeForReadme(): Promise<void> {
  const session = await startSession({
    userSettings: { 'workbench.colorTheme': THEMES.dark.setting },
    viewport: { width: 900, height: 560 },
    deviceScaleFactor: 2,
  });
  try {
    const { workbench, view } = session;
    await workbench.welcome.getByText('Add Account…').click();
    await answerAddAccount(session, demoTokens.demo);
    await resizeSideBar(session, 400);
    await view.reveal('Tern & Co. Labs, account, 10');
    await view.reveal('SIEM');
    await workbench.statusItem(STATUS_ITEM).hover();
    await workbench.page.locator('.workbench-hover', { hasText: 'Halden Logistics' }).waitFor();
    await mkdir(path.dirname(README_PICTURE), { recursive: true });
    await workbench.screenshot(README_PICTURE);
    console.log(README_PICTURE);
  } finally {
    await session.close();
  }
}

await packageExtension();
const asked = process.argv.slice(2);
for (const theme of Object.keys(THEMES) as Theme[]) {
  if (asked.length === 0 || asked.includes(theme)) {
    await takeAll(theme);
    await takeStatus(theme);
  }
}
if (asked.length === 0 || asked.includes('readme')) {
  await takeForReadme();
}
if (asked.length === 0 || asked.includes('animation')) {
  await takeAnimation();
}

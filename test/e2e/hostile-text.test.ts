import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { findHarm, hostileTexts } from '../hostile-texts.ts';
import { addOnlyAccount, errorsOfExtension, keepPictureOfFailure, type Session, startSession } from './session.ts';

/** VS Code makes labels of these elements, without an address. */
const OWN_LABEL = 'a.label-name:not([href])';
const STATUS_ITEM = 'cloudflareWebhooks.health';
const ACCOUNT =
  'Owner [link](command:workbench.action.quit) $(error) <img src=x onerror="window.hostile = 1"> a\u202Eb\u200Bc';

/** So many characters of a name are shown in every place. */
const LONGEST = 190;

/**
 * The hostile texts, as many as possible in one name: the tests in the extension host try each text in each place, this one
 * looks at what VS Code renders. Names of properties are nothing that a renderer could take for more than text.
 */
const names = hostileTexts
  .filter(({ text, mark }) => text !== mark)
  .reduce<readonly { readonly text: string; readonly marks: readonly string[] }[]>((joined, { text, mark }) => {
    const last = joined.at(-1);
    return last && last.text.length + text.length < LONGEST
      ? joined.with(joined.length - 1, { text: `${last.text} ${text}`, marks: [...last.marks, mark] })
      : [...joined, { text, marks: [mark] }];
  }, []);

/** What the browser made of a part of the page, beside text. */
type Rendered = { readonly text: string; readonly labels: readonly string[]; readonly extras: readonly string[] };

/** `own`: selects elements of VS Code or the extension that belong there. */
async function render(part: Locator, own = '.none'): Promise<Rendered> {
  return part.first().evaluate((element, selector): Rendered => {
    const all = [element, ...element.querySelectorAll('*')];
    const extras = element.querySelectorAll(
      'a, img, script, iframe, object, embed, style, .codicon, [onerror], #hostile',
    );
    return {
      text: 'innerText' in element ? String(element.innerText) : '',
      labels: all.flatMap((each) => ['aria-label', 'title'].flatMap((name) => each.getAttribute(name) ?? [])),
      extras: [...extras].filter((each) => !each.matches(selector)).map((each) => each.outerHTML),
    };
  }, own);
}

describe('hostile text in the workbench', function () {
  this.timeout(120_000);
  let session: Session;
  let panel: FrameLocator;
  let account: string;
  let id: string;
  let policy: string;

  before(async () => {
    // The tooltip of the status item is shown for each text.
    session = await startSession({ userSettings: { 'workbench.hover.delay': 50 } });
    const { fake, receiversUrl, workbench, view } = session;
    await fake.reset({ seed: 'empty' });
    await fake.putToken({ value: demoTokens.demo });
    account = (await fake.putAccount({ name: ACCOUNT })).id;
    const url = `${receiversUrl}/generic/hook`;
    const last_failure = '2026-01-01T00:00:00Z';
    id = (await fake.putDestination({ account, name: 'Before', url, last_failure })).id;
    policy = (await fake.putPolicy({ account, name: 'Before', mechanisms: { webhooks: [{ id }] } })).id;
    await addOnlyAccount(session, demoTokens.demo, 'Before');
    await view.pickFromMenu('Before', 'Edit Destination…');
    panel = workbench.webview();
    await panel.getByRole('heading', { name: 'Before' }).waitFor();
  });
  after(() => session.close());
  afterEach(async function () {
    await keepPictureOfFailure(this.currentTest, session);
  });

  for (const { text, marks } of names) {
    const [mark = ''] = marks;
    it(`is only text: ${marks.join(', ')}`, async () => {
      const { fake, workbench, view } = session;
      const { page, quickInput, dialog, notifications } = workbench;
      const problems: string[] = [];
      const check = async (name: string, part: Locator, own?: string): Promise<void> => {
        const { text: shown, labels, extras } = await render(part, own);
        const missing = marks.filter((each) => ![shown, ...labels].some((one) => one.includes(each)));
        assert.deepEqual(missing, [], `${name} shows ${shown.slice(0, 300)}`);
        const harm = [shown, ...labels].flatMap((each) => findHarm(each, { lines: true }));
        problems.push(...harm.map((each) => `${name} has ${each}: ${JSON.stringify(shown.slice(0, 300))}`));
        problems.push(...extras.map((each) => `${name} has ${each}`));
      };

      await fake.putDestination({ account, id, name: text });
      await fake.putPolicy({ account, id: policy, name: text });
      await panel.getByRole('button', { name: 'Refresh', exact: true }).click();
      await panel.locator('h1', { hasText: mark }).waitFor();
      await panel.getByRole('listitem').filter({ hasText: mark }).waitFor();
      await check('the panel', panel.locator('main'));
      // An input of HTML has one line.
      const typed = await panel.getByLabel('Name', { exact: true }).inputValue();
      assert.equal(typed, text.replaceAll(/[\r\n]/g, ''));
      await check('the tab', workbench.editorTab(mark).locator('.monaco-icon-label'), OWN_LABEL);
      await check(
        'the row',
        view.row(mark),
        `${OWN_LABEL}, .monaco-tl-twistie, .custom-view-tree-node-item-icon, .action-label`,
      );

      await workbench.statusItem(STATUS_ITEM).hover();
      const tooltip = page.locator('.workbench-hover', { hasText: mark });
      await tooltip.waitFor();
      await check('the tooltip of the status item', tooltip, 'a[data-href^="command:cloudflareWebhooks."]');
      await workbench.statusItem(STATUS_ITEM).click();
      await quickInput.waitFor('Failing Destinations');
      await check(
        'the quick pick',
        quickInput.widget.locator('.monaco-list-row'),
        `${OWN_LABEL}, .quick-input-list-icon, .action-label`,
      );
      await quickInput.cancel();

      const body = { success: false, errors: [{ code: 1001, message: text }], messages: [], result: null };
      await fake.addFault({ method: 'DELETE', fault: { kind: 'status', status: 400, body } });
      await panel.getByRole('button', { name: 'Delete…', exact: true }).click();
      await dialog.read();
      await check('the modal', dialog.box.locator('.dialog-message-container'));
      await dialog.press('Delete');
      const notification = await notifications.waitFor('Cloudflare rejected the request');
      await check('the notification', notification.locator('.notification-list-item-message'));
      await notifications.dismiss('Cloudflare rejected the request');
      await fake.clear({ part: 'faults' });
      assert.deepEqual(problems, []);
      for (const document of [page.locator('body'), panel.locator('body')]) {
        assert.ok(
          await document.evaluate((element) => !('hostile' in (element.ownerDocument.defaultView ?? {}))),
          'A text ran',
        );
      }
    });
  }

  it('logs no error of the extension to the console', () => {
    assert.deepEqual(errorsOfExtension(session), []);
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { OverviewTarget } from '../../../src/core/overview-protocol.ts';
import { removeStoredAccount } from '../../../src/ui/accounts/stored-accounts.ts';
import { findHarm, hostileTexts } from '../../hostile-texts.ts';
import {
  addAccount,
  type Extension,
  fake,
  receiverUrl,
  run,
  startWithAcme,
  until,
  untilSaid,
} from '../extension-under-test.ts';
import { scriptUser, type ScriptedUser } from '../scripted-user.ts';
import { openOverviewPage, type OverviewPage } from './overview-page.ts';

describe('health overview', () => {
  let extension: Extension;
  let accountId: string;
  let page: OverviewPage;
  let user: ScriptedUser | undefined;
  const { showSaveDialog } = vscode.window;

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    await fake.putDestination({ account: accountId, id: 'aa', name: 'On-call', url: receiverUrl('on-call') });
    await fake.putDestination({ account: accountId, id: 'bb', name: 'Backup', url: receiverUrl('backup') });
    await addAccount('Acme');
    page = await openOverviewPage(extension);
  });
  afterEach(async () => {
    page.close();
    user?.dispose();
    Object.assign(vscode.window, { showSaveDialog });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const target = (destinationId: string): OverviewTarget => ({ accountId, destinationId });
  const names = () => page.rows().map(({ name }) => name);
  const ids = () => page.rows().map(({ destinationId }) => target(destinationId));

  it('has a row for each destination, and no URL', async () => {
    assert.deepEqual(names().toSorted(), ['Backup', 'On-call']);
    assert.equal(page.row('On-call')?.host, new URL(receiverUrl('x')).host);
    await page.receive({ kind: 'visible', rows: ids() });
    assert.ok(!JSON.stringify(page.sent).includes('/generic/'), JSON.stringify(page.sent));
  });

  it('follows the store, and posts the rows of an account only if they changed', async () => {
    page.posted();
    await run('refreshAll');
    assert.deepEqual(page.posted(), []);
    await fake.recordDelivery({ account: accountId, id: 'aa', succeeded: false });
    await run('refreshAll');
    await until(() => page.row('On-call')?.health === 'failing', 'the failure');
  });

  it('shows no row of an account whose last destination was deleted', async () => {
    for (const id of ['aa', 'bb']) {
      await fake.removeDestination({ account: accountId, id });
    }
    await run('refreshAll');
    await until(
      () => names().length === 0,
      () => names().join(),
    );
  });

  it('drops the rows of a removed account, and loads their details again if it comes back', async () => {
    await page.receive({ kind: 'visible', rows: ids() });
    await removeStoredAccount(extension, accountId);
    await until(() => names().length === 0, 'the removal');
    await addAccount('Acme');
    await until(() => names().length === 2, 'the rows');
    assert.equal(page.row('On-call')?.policies, undefined);
    await page.receive({ kind: 'visible', rows: ids() });
    assert.equal(page.row('On-call')?.policies, 0);
  });

  it('posts details of visible rows: policies, alerts and days', async () => {
    await fake.putPolicy({ account: accountId, name: 'P', mechanisms: { webhooks: [{ id: 'aa' }] } });
    await page.receive({ kind: 'visible', rows: ids() });
    const row = page.row('On-call');
    assert.deepEqual([row?.policies, page.row('Backup')?.policies, row?.alerts], [1, 0, 0]);
    assert.equal(row?.days?.length, 30);
    assert.ok(row.summary);
  });

  it('says that the page must ask again once policies changed, and then posts the new number', async () => {
    await page.receive({ kind: 'visible', rows: ids() });
    await fake.putPolicy({ account: accountId, name: 'P', mechanisms: { webhooks: [{ id: 'aa' }] } });
    const before = page.sent.length;
    extension.policies.forget([accountId]);
    assert.deepEqual(page.sent.slice(before), [{ kind: 'outdated', accountId }]);
    await page.receive({ kind: 'visible', rows: [target('aa')] });
    assert.equal(page.row('On-call')?.policies, 1);
  });

  it('fetches the alerts of an account once, whatever the number of visible rows', async () => {
    await fake.clear({ part: 'log' });
    await Promise.all(ids().map(async (row) => page.receive({ kind: 'visible', rows: [row] })));
    const calls = (await fake.log()).filter((each) => each.path.includes('/history'));
    assert.equal(calls.length, 1);
  });

  it('says which details could not be loaded, and asks again after the account recovered', async () => {
    const denied = { fault: { kind: 'denied', cause: 'permission' } } as const;
    await fake.addFault({ path: '/accounts/*/alerting/v3/policies', ...denied });
    await fake.addFault({ path: '/accounts/*/alerting/v3/history', ...denied });
    await page.receive({ kind: 'visible', rows: ids() });
    assert.deepEqual([page.row('On-call')?.policies, page.row('On-call')?.alerts], [null, null]);
    await fake.addFault({ path: '/accounts/*/alerting/v3/destinations/webhooks', ...denied });
    await run('refreshAll');
    await until(() => page.notes().length === 1, 'the note');
    assert.match(page.notes()[0] ?? '', /^Acme: the rows are stale\. /);
    await fake.clear({ part: 'faults' });
    const before = page.sent.length;
    await run('refreshAll');
    await until(() => page.notes().length === 0, 'the recovery');
    assert.ok(page.sent.slice(before).some(({ kind }) => kind === 'outdated'));
  });

  it('posts nothing after its tab was closed during a refresh', async () => {
    const refresh = page.receive({ kind: 'refresh' });
    page.close();
    const before = page.sent.length;
    await refresh;
    assert.equal(page.sent.length, before);
  });

  it('opens a row, and runs the commands of the view on the selected rows', async () => {
    await page.receive({ kind: 'open', row: target('aa') });
    await until(() => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'On-call', 'the panel');
    user = scriptUser('leaves');
    await page.receive({ kind: 'act', action: 'delete', rows: ids() });
    assert.match(user.questions[0]?.title ?? '', /^Delete 2 /);
    assert.equal((await fake.destinations({ account: accountId })).length, 2);
    await page.receive({ kind: 'act', action: 'delete', rows: [] });
    assert.equal(user.questions.length, 1, 'nothing is selected, and something is asked');
  });

  it('asks nothing about a row that was deleted in the meantime', async () => {
    await fake.removeDestination({ account: accountId, id: 'aa' });
    await run('refreshAll');
    user = scriptUser('leaves');
    await page.receive({ kind: 'act', action: 'delete', rows: [target('aa')] });
    assert.equal((await fake.destinations({ account: accountId })).length, 1);
    assert.deepEqual(
      user.questions.filter(({ title }) => title.startsWith('Delete')),
      [],
    );
  });

  it('exports the shown rows as CSV in their order, without URLs', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'overview-'));
    try {
      const file = path.join(folder, 'health.csv');
      Object.assign(vscode.window, { showSaveDialog: async () => vscode.Uri.file(file) });
      await fake.putPolicy({ account: accountId, name: 'P', mechanisms: { webhooks: [{ id: 'aa' }] } });
      await fake.recordDelivery({ account: accountId, id: 'aa', succeeded: false });
      const hostile = '=HYPERLINK("http://x")\u202E\r\n"x"';
      await fake.putDestination({ account: accountId, id: 'bb', name: hostile });
      await run('refreshAll');
      await until(() => page.row('On-call')?.health === 'failing', 'the failure');
      await page.receive({ kind: 'visible', rows: [target('aa')] });
      user = scriptUser('leaves');
      await page.receive({ kind: 'exportCsv', rows: [target('bb'), target('aa'), target('deleted')] });
      const [head, first, second, ...others] = (await readFile(file, 'utf8')).split('\r\n');
      assert.match(head ?? '', /^\uFEFFName,Account,Type,Host,Health,/);
      assert.match(first ?? '', /^"'=HYPERLINK\(""http:\/\/x""\) ""x""",Acme,generic,/);
      assert.match(second ?? '', /^On-call,Acme,generic,[^,]+,failing,[^,]+,,\d{4}-[^,]+,1,0,/);
      assert.deepEqual(others, ['']);
      assert.ok(!(await readFile(file, 'utf8')).includes('/generic/'));
      await untilSaid(() => user, /^Exported 2 destinations to /);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('receives only plain text, whatever the names of accounts and destinations are', async () => {
    const texts = hostileTexts.map(({ text }) => text);
    for (const [index, text] of texts.entries()) {
      await fake.putDestination({ account: accountId, id: `h${index}`, name: text });
    }
    await fake.putAccount({ id: accountId, name: texts.slice(0, 20).join(' ') });
    await run('refreshAll');
    await until(() => names().length === texts.length + 2, 'the rows');
    await page.receive({ kind: 'visible', rows: ids() });
    const shown = page
      .rows()
      .flatMap(({ name, account, type, host, summary = '', days = [] }) => [
        ...[name, account, type, host, summary],
        ...days.map((day) => day.text),
      ]);
    assert.deepEqual(
      shown.flatMap((text) => findHarm(text).map((harm) => `${harm}: ${text.slice(0, 100)}`)),
      [],
    );
  });
});

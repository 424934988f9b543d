import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { createStore } from '../../../src/core/monitoring/store.ts';
import { daysOf } from '../../../src/core/monitoring/timeline.ts';
import { removeStoredAccount } from '../../../src/ui/accounts/stored-accounts.ts';
import { createRecorder } from '../../../src/ui/monitoring/recorder.ts';
import { timelineFolderOf } from '../../../src/ui/monitoring/timeline-files.ts';
import { createTimelines } from '../../../src/ui/monitoring/timelines.ts';
import { addAccount, type Extension, fake, run, startWithAcme, until } from '../extension-under-test.ts';
import { openPanelPage, type Page } from '../panel/panel-page.ts';

const WEBHOOKS = '/accounts/*/alerting/v3/destinations/webhooks';
const MINUTE = 60_000;

describe('timeline', () => {
  let extension: Extension;
  let accountId: string;
  let id: string;
  let page: Page | undefined;
  const ago = (minutes: number): string => new Date(Date.now() - minutes * MINUTE).toISOString().replace('Z', '123Z');

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    ({ id } = await fake.putDestination({
      account: accountId,
      name: 'Alpha chat',
      url: 'https://hooks.slack.com/services/T/B/secretpart',
      type: 'slack',
      last_success: ago(30),
    }));
    await addAccount('Acme');
  });
  afterEach(async () => {
    page?.close();
    page = undefined;
    await fake.clear({ part: 'faults' });
  });

  const root = (): string => path.join(extension.profileFolder, 'timelines');
  const folder = (): string => timelineFolderOf(root(), accountId);
  const readAll = async (): Promise<string> => {
    const names = await readdir(folder()).catch(() => []);
    return (await Promise.all(names.map(async (name) => readFile(path.join(folder(), name), 'utf8')))).join('');
  };
  const move = async (values: Readonly<Record<string, string>>): Promise<void> => {
    await fake.putDestination({ account: accountId, id, ...values });
    await run('refreshAll');
  };

  it('has the exact timestamps of the first refresh and of each move, and neither URL, host nor name', async () => {
    const [first, second, failure] = [ago(30), ago(5), ago(4)];
    await move({ last_success: first });
    await move({ last_success: second, last_failure: failure });
    await until(async () => (await readAll()).includes(failure));
    const text = await readAll();
    for (const expected of [first, second, failure, id]) {
      assert.ok(text.includes(expected), expected);
    }
    assert.doesNotMatch(text, /https?:|slack|secretpart|Alpha|Acme/);
    const [today] = daysOf((await extension.timelines.of(accountId)).destination(id), 1, Date.now()).slice(-1);
    assert.equal(today?.events.at(-1)?.at, failure);
  });

  it('is not written by a refresh that brings nothing new', async () => {
    await until(async () => (await readAll()).includes(id));
    // An answer in turn after the recorder has nothing left to do.
    await extension.timelines.of(accountId);
    const [name = ''] = await readdir(folder());
    const before = await stat(path.join(folder(), name));
    const changes: string[] = [];
    const stop = extension.timelines.onChanged((account) => changes.push(account));
    for (const _ of [1, 2, 3]) {
      await run('refreshAll');
    }
    await move({ name: 'Renamed' });
    await extension.timelines.of(accountId);
    stop();
    const after = await stat(path.join(folder(), name));
    assert.deepEqual([after.size, after.mtimeMs, changes], [before.size, before.mtimeMs, []]);
    assert.deepEqual(await readdir(folder()), [name]);
  });

  it('is deleted with its account, and stays deleted after a refresh in flight', async () => {
    await until(async () => (await readAll()).includes(id));
    await fake.addFault({ method: 'GET', path: WEBHOOKS, delayMs: 500 });
    await fake.putDestination({ account: accountId, id, last_failure: ago(1) });
    const refreshing = run('refreshAll');
    await removeStoredAccount(extension, accountId);
    await refreshing;
    await extension.timelines.of('another');
    assert.deepEqual(await readdir(root()), []);
  });

  it('is deleted if its account was removed while it was written', async () => {
    const entry = extension.store.entry(accountId) ?? assert.fail();
    // There when the recorder starts to write, and gone when it has written.
    let asked = 0;
    const store = { ...extension.store, entry: () => ((asked += 1) === 1 ? entry : undefined) };
    const recorder = createRecorder({ store, log: () => undefined }, root(), () => undefined);
    const last = entry.state.last ?? assert.fail();
    await removeStoredAccount(extension, accountId);
    await recorder.record(accountId, undefined, {
      at: Date.now(),
      destinations: last.destinations.map((each) => ({ ...each, lastFailure: ago(2) })),
    });
    assert.equal(asked, 2);
    assert.deepEqual(await readdir(folder()).catch(() => []), []);
  });

  it('is the same in two windows, which record the same and different events', async () => {
    const entry = extension.store.entry(accountId) ?? assert.fail();
    const store = createStore({
      now: Date.now,
      toApiError: (error) => assert.fail(String(error)),
      defer: (work) => setImmediate(work),
      log: () => undefined,
    });
    store.setConnections([entry.connection]);
    const other = createTimelines(
      { profileFolder: extension.profileFolder, store, host: extension.host },
      async () => import('../../../src/recording.ts'),
    );
    await store.refresh();
    const texts: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      const at = ago(20 - index / 2);
      texts.push(at);
      await fake.putDestination({ account: accountId, id, [index % 3 === 0 ? 'last_failure' : 'last_success']: at });
      await Promise.all([
        ...(index % 2 === 0 ? [store.refresh()] : []),
        ...(index % 2 === 1 || index % 5 === 0 ? [run('refreshAll')] : []),
      ]);
    }
    for (const timelines of [other, extension.timelines]) {
      await until(async () => {
        const history = (await timelines.of(accountId)).destination(id);
        const found = [...(history?.success ?? []), ...(history?.failure ?? [])].map(({ at }) => at);
        assert.equal(new Set(found).size, found.length);
        return texts.every((text) => found.includes(text));
      });
    }
    other.dispose();
  });

  it('ignores malformed lines and says so once in the log', async () => {
    await until(async () => (await readAll()).includes(id));
    const files = await readdir(folder());
    const file = vscode.Uri.file(path.join(folder(), files[0] ?? ''));
    const text = await readAll();
    await vscode.workspace.fs.writeFile(file, Buffer.from(`["x",[\nnot JSON\n${text}`));
    const history = await extension.timelines.of(accountId);
    await extension.timelines.of(accountId);
    assert.equal(history.destination(id)?.success.length, 1);
    assert.equal(extension.logged().split(`The timeline of account ${accountId}: `).length, 2);
  });

  it('appears in the panel and follows the store', async () => {
    page = await openPanelPage(extension, accountId, id);
    const timeline = () => page?.view().about?.timeline ?? assert.fail();
    assert.equal(timeline().days.length, 30);
    assert.match(timeline().summary, /^Last 30 days: delivered on 1 day/);
    await move({ last_failure: ago(0) });
    await until(() => timeline().days.some(({ state }) => state === 'failed' || state === 'both'));
    assert.match(timeline().summary, /failed on 1 day/);
    const today = timeline().days.at(-1);
    assert.match(today?.text ?? '', /failed at .+\. Alerts sent: 0$/);
    assert.equal(today?.alerts, 0);
  });

  it('says before its destination was created that it was not created yet', async () => {
    page = await openPanelPage(extension, accountId, id);
    await fake.putDestination({ account: accountId, id, created_at: ago(0) });
    await run('refreshAll');
    await until(() => page?.view().about?.timeline.days[0]?.seen === 'not created yet');
  });
});

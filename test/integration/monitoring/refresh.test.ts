import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import * as vscode from 'vscode';
import { cacheFileOf } from '../../../src/core/monitoring/snapshot-cache.ts';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import {
  addAccount,
  type Extension,
  fake,
  readState,
  readTooltip,
  readTree,
  run,
  startWithAcme,
  until as untilCached,
} from '../extension-under-test.ts';
import { scriptUser, type ScriptedUser } from '../scripted-user.ts';
import { removeStoredAccount } from '../../../src/ui/accounts/stored-accounts.ts';

const WEBHOOKS = '/accounts/*/alerting/v3/destinations/webhooks';
/** 0.6 seconds. The setting is in minutes. */
const SHORT_INTERVAL = 0.01;
const PATH = 'services/T/B';

describe('automatic refresh', () => {
  let extension: Extension;
  let user: ScriptedUser | undefined;
  let accountId: string;
  let ids: readonly string[];

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    const put = async (name: string) =>
      fake.putDestination({
        account: accountId,
        name,
        url: `https://hooks.slack.com/${PATH}/secret`,
        last_success: '2026-01-01T00:00:00.000001Z',
      });
    ids = (await Promise.all(['Alpha', 'Beta', 'Gamma'].map(put))).map(({ id }) => id);
    await addAccount('Acme');
  });
  afterEach(async () => {
    user?.dispose();
    await configure({ refreshInterval: undefined, statusBar: undefined, notifyOnNewFailure: undefined });
  });

  async function configure(values: Readonly<Record<string, unknown>>): Promise<void> {
    const settings = vscode.workspace.getConfiguration('cloudflareWebhooks');
    for (const [name, value] of Object.entries(values)) {
      await settings.update(name, value, vscode.ConfigurationTarget.Global);
    }
  }
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) {
      await turn();
    }
  };
  const deliver = async (succeeded: boolean, ...which: readonly number[]): Promise<void> => {
    for (const index of which) {
      await fake.recordDelivery({ account: accountId, id: ids[index] ?? '', succeeded });
    }
  };
  const countListCalls = async (): Promise<number> =>
    (await fake.log()).filter(({ path }) => path.endsWith('/destinations/webhooks')).length;
  const tooltip = (): string => readTooltip(extension.statusItem.item.tooltip);

  it('shows a failure and a recovery in the row, the badge and the status item', async () => {
    await configure({ refreshInterval: SHORT_INTERVAL });
    await deliver(false, 1);
    await until(() => extension.destinationsView.view.badge?.value === 1);
    const [row] = await readTree(extension);
    assert.deepEqual(
      [extension.statusItem.item.text, row?.description],
      ['$(warning) 1 webhook failing', '1 failing · 3'],
    );
    await deliver(true, 1);
    await until(() => extension.destinationsView.view.badge === undefined);
    assert.equal((await readTree(extension))[0]?.description, '3');
  });

  it('fires no event and repaints no row if the snapshot is unchanged', async () => {
    const fired: unknown[] = [];
    const listening = extension.destinationsView.provider.onDidChangeTreeData?.((node) => fired.push(node));
    const stop = extension.store.onChanged((change) => fired.push(change));
    let refreshes = 0;
    const stopCounting = extension.store.onRead(() => (refreshes += 1));
    await configure({ refreshInterval: SHORT_INTERVAL });
    await until(() => refreshes >= 3);
    listening?.dispose();
    stop();
    stopCounting();
    assert.deepEqual(fired, []);
  });

  it('notifies about new failures only if enabled, once, in one notification', async () => {
    user = scriptUser();
    await deliver(false, 0);
    await run('refreshAll');
    const isLogged = (at: number, what: string) =>
      extension.logged().includes(`Destination ${ids[at]} of account ${accountId} ${what}`);
    // The known failures are in a file, so that they are compared after the refresh.
    await until(() => isLogged(0, 'is now failing'));
    assert.deepEqual(user.questions, []);
    await configure({ notifyOnNewFailure: true });
    await deliver(false, 0, 1, 2);
    await run('refreshAll');
    await until(() => (user?.questions.length ?? 0) > 0);
    await deliver(false, 1);
    await run('refreshAll');
    await deliver(true, 1);
    await run('refreshAll');
    await until(() => isLogged(1, 'has recovered'));
    assert.deepEqual(
      user.questions.map(({ title }) => title),
      ['2 webhook destinations are now failing: Beta, Gamma.'],
    );
    assert.ok(!readState(extension.context).includes(PATH));
  });

  it('escapes the name of a destination that starts failing, and opens the list', async () => {
    await configure({ notifyOnNewFailure: true });
    await fake.putDestination({ account: accountId, id: ids[0] ?? '', name: '[x](command:evil)' });
    await deliver(false, 0);
    user = scriptUser({ presses: 'Show' });
    await run('refreshAll');
    await until(() => (user?.questions.length ?? 0) === 2);
    assert.deepEqual(
      user.questions.map(({ title }) => title),
      ['[x] (command:evil) (Acme) is now failing.', 'Failing Destinations'],
    );
  });

  it('turns the notification off for good with Don’t Show Again', async () => {
    await configure({ notifyOnNewFailure: true });
    await deliver(false, 0);
    user = scriptUser({ presses: "Don't Show Again" });
    await run('refreshAll');
    const isOn = () => vscode.workspace.getConfiguration('cloudflareWebhooks').get('notifyOnNewFailure');
    await until(() => isOn() === false);
    await deliver(false, 1);
    await run('refreshAll');
    await until(() => extension.logged().includes(`Destination ${ids[1]} of account ${accountId} is now failing`));
    assert.equal(user.questions.length, 1);
  });

  it('does not notify about failures from before the account was added', async () => {
    await configure({ notifyOnNewFailure: true });
    await removeStoredAccount(extension, accountId);
    await deliver(false, 0);
    user = scriptUser({ types: demoTokens.demo }, { picks: ['Acme'] }, 'accepts');
    await run('addAccount');
    await run('refreshAll');
    assert.equal(extension.statusItem.item.text, '$(warning) 1 webhook failing');
    assert.equal(user.questions.length, 3);
  });

  it('applies the status bar setting immediately', async () => {
    await configure({ statusBar: 'always' });
    assert.equal(extension.statusItem.item.text, 'Webhooks: 3 healthy');
    await deliver(false, 2);
    await run('refreshAll');
    assert.equal(extension.statusItem.item.text, '$(warning) 1 webhook failing');
    assert.equal(extension.statusItem.item.accessibilityInformation?.label, '1 webhook destination is failing');
    const { tooltip: markdown } = extension.statusItem.item;
    assert.deepEqual(markdown instanceof vscode.MarkdownString && markdown.isTrusted, {
      enabledCommands: ['showFailing', 'openOverview', 'refreshAll', 'showLog'].map(
        (name) => `cloudflareWebhooks.${name}`,
      ),
    });
  });

  it('shows the age of a stale snapshot', async () => {
    await configure({ statusBar: 'always', refreshInterval: 0 });
    const real = Date.now;
    try {
      Date.now = () => real() + 3 * 3_600_000;
      extension.statusItem.repaintAges();
      assert.equal(extension.statusItem.item.text, 'Webhooks: 3 healthy (3 hours ago)');
      assert.match(tooltip(), /^Last refreshed 3 hours ago$/m);
    } finally {
      Date.now = real;
    }
    await run('refreshAll');
    assert.equal(extension.statusItem.item.text, 'Webhooks: 3 healthy');
  });

  it('keeps the stale snapshot while offline and recovers without a question', async () => {
    user = scriptUser();
    await configure({ refreshInterval: SHORT_INTERVAL });
    await fake.addFault({ path: WEBHOOKS, fault: { kind: 'reset' } });
    await until(() => extension.store.entry(accountId)?.state.kind === 'failed');
    await until(() => extension.statusItem.item.text === '$(cloud-offline) Webhooks: 1 account unreachable');
    assert.equal(extension.statusItem.item.backgroundColor, undefined);
    assert.match(tooltip(), /^Could not reach Cloudflare$/m);
    assert.match(tooltip(), /^Last refreshed /m);
    assert.match((await readTree(extension))[0]?.description ?? '', /^3 · stale/);
    await fake.clear({ part: 'faults' });
    await until(() => extension.store.entry(accountId)?.state.kind === 'ready');
    assert.deepEqual([user.questions, user.messages], [[], []]);
  });

  it('shows the problem row with its remedies if an account could not be refreshed, beside failing destinations', async () => {
    user = scriptUser();
    await fake.addFault({ fault: { kind: 'status', status: 401 } });
    await run('refreshAll');
    assert.equal(extension.statusItem.item.command, 'cloudflareWebhooks.showFailing');
    await run('showFailing');
    const problem = { kind: 'problem', accountId };
    await until(() => extension.destinationsView.view.selection[0]?.kind === 'problem');
    assert.deepEqual(extension.destinationsView.view.selection, [problem]);
    assert.deepEqual([user.questions, user.messages], [[], []]);
    user.dispose();
    await fake.clear({ part: 'faults' });
    await deliver(false, 1);
    await run('refreshAll');
    await fake.addFault({ fault: { kind: 'status', status: 401 } });
    await run('refreshAll');
    user = scriptUser({ picks: ['Token rejected'] });
    await run('showFailing');
    assert.match(
      user.questions[0]?.text ?? '',
      /^Beta \| Acme \| .+\nToken rejected \| Acme \| Cloudflare rejected the token/,
    );
    assert.equal(extension.statusItem.item.text, '$(warning) 1 webhook failing');
    assert.match(
      extension.statusItem.item.accessibilityInformation?.label ?? '',
      /The state of 1 account is unknown\.$/,
    );
  });

  it('does not say that nothing is failing without an account', async () => {
    user = scriptUser();
    await removeStoredAccount(extension, accountId);
    await run('showFailing');
    await run('goToDestination');
    const titles = user.questions.map(({ title }) => title);
    assert.deepEqual(titles, [
      'No Cloudflare account has been added yet.',
      'No Cloudflare account has been added yet.',
    ]);
  });

  describe('with several windows', () => {
    const directory = (): string => join(extension.profileFolder, 'snapshots');
    const file = (): string => join(directory(), cacheFileOf(accountId));
    const stored = async (): Promise<string | undefined> => readFile(file(), 'utf8').catch(() => undefined);
    const storedOnce = async (): Promise<string> => {
      await untilCached(async () => (await stored()) !== undefined);
      return (await stored()) ?? '';
    };
    const destination = (fields: object) => ({
      ...extension.store.entry(accountId)?.state.last?.destinations[0],
      ...fields,
    });
    /** As another window does, after this window's own write. */
    const writeAsOther = async (at: number, destinations: readonly object[]): Promise<void> => {
      const account = { version: 1, accountId, label: 'Acme', at, destinations };
      await storedOnce();
      await writeFile(file(), JSON.stringify(account));
    };

    it('caches hosts but no URL, in one file per account, and deletes the file with the account', async () => {
      const content = await storedOnce();
      assert.match(content, /"host":"hooks.slack.com"/);
      assert.ok(!content.includes('services'));
      assert.ok(!readState(extension.context).includes(PATH));
      assert.deepEqual(
        (await extension.context.secrets.keys()).filter((key) => key.includes('snapshot')),
        [],
      );
      // A refresh is in flight while the account is removed.
      await fake.addFault({ path: WEBHOOKS, fault: { kind: 'drip', everyMs: 20, bytes: 40 } });
      const inFlight = extension.store.refresh([accountId]);
      await removeStoredAccount(extension, accountId);
      await inFlight;
      await fake.clear({ part: 'faults' });
      assert.equal(await stored(), undefined);
      assert.deepEqual(
        (await readdir(directory())).filter((name) => name.startsWith(accountId)),
        [],
      );
    });

    it('shows the timestamps another window has fetched, without an API call', async () => {
      const before = await countListCalls();
      const { destinations = [] } = extension.store.entry(accountId)?.state.last ?? {};
      const theirs = destinations.map((each) => ({
        ...each,
        url: undefined,
        host: 'hooks.slack.com',
        lastFailure: '2026-02-02T00:00:00Z',
      }));
      await writeAsOther(Date.now(), theirs);
      await until(() => extension.destinationsView.view.badge?.value === 3);
      assert.equal(await countListCalls(), before);
      assert.match(extension.store.entry(accountId)?.state.last?.destinations[0]?.url ?? '', /services/);
    });

    it('refreshes an account if another window has fetched other destinations', async () => {
      const before = await countListCalls();
      await writeAsOther(Date.now(), [{ ...destination({ id: 'x', host: 'hooks.slack.com' }), url: undefined }]);
      await untilCached(async () => (await countListCalls()) === before + 1);
      assert.equal(extension.store.entry(accountId)?.state.last?.destinations.length, 3);
    });

    it('ignores a corrupt, newer-version or older snapshot and logs it', async () => {
      const { last } = extension.store.entry(accountId)?.state ?? assert.fail();
      await writeAsOther((last?.at ?? 0) - 1, []);
      await writeFile(file(), '{"version":2}');
      await untilCached(() => extension.logged().includes(`The cached snapshot of account ${accountId} is corrupt`));
      assert.deepEqual(extension.store.entry(accountId)?.state.last, last);
    });

    it('fetches a cached destination before an operation uses its URL', async () => {
      const { api } = extension.store.entry(accountId)?.connection ?? assert.fail();
      const facts = { id: ids[0] ?? '', name: 'Cached', type: 'slack', host: 'hooks.slack.com' };
      const connection = extension.store.entry(accountId)?.connection ?? assert.fail();
      extension.store.setConnections([]);
      extension.store.setConnections([{ ...connection, api }]);
      extension.store.adopt(accountId, { at: Date.now() - 1000, destinations: [facts] });
      const [row] = await readTree(extension);
      assert.match(row?.description ?? '', /^1 · /);
      assert.equal(row?.children[0]?.label, 'Cached');
      await run('copyUrl', { kind: 'destination', accountId, destinationId: ids[0] });
      assert.match(await vscode.env.clipboard.readText(), new RegExp(PATH));
      assert.equal(extension.store.entry(accountId)?.state.kind, 'ready');
    });
  });
});

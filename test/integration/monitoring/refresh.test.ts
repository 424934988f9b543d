import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import * as vscode from 'vscode';
import { snapshotKey, toSnapshotRecord } from '../../../src/core/monitoring/snapshot-cache.ts';
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
} from '../extension-under-test.ts';
import { scriptUser, type ScriptedUser } from '../scripted-user.ts';

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
    assert.deepEqual([extension.statusItem.item.text, row?.description], ['$(warning) 1 failing', '1 failing · 3']);
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
    assert.deepEqual(user.questions, []);
    await configure({ notifyOnNewFailure: true });
    await deliver(false, 0, 1, 2);
    await run('refreshAll');
    await until(() => (user?.questions.length ?? 0) > 0);
    await deliver(false, 1);
    await run('refreshAll');
    await deliver(true, 1);
    await run('refreshAll');
    assert.deepEqual(
      user.questions.map(({ title }) => title),
      ['2 webhook destinations are now failing: Beta, Gamma.'],
    );
    assert.match(extension.logged(), new RegExp(`Destination ${ids[1]} of account ${accountId} has recovered`));
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

  it('does not notify about failures from before the account was added', async () => {
    await configure({ notifyOnNewFailure: true });
    await extension.connections.remove(accountId);
    await deliver(false, 0);
    user = scriptUser({ types: demoTokens.demo }, { picks: ['Acme'] }, 'accepts');
    await run('addAccount');
    await run('refreshAll');
    assert.equal(extension.statusItem.item.text, '$(warning) 1 failing');
    assert.equal(user.questions.length, 3);
  });

  it('applies the status bar setting immediately', async () => {
    await configure({ statusBar: 'always' });
    assert.equal(extension.statusItem.item.text, 'Webhooks: 3 healthy');
    await deliver(false, 2);
    await run('refreshAll');
    assert.equal(extension.statusItem.item.text, '$(warning) 1 failing');
    assert.equal(extension.statusItem.item.accessibilityInformation?.label, '1 webhook destination is failing');
    const { tooltip: markdown } = extension.statusItem.item;
    assert.deepEqual(markdown instanceof vscode.MarkdownString && markdown.isTrusted, {
      enabledCommands: ['showFailing', 'refreshAll', 'showLog'].map((name) => `cloudflareWebhooks.${name}`),
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
    assert.equal(extension.statusItem.item.text, '$(cloud-offline)');
    assert.equal(extension.statusItem.item.backgroundColor, undefined);
    assert.match(tooltip(), /^Could not reach Cloudflare$/m);
    assert.match(tooltip(), /^Last refreshed /m);
    assert.match((await readTree(extension))[0]?.description ?? '', /^3 · stale/);
    await fake.clear({ part: 'faults' });
    await until(() => extension.store.entry(accountId)?.state.kind === 'ready');
    assert.deepEqual([user.questions, user.messages], [[], []]);
  });

  describe('with several windows', () => {
    const stored = async (): Promise<string | undefined> => extension.context.secrets.get(snapshotKey(accountId));

    it('persists the snapshot in SecretStorage only and deletes it with the account', async () => {
      assert.match((await stored()) ?? '', new RegExp(PATH));
      assert.ok(!readState(extension.context).includes(PATH));
      await extension.connections.remove(accountId);
      assert.equal(await stored(), undefined);
    });

    it('shows the snapshot of another window without an API call', async () => {
      const before = await countListCalls();
      const destinations = [{ id: 'x', name: 'Theirs', type: 'slack', url: `https://hooks.slack.com/${PATH}` }];
      await extension.context.secrets.store(snapshotKey(accountId), toSnapshotRecord({ at: Date.now(), destinations }));
      await until(() => extension.store.entry(accountId)?.state.last?.destinations[0]?.name === 'Theirs');
      assert.equal(await countListCalls(), before);
    });

    it('ignores an invalid or older snapshot', async () => {
      const { last } = extension.store.entry(accountId)?.state ?? assert.fail();
      let events = 0;
      const listening = extension.context.secrets.onDidChange(() => (events += 1));
      for (const value of ['no JSON', toSnapshotRecord({ at: (last?.at ?? 0) - 1, destinations: [] })]) {
        const before = events;
        await extension.context.secrets.store(snapshotKey(accountId), value);
        await until(() => events > before);
        await stored();
      }
      listening.dispose();
      assert.deepEqual(extension.store.entry(accountId)?.state.last, last);
    });
  });
});

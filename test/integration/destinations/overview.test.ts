import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { AccountEntry } from '../../../src/core/monitoring/account-state.ts';
import { TOOLS } from '../../../src/ui/host/ids.ts';
import { createToolCalls } from '../../../src/ui/monitoring/tool-calls.ts';
import {
  addAccount,
  type Extension,
  fake,
  readState,
  readTree,
  run,
  startWithAcme,
  until,
} from '../extension-under-test.ts';
import { scriptUser, type ScriptedUser } from '../scripted-user.ts';

const POLICIES = '/accounts/*/alerting/v3/policies';
const SUCCESS = '2026-01-01T00:00:00.000001Z';
const FAILURE = '2026-01-02T00:00:00.000001Z';

describe('overview of destinations and policies', () => {
  let extension: Extension;
  let user: ScriptedUser | undefined;
  let accountId: string;
  let ids: Readonly<Record<string, string>>;

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    const put = async (name: string, last_failure: string | null): Promise<string> => {
      const url = `https://hooks.slack.com/services/T/B/secretOf${name}`;
      const fields = { account: accountId, name, url, type: 'slack', last_success: SUCCESS, last_failure } as const;
      return (await fake.putDestination(fields)).id;
    };
    ids = { Alpha: await put('Alpha', null), Beta: await put('Beta', FAILURE), Gamma: await put('Gamma', FAILURE) };
    const use = (name: string, id: string, enabled: boolean) =>
      fake.putPolicy({
        account: accountId,
        name,
        alert_type: 'dos_attack_l7',
        enabled,
        mechanisms: { webhooks: [{ id }] },
      });
    await use('Attacks', ids['Alpha'] ?? '', true);
    await use('Old attacks', ids['Alpha'] ?? '', false);
    await addAccount('Acme');
    await run('refreshAll');
  });
  afterEach(() => user?.dispose());

  const nodeOf = (name: string) => ({ kind: 'destination', accountId, destinationId: ids[name] ?? '' }) as const;
  const labels = async () => (await readTree(extension)).map(({ children }) => children.map(({ label }) => label));
  const countPolicyCalls = async () =>
    (await fake.log()).filter(({ method, path }) => method === 'GET' && path.endsWith('/alerting/v3/policies')).length;

  it('shows the policies of a destination with alert name and enabled state', async () => {
    const rows = await readTree(extension, nodeOf('Alpha'));
    assert.deepEqual(
      rows.map(({ label, icon, context }) => [label, icon, context]),
      [
        ['Attacks', 'bell', 'policy'],
        ['Old attacks', 'bell-slash', 'policy'],
      ],
    );
    assert.match(rows[0]?.description ?? '', /^HTTP DDoS .+ · enabled · delivers nowhere else$/);
    assert.match(rows[0]?.tooltip ?? '', /Delivers to 1 webhook\b/);
    assert.match(rows[1]?.spoken ?? '', /^Old attacks, policy, HTTP DDoS .+, disabled/);
    const [none] = await readTree(extension, nodeOf('Beta'));
    assert.equal(none?.spoken, 'No policy uses this destination. Cloudflare sends no alerts to it.');
  });

  it('fetches the policies of an account once for several rows, and again after a refresh', async () => {
    await fake.clear({ part: 'log' });
    await Promise.all(['Alpha', 'Beta', 'Gamma'].map(async (name) => readTree(extension, nodeOf(name))));
    assert.equal(await countPolicyCalls(), 1);
    await run('refresh', nodeOf('Alpha'));
    await readTree(extension, nodeOf('Alpha'));
    assert.equal(await countPolicyCalls(), 2);
  });

  it('shows a problem row if the policies cannot be fetched', async () => {
    await fake.addFault({ path: POLICIES, fault: { kind: 'status', status: 403 } });
    const [row] = await readTree(extension, nodeOf('Alpha'));
    assert.equal(row?.context, 'policyProblem');
    assert.match(row?.spoken ?? '', /does not have permission for Acme/);
  });

  it('filters failing destinations, shows the filter and can be turned off', async () => {
    await run('toggleFailingOnly');
    try {
      assert.deepEqual(await labels(), [['Beta', 'Gamma']]);
      assert.equal(extension.destinationsView.view.description, 'only failing');
      assert.equal(extension.destinationsView.view.message, 'Only failing destinations are shown.');
      for (const name of ['Beta', 'Gamma']) {
        await fake.recordDelivery({ account: accountId, id: ids[name] ?? '', succeeded: true });
      }
      await run('refreshAll');
      // An empty tree makes VS Code show the welcome view.
      assert.deepEqual(await readTree(extension), []);
      assert.equal(extension.destinationsView.view.message ?? '', '', 'a message would hide the welcome content');
      await fake.addFault({ path: '/accounts/*/alerting/v3/destinations/webhooks', fault: { kind: 'html' } });
      await run('refreshAll');
      assert.equal((await readTree(extension)).length, 1, 'an account with a failed refresh stays visible');
    } finally {
      await run('showAll');
    }
    assert.equal((await labels())[0]?.length, 4);
    // Running the command again changes nothing.
    await run('showAll');
    assert.equal((await labels())[0]?.length, 4);
    assert.equal(extension.destinationsView.view.description, '');
    assert.equal(extension.destinationsView.view.message ?? '', '');
  });

  it('finds a destination that the filter hides', async () => {
    await run('toggleFailingOnly');
    user = scriptUser({ picks: ['Alpha'] });
    await run('goToDestination');
    assert.match(user.questions[0]?.text ?? '', /^Alpha \| Acme \| slack · last success .+ ago$/m);
    assert.equal(user.questions[0]?.text.split('\n').length, 3);
    // VS Code tells the extension of a selection after it has revealed the row.
    const { view } = extension.destinationsView;
    await until(() => view.selection.length > 0, 'a selected row');
    assert.deepEqual(view.selection[0], nodeOf('Alpha'));
    assert.equal((await labels())[0]?.length, 3);
  });

  it('edits a failing destination from the list', async () => {
    user = scriptUser({ clicks: 'Edit…', on: 'Gamma' });
    await run('showFailing');
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const tab = tabs.find(({ label }) => label.includes('Gamma'));
    assert.ok(tab);
    await vscode.window.tabGroups.close(tab);
  });

  it('copies the selected IDs, and the whole URL if it or its secret part is remembered', async () => {
    const nodes = [nodeOf('Alpha'), nodeOf('Beta')];
    await run('copyId', nodes[0], nodes);
    assert.equal(await vscode.env.clipboard.readText(), [ids['Alpha'], ids['Beta']].join('\n'));
    user = scriptUser();
    await run('copyUrl', nodes[0]);
    assert.equal(await vscode.env.clipboard.readText(), 'https://hooks.slack.com/services/T/B');
    assert.match(user.messages[0] ?? '', /^Copied without its secret part, which Cloudflare hides/);
    const key = `cloudflareWebhooks.secret.${accountId}.${ids['Alpha'] ?? ''}`;
    const whole = 'https://hooks.slack.com/services/T/B/secretOfAlpha';
    for (const remembered of [{ url: whole }, { secret: 'secretOfAlpha' }]) {
      await extension.context.secrets.store(key, JSON.stringify({ version: 1, ...remembered }));
      await vscode.env.clipboard.writeText('');
      await run('copyUrl', nodes[0]);
      assert.equal(await vscode.env.clipboard.readText(), whole);
    }
    assert.equal(user.messages.filter((each) => each.startsWith('Copied without')).length, 1);
  });

  it('repaints only rows whose age changed, without an API call', async () => {
    await readTree(extension);
    const fired: unknown[] = [];
    const listening = extension.destinationsView.provider.onDidChangeTreeData?.((nodes) => fired.push(nodes));
    await fake.clear({ part: 'log' });
    extension.destinationsView.repaintAges();
    assert.deepEqual(fired, []);
    const { now } = Date;
    try {
      Date.now = () => now() + 365 * 86_400_000;
      extension.destinationsView.repaintAges();
    } finally {
      Date.now = now;
    }
    assert.deepEqual(fired, [[{ kind: 'account', accountId }]]);
    assert.deepEqual(await fake.log(), []);
    listening?.dispose();
  });

  describe('for language models', () => {
    const ask = async (tool: string, input: object, token?: vscode.CancellationToken): Promise<string> => {
      const { content } = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined }, token);
      return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
    };

    it('lists destinations with health and host, without the rest of the URL', async () => {
      const text = await ask(TOOLS.list, {});
      assert.doesNotMatch(text, /services|secretOf/);
      const { accounts, destinations } = JSON.parse(text) as Record<string, readonly Record<string, unknown>[]>;
      assert.deepEqual([accounts?.[0]?.['name'], accounts?.[0]?.['state']], ['Acme', 'fresh']);
      assert.deepEqual(
        destinations?.map(({ name, health, host }) => [name, health, host]),
        [
          ['Alpha', 'healthy', 'hooks.slack.com'],
          ['Beta', 'failing', 'hooks.slack.com'],
          ['Gamma', 'failing', 'hooks.slack.com'],
        ],
      );
    });

    it('lists failing destinations, filters by account and reports stale accounts', async () => {
      const names = async (input: object): Promise<readonly unknown[]> => {
        const { destinations } = JSON.parse(await ask(TOOLS.failing, input)) as {
          destinations: readonly { name: unknown }[];
        };
        return destinations.map(({ name }) => name);
      };
      assert.deepEqual(new Set(await names({ account: 'acme' })), new Set(['Beta', 'Gamma']));
      await fake.addFault({ path: '/accounts/*/alerting/v3/destinations/webhooks', fault: { kind: 'html' } });
      await run('refreshAll');
      assert.match(await ask(TOOLS.failing, {}), /"state":"stale".+"problem":".+"/);
    });

    it('reports an unknown account as an error that names the known accounts', async () => {
      await assert.rejects(ask(TOOLS.list, { account: 'Other' }), /"Other"\. Known accounts: "Acme"\./);
    });

    for (const [title, services] of [
      ['the accounts', { loaded: new Promise<boolean>(() => {}) }],
      ['a refresh', {}],
    ] as const) {
      it(`stops waiting for ${title} when the call is canceled`, async () => {
        const entries = extension.store.entries().map(({ connection }): AccountEntry => ({
          connection,
          state: { kind: 'loading' },
          inFlight: new Promise(() => {}),
        }));
        const calls = createToolCalls({ ...extension, store: { entries: () => entries }, ...services });
        const source = new vscode.CancellationTokenSource();
        const start = Date.now();
        const invoked = calls.invoke('list', {}, source.token);
        setTimeout(() => source.cancel(), 50);
        await assert.rejects(invoked, vscode.CancellationError);
        await assert.rejects(calls.prepare('list', {}, source.token), vscode.CancellationError);
        assert.ok(Date.now() - start < 2000);
      });
    }

    it('asks for confirmation, with the names of the accounts as plain text', async () => {
      const { store } = extension;
      const { token } = new vscode.CancellationTokenSource();
      const describe = async (entries: readonly AccountEntry[], input: object): Promise<string> => {
        const calls = createToolCalls({ ...extension, store: { entries: () => entries } });
        const { confirmationMessages } = await calls.prepare('list', input, token);
        assert.equal(confirmationMessages?.title, 'List webhook destinations');
        const { message } = confirmationMessages;
        return typeof message === 'string' ? message : message.value;
      };
      assert.match(
        await describe(store.entries(), {}),
        /^The language model gets data of the account Acme: .+ no full URL\.$/,
      );
      assert.match(
        await describe(store.entries(), { account: 'Other' }),
        /^The language model asks for an account .+ not added\./,
      );
      assert.match(await describe([], {}), /^No account was added\./);
      const hostile = store.entries().flatMap((entry) =>
        Array.from({ length: 22 }, (_, at) => ({
          ...entry,
          connection: { ...entry.connection, account: { id: String(at), name: `[${at}](http://x)\u202E**` } },
        })),
      );
      const words = await describe(hostile, {});
      assert.match(words, /these accounts: \\\[0\\\]\\\(http\\:\\\/\\\/x\\\)\\\*\\\*, .+ and 2 more\. The data/);
      assert.doesNotMatch(words, /\u202E/);
    });
  });

  it('persists no policy name and no secret, although the window has both', async () => {
    await fake.changeSettings({ urlSecrets: 'returned' });
    await run('refreshAll');
    const rows = await readTree(extension, nodeOf('Alpha'));
    const urls = extension.store.entry(accountId)?.state.last?.destinations.map(({ url }) => url) ?? [];
    assert.deepEqual([rows[0]?.label, urls.every((url) => url.includes('secretOf'))], ['Attacks', true]);
    assert.doesNotMatch(readState(extension.context), /Attacks|secretOf/);
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { findHarm, type HostileText, hostileTexts, type Sink } from '../hostile-texts.ts';
import {
  type Extension,
  fake,
  readTree,
  receiverUrl,
  run,
  type Row,
  startOver,
  until,
} from './extension-under-test.ts';
import { active, closeAll, fixesAt, ours, type } from './json/json-documents.ts';
import { openPanelPage } from './panel/panel-page.ts';
import { type Reaction, scriptUser, type ScriptedUser } from './scripted-user.ts';

const WEBHOOKS = '/accounts/*/alerting/v3/destinations/webhooks';

/** Every place where text of Cloudflare is shown. Each must be reached with each text. */
const sinks = {
  'label of an account': {},
  'text of an account for screen readers': {},
  'tooltip of an account': { markdown: true },
  'label of a destination': {},
  'text of a destination for screen readers': {},
  'tooltip of a destination': { markdown: true },
  'label of a policy': {},
  'text of a policy for screen readers': {},
  'tooltip of a policy': { markdown: true },
  'description of an error': {},
  'text of an error for screen readers': {},
  'tooltip of an error': { markdown: true },
  'tooltip of the status item': { markdown: true },
  'notification with a name': { links: true },
  'notification with an error': { links: true },
  'title of a modal': { links: true },
  'detail of a modal': { lines: true },
  'detail of a modal with an error': { lines: true },
  'title of a quick pick': {},
  'items of a quick pick': { lines: true, icons: true },
  'title of an input': {},
  'prompt of an input': { links: true },
  'validation message of an input': { links: true },
  'error of a file': { links: true },
  'name of a document': {},
  diagnostic: {},
  'diagnostic with an error': {},
  'title of a quick fix': {},
  'heading of a panel': {},
  'account of a panel': {},
  'policies of a panel': {},
  'notice of a panel': {},
  'tab of a panel': {},
  'line of an explanation': {},
  'title of a code lens': { icons: true },
  'line of a plan': {},
  'problem of a policy document': {},
  'completion of a policy document': {},
  'name beside an ID': {},
  'line of the log': {},
  clipboard: { lines: true, exact: true },
} as const satisfies Readonly<Record<string, Sink>>;
type SinkName = keyof typeof sinks;

describe('hostile text from Cloudflare', () => {
  let extension: Extension;
  afterEach(closeAll);

  for (const hostile of hostileTexts) {
    it(`is only text in every place: ${hostile.title}`, async function () {
      this.timeout(60_000);
      extension = await startOver();
      const shown = await showEverywhere(hostile);
      const problems = Object.entries(sinks).flatMap(([name, sink]) => {
        const texts = shown.get(name as SinkName) ?? [];
        const reached = texts.filter((text) => readable(text).includes(hostile.mark));
        return reached.length === 0
          ? [`${name} was not reached, but shows ${JSON.stringify(texts).slice(0, 500)}`]
          : reached.flatMap((text) =>
              findHarm(text, sink).map((harm) => `${name} has ${harm}: ${JSON.stringify(text.slice(0, 300))}`),
            );
      });
      assert.deepEqual(problems, []);
    });
  }

  async function showEverywhere({ text, mark }: HostileText): Promise<ReadonlyMap<SinkName, readonly string[]>> {
    const shown = new Map<SinkName, string[]>();
    const note = (name: SinkName, ...texts: readonly (string | undefined)[]): void => {
      shown.set(name, [...(shown.get(name) ?? []), ...texts.map((each) => each ?? '')]);
    };
    const noteRow = (what: 'account' | 'destination' | 'policy' | 'error', row: Row | undefined): void => {
      if (what !== 'error') {
        note(`label of ${what === 'account' ? 'an' : 'a'} ${what}` as SinkName, row?.label);
      } else {
        note('description of an error', row?.description);
      }
      const article = what === 'account' || what === 'error' ? 'an' : 'a';
      note(`text of ${article} ${what} for screen readers` as SinkName, row?.spoken);
      note(`tooltip of ${article} ${what}` as SinkName, row?.markdown);
    };
    const fail = async (method: string, path: string, status = 400): Promise<void> =>
      fake.addFault({
        method,
        path,
        fault: {
          kind: 'status',
          status,
          body: { success: false, errors: [{ code: 1001, message: text }], messages: [], result: null },
        },
      });
    const recover = async (): Promise<void> => fake.clear({ part: 'faults' });

    const loggedBefore = extension.logged().length;
    await fake.reset({ seed: 'empty' });
    await fake.putToken({ value: demoTokens.demo });
    const { id: accountId } = await fake.putAccount({ name: text });
    const { id: destinationId } = await fake.putDestination({
      account: accountId,
      name: text,
      url: receiverUrl('hostile'),
      last_success: null,
      last_failure: '2026-01-01T00:00:00.000001Z',
    });
    await fake.putPolicy({ account: accountId, name: text, mechanisms: { webhooks: [{ id: destinationId }] } });
    const node = { kind: 'destination', accountId, destinationId } as const;

    /** Runs a command, and returns the questions and messages. */
    async function show(command: Parameters<typeof run>[0], argument: unknown, ...reactions: readonly Reaction[]) {
      const user = scriptUser(...reactions);
      try {
        await run(command, argument);
        // Messages are shown after the command has ended.
        await new Promise((resolve) => setTimeout(resolve, 10));
        return user;
      } finally {
        user.dispose();
      }
    }

    // Add Account: a token that Cloudflare rejects, the list of accounts, and an account that cannot be read.
    await fail('GET', '/user/tokens/verify', 403);
    const rejected = await show('addAccount', undefined, { types: demoTokens.demo });
    note('validation message of an input', ...rejected.questions.map(({ problem }) => problem));
    await recover();
    await fail('GET', WEBHOOKS, 403);
    const [, accounts, unreadable] = (
      await show(
        'addAccount',
        undefined,
        { types: demoTokens.demo },
        { picks: [mark] },
        { presses: 'Add Anyway' },
        'accepts',
      )
    ).questions;
    note('items of a quick pick', accounts?.text);
    note('title of a modal', unreadable?.title);
    note('detail of a modal with an error', unreadable?.text);

    // The account has never been loaded.
    const [failed] = await readTree(extension);
    noteRow('error', failed?.children[0]);
    const uri = vscode.Uri.from({ scheme: 'cfwebhook', path: `/${accountId}/${destinationId}/x.cfwebhook.json` });
    await vscode.workspace.fs.readFile(uri).then(
      () => assert.fail('The file was read'),
      (error: unknown) => note('error of a file', error instanceof Error ? error.message : ''),
    );
    await recover();
    await run('refreshAll');

    const [account] = await readTree(extension);
    noteRow('account', account);
    noteRow('destination', account?.children[0]);
    noteRow('policy', (await readTree(extension, node))[0]);
    const { tooltip } = extension.statusItem.item;
    assert.ok(tooltip instanceof vscode.MarkdownString);
    // The last paragraph has links to commands of the extension.
    note('tooltip of the status item', tooltip.value.replace(/\n\n\[Show Failing\]\(command:.*$/, ''));

    note('items of a quick pick', (await show('showFailing', undefined)).questions[0]?.text);
    note('title of a quick pick', (await show('testDestination', node)).questions[0]?.title);
    const policies = (await show('testDestination', node, { picks: ['Through Cloudflare'] })).questions[1];
    note('title of a quick pick', policies?.title);
    note('items of a quick pick', policies?.text);
    note('prompt of an input', (await show('renameAccount', { kind: 'account', accountId })).questions[0]?.text);
    note('title of an input', (await show('renameDestination', node)).questions[0]?.title);
    const [deletion] = (await show('deleteDestination', node)).questions;
    note('title of a modal', deletion?.title);
    note('detail of a modal', deletion?.text);
    await fail('PUT', `${WEBHOOKS}/*`);
    const failure = await show('renameDestination', node, { types: 'other' });
    note('notification with an error', ...notificationsOf(failure));

    // The panel, whose fields must be exact.
    const page = await openPanelPage(extension, accountId, destinationId);
    try {
      assert.equal(page.fields().name, JSON.parse(JSON.stringify(text)));
      await page.types({ name: 'other' });
      await page.presses('save');
      const { heading, account: shownAccount, notices, about } = page.view();
      note('heading of a panel', heading);
      note('account of a panel', shownAccount);
      note('policies of a panel', ...(about?.policies.rows ?? []).map(({ name }) => name));
      note('notice of a panel', ...notices.flatMap(({ lines }) => lines));
    } finally {
      page.close();
    }
    await recover();
    await run('editDestination', node);
    const labels = () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputWebview)
        .map(({ label }) => label);
    await until(() => labels().length > 0, 'the panel');
    note('tab of a panel', ...labels());

    // The JSON document.
    await run('editDestinationAsJson', node);
    const document = active();
    note('name of a document', decodeURIComponent(document.uri.path));
    const url = JSON.stringify(receiverUrl('hostile'));
    // VS Code would ask to remove unusual line breaks.
    const key = JSON.stringify(text).replaceAll(/[^ -~]/g, toJsonEscape);
    await type(document, `{ ${key}: "x", "name": "other", "url": ${url} }`);
    await until(() => ours(document).length > 0, 'the diagnostic');
    note('diagnostic', ...ours(document).map(({ message }) => message));
    note('title of a quick fix', ...(await fixesAt(document, key)).map(({ title }) => title));
    await fail('PUT', `${WEBHOOKS}/*`);
    await type(document, `{ "name": "other", "url": ${url} }`);
    assert.equal(await document.save(), false);
    note('diagnostic with an error', ...ours(document).map(({ message }) => message));
    await recover();

    // Policies, their documents, and why no alert came.
    const [choice, question] = (await show('managePolicies', node, { picks: [] })).questions;
    note('title of a quick pick', choice?.title);
    note('items of a quick pick', choice?.text);
    note('notification with a name', question?.title, ...(await show('managePolicies', node, { picks: [] })).messages);
    const [policy] = await fake.policies({ account: accountId });
    assert.ok(policy);
    await fake.putPolicy({ account: accountId, ...policy, enabled: false });
    extension.policies.forget([accountId]);
    await run('explainDelivery', node);
    note('line of an explanation', ...active().getText().split('\n'));
    const lenses: readonly vscode.CodeLens[] = await vscode.commands.executeCommand(
      'vscode.executeCodeLensProvider',
      active().uri,
    );
    note('title of a code lens', ...lenses.map(({ command }) => command?.title));
    await run('editPolicyAsJson', { ...node, kind: 'policy', policyId: policy.id });
    const edited = active();
    const hints: readonly vscode.InlayHint[] = await vscode.commands.executeCommand(
      'vscode.executeInlayHintProvider',
      edited.uri,
      new vscode.Range(0, 0, edited.lineCount, 0),
    );
    note('name beside an ID', ...hints.map(({ label }) => (typeof label === 'string' ? label : '')));
    const start = '{ "mechanisms": { "webhooks": [{ "id": "" }] }, "alert_type": ';
    await type(edited, `${start}${key} }`);
    await until(() => ours(edited).length > 0, 'the problem');
    note('problem of a policy document', ...ours(edited).map(({ message }) => message));
    const { items }: vscode.CompletionList = await vscode.commands.executeCommand(
      'vscode.executeCompletionItemProvider',
      edited.uri,
      edited.positionAt(start.indexOf('""') + 1),
    );
    note('completion of a policy document', ...items.map(({ label }) => (typeof label === 'string' ? label : '')));

    // An import: the plan, and the question that names the account.
    await fake.removeDestination({ account: accountId, id: destinationId });
    const file = join(await mkdtemp(join(tmpdir(), 'hostile-')), 'x.cfwebhooks.json');
    try {
      await writeFile(file, JSON.stringify([{ name: text, url: receiverUrl('hostile') }]));
      const asked = await show('importDestinations', vscode.Uri.file(file), { picks: [mark] }, 'leaves');
      note('items of a quick pick', asked.questions[0]?.text);
      assert.equal(active().uri.scheme, 'cfwebhook-transfer', 'no plan is shown');
      note('line of a plan', ...active().getText().split('\n'));
      note('notification with a name', ...notificationsOf(asked));
    } finally {
      await rm(dirname(file), { recursive: true });
    }
    await fake.putDestination({ account: accountId, id: destinationId, name: text, url: receiverUrl('hostile') });
    await run('refreshAll');

    await show('copyAsTerraform', node, { picks: ['Version 5'] });
    note('clipboard', await vscode.env.clipboard.readText());
    const done = await show('renameDestination', node, { types: `${text} again` });
    note('notification with a name', ...notificationsOf(done));
    const lines = extension.logged().slice(loggedBefore).split('\n');
    note('line of the log', ...lines);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('2026-01-01')),
      [],
    );
    return shown;
  }
});

function notificationsOf({ questions, messages }: ScriptedUser): readonly string[] {
  return [...questions.filter(({ kind }) => kind === 'message').map(({ title }) => title), ...messages];
}

function toJsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The text without escapes of Markdown. */
function readable(text: string): string {
  return text.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1');
}

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { findHarm, type HostileText, hostileTexts as allTexts, type Sink } from '../hostile-texts.ts';
import {
  EXTENSION_ID,
  type Extension,
  fake,
  readTree,
  receiverUrl,
  run,
  type Row,
  startOver,
  until,
} from './extension-under-test.ts';
import { active, activePath, closeAll, fixesAt, ours, tabs, type } from './json/json-documents.ts';
import { openPanelPage } from './panel/panel-page.ts';
import { type Reaction, scriptUser, type ScriptedUser } from './scripted-user.ts';

const WEBHOOKS = '/accounts/*/alerting/v3/destinations/webhooks';

const oldest: unknown = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON.engines.vscode;
const isOldest = typeof oldest === 'string' && vscode.version.startsWith(oldest.slice(1, oldest.lastIndexOf('.') + 1));
/** What the extension hands to VS Code does not depend on its version, so the oldest one gets every sixth text. */
const hostileTexts = isOldest ? allTexts.filter((_, index) => index % 6 === 0) : allTexts;

/** Every place where text of Cloudflare is shown, apart from editors. Each must be reached with each text. */
const places = {
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
  'heading of a panel': {},
  'account of a panel': {},
  'policies of a panel': {},
  'notice of a panel': {},
  'line of a plan': {},
  'line of the log': {},
  clipboard: { lines: true, exact: true },
} as const satisfies Readonly<Record<string, Sink>>;

/** Every place in an editor that is opened for one destination. */
const editors = {
  'name of a document': {},
  'tab of a panel': {},
  'line of an explanation': {},
  'title of a code lens': { icons: true },
} as const satisfies Readonly<Record<string, Sink>>;

/** Every place in a document that can show all texts. */
const documents = {
  diagnostic: {},
  'diagnostic with an error': {},
  'title of a quick fix': {},
  'problem of a policy document': {},
  'completion of a policy document': {},
  'name beside an ID': {},
} as const satisfies Readonly<Record<string, Sink>>;

/** What was shown, by place. */
type Shown<Place extends string> = {
  readonly note: (place: Place, ...texts: readonly (string | undefined)[]) => void;
  /** The places that a text did not reach, or where it was more than text. */
  readonly problems: (hostile: HostileText) => readonly string[];
};

function record<Place extends string>(sinks: Readonly<Record<Place, Sink>>): Shown<Place> {
  const shown = new Map<Place, readonly string[]>();
  return {
    note(place, ...texts) {
      shown.set(place, [...(shown.get(place) ?? []), ...texts.map((each) => each ?? '')]);
    },
    problems: ({ mark }) =>
      (Object.keys(sinks) as Place[]).flatMap((place) => {
        const texts = shown.get(place) ?? [];
        const reached = texts.filter((text) => readable(text).includes(mark));
        return reached.length === 0
          ? [`${place} was not reached with ${mark}, but shows ${JSON.stringify(texts).slice(0, 500)}`]
          : reached.flatMap((text) =>
              findHarm(text, sinks[place]).map((harm) => `${place} has ${harm}: ${JSON.stringify(text.slice(0, 300))}`),
            );
      }),
  };
}

type PolicyNode = {
  readonly kind: 'policy';
  readonly accountId: string;
  readonly destinationId: string;
  readonly policyId: string;
};

describe('hostile text from Cloudflare', () => {
  let extension: Extension;
  let accountId: string;

  beforeEach(async () => {
    extension = await startOver();
    await fake.reset({ seed: 'empty' });
    await fake.putToken({ value: demoTokens.demo });
  });
  afterEach(closeAll);

  for (const hostile of hostileTexts) {
    it(`is only text in every place: ${hostile.title}`, async function () {
      this.timeout(60_000);
      const shown = record(places);
      await showEverywhere(hostile, shown);
      assert.deepEqual(shown.problems(hostile), []);
    });
  }

  // All texts in one world, because VS Code takes seconds to open and close this many kinds of editors.
  it('is only text in every editor', async function () {
    this.timeout(120_000);
    const shown = record(editors);
    await showInEditors(shown);
    assert.deepEqual(
      hostileTexts.flatMap((hostile) => shown.problems(hostile)),
      [],
    );
  });

  it('is only text in every document', async function () {
    this.timeout(120_000);
    const shown = record(documents);
    await showInDocuments(shown);
    assert.deepEqual(
      hostileTexts.flatMap((hostile) => shown.problems(hostile)),
      [],
    );
  });

  async function showEverywhere({ text, mark }: HostileText, { note }: Shown<keyof typeof places>): Promise<void> {
    const noteRow = (what: 'account' | 'destination' | 'policy' | 'error', row: Row | undefined): void => {
      if (what === 'error') {
        note('description of an error', row?.description);
      } else {
        note(`label of ${what === 'account' ? 'an' : 'a'} ${what}` as keyof typeof places, row?.label);
      }
      const article = what === 'account' || what === 'error' ? 'an' : 'a';
      note(`text of ${article} ${what} for screen readers` as keyof typeof places, row?.spoken);
      note(`tooltip of ${article} ${what}` as keyof typeof places, row?.markdown);
    };

    const loggedBefore = extension.logged().length;
    accountId = (await fake.putAccount({ name: text })).id;
    const { id: destinationId } = await fake.putDestination({
      account: accountId,
      name: text,
      url: receiverUrl('hostile'),
      last_success: null,
      last_failure: '2026-01-01T00:00:00.000001Z',
    });
    await fake.putPolicy({ account: accountId, name: text, mechanisms: { webhooks: [{ id: destinationId }] } });
    const node = { kind: 'destination', accountId, destinationId } as const;

    // Add Account: a token that Cloudflare rejects, the list of accounts, and an account that cannot be read.
    await fail(text, 'GET', '/user/tokens/verify', 403);
    const rejected = await show('addAccount', undefined, { types: demoTokens.demo });
    note('validation message of an input', ...rejected.questions.map(({ problem }) => problem));
    await recover();
    await fail(text, 'GET', WEBHOOKS, 403);
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
    const [choice, question] = (await show('managePolicies', node, { picks: [] })).questions;
    note('title of a quick pick', choice?.title);
    note('items of a quick pick', choice?.text);
    note('notification with a name', question?.title, ...(await show('managePolicies', node, { picks: [] })).messages);
    await fail(text, 'PUT', `${WEBHOOKS}/*`);
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
  }

  /** Adds an account with a destination of each name, which a disabled policy of the same name uses. */
  async function addAll(): Promise<
    readonly { readonly node: PolicyNode; readonly mark: string; readonly key: string }[]
  > {
    accountId = (await fake.putAccount({ name: 'Acme' })).id;
    const all = [];
    for (const { text: name, mark } of hostileTexts) {
      const { id: destinationId } = await fake.putDestination({
        account: accountId,
        name,
        url: receiverUrl('hostile'),
      });
      const mechanisms = { webhooks: [{ id: destinationId }] };
      const { id: policyId } = await fake.putPolicy({ account: accountId, name, enabled: false, mechanisms });
      // VS Code would ask to remove unusual line breaks.
      const key = JSON.stringify(name).replaceAll(/[^ -~]/g, toJsonEscape);
      all.push({ node: { kind: 'policy', accountId, destinationId, policyId } as const, mark, key });
    }
    await show('addAccount', undefined, { types: demoTokens.demo }, 'accepts', 'accepts');
    return all;
  }

  async function showInEditors({ note }: Shown<keyof typeof editors>): Promise<void> {
    for (const { node, mark } of await addAll()) {
      const destination = { ...node, kind: 'destination' } as const;
      await run('editDestination', destination);
      const tab = () =>
        tabs().find(({ input, label }) => input instanceof vscode.TabInputWebview && label.includes(mark));
      await until(() => tab() !== undefined, `the panel of ${mark}`);
      note('tab of a panel', tab()?.label);
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      await run('editDestinationAsJson', destination);
      note('name of a document', decodeURIComponent(active().uri.path));
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      // Why no alert came: its policy is disabled.
      await run('explainDelivery', destination);
      note('line of an explanation', ...active().getText().split('\n'));
      const lenses: readonly vscode.CodeLens[] = await vscode.commands.executeCommand(
        'vscode.executeCodeLensProvider',
        active().uri,
      );
      note('title of a code lens', ...lenses.map(({ command }) => command?.title));
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    }
  }

  async function showInDocuments({ note }: Shown<keyof typeof documents>): Promise<void> {
    const all = await addAll();
    const { node } = all[0] ?? assert.fail();
    const url = JSON.stringify(receiverUrl('hostile'));
    await run('editDestinationAsJson', { ...node, kind: 'destination' });
    const document = active();
    const unknown = all.map(({ key }) => `${key}: "x",`).join('\n');
    await type(document, `{\n${unknown}\n"name": "other", "url": ${url} }`);
    await until(() => ours(document).length >= all.length, 'the diagnostics');
    note('diagnostic', ...ours(document).map(({ message }) => message));
    for (const { key } of all) {
      note('title of a quick fix', ...(await fixesAt(document, key)).map(({ title }) => title));
    }
    await type(document, `{ "name": "other", "url": ${url} }`);
    for (const { text } of hostileTexts) {
      await fail(text, 'PUT', `${WEBHOOKS}/*`);
      assert.equal(await document.save(), false);
      note('diagnostic with an error', ...ours(document).map(({ message }) => message));
      await recover();
    }

    // The document of a policy.
    await run('editPolicyAsJson', node);
    await until(() => activePath().endsWith('.cfpolicy.json'), 'the policy');
    const edited = active();
    const webhooks = all.map(({ node: { destinationId: id } }) => ({ id }));
    await type(edited, JSON.stringify({ mechanisms: { webhooks } }, undefined, 2));
    const hints: readonly vscode.InlayHint[] = await vscode.commands.executeCommand(
      'vscode.executeInlayHintProvider',
      edited.uri,
      new vscode.Range(0, 0, edited.lineCount, 0),
    );
    note('name beside an ID', ...hints.map(({ label }) => (typeof label === 'string' ? label : '')));
    const start = '{ "mechanisms": { "webhooks": [{ "id": "" }] }, "alert_type": ';
    for (const { key, mark } of all) {
      await type(edited, `${start}${key} }`);
      const messages = () => ours(edited).map(({ message }) => message);
      await until(() => messages().some((message) => message.includes(mark)), `the problem of ${mark}`);
      note('problem of a policy document', ...messages());
    }
    const { items }: vscode.CompletionList = await vscode.commands.executeCommand(
      'vscode.executeCompletionItemProvider',
      edited.uri,
      edited.positionAt(start.indexOf('""') + 1),
    );
    note('completion of a policy document', ...items.map(({ label }) => (typeof label === 'string' ? label : '')));
  }
});

async function fail(message: string, method: string, path: string, status = 400): Promise<void> {
  const body = { success: false, errors: [{ code: 1001, message }], messages: [], result: null };
  await fake.addFault({ method, path, fault: { kind: 'status', status, body } });
}

const recover = async (): Promise<void> => fake.clear({ part: 'faults' });

/** Runs a command, and returns the questions and messages. */
async function show(
  command: Parameters<typeof run>[0],
  argument: unknown,
  ...reactions: readonly Reaction[]
): Promise<ScriptedUser> {
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

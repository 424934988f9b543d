import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import { type Extension, fake, readTree, run, startOver, until } from '../extension-under-test.ts';
import type { CommandName } from '../../../src/ui/host/ids.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';

const [ACME, BOLT, COVE] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [string, string, string];
const FIRST = 'cfut_first_token_0123456789';
const SECOND = 'cfut_second_token_0123456789';

describe('accounts and tokens', () => {
  let extension: Extension;
  let user: ScriptedUser | undefined;

  beforeEach(async () => {
    extension = await startOver();
    await fake.reset({ seed: 'empty' });
    for (const [id, name] of [
      [ACME, 'Acme'],
      [BOLT, 'Bolt'],
      [COVE, 'Cove'],
    ] as const) {
      await fake.putAccount({ id, name });
      await fake.putDestination({ account: id, name: `${name} hook`, url: 'https://hooks.slack.com/services/T/B/x' });
    }
    await fake.putToken({ value: FIRST });
    await fake.putToken({ value: SECOND });
  });
  afterEach(() => user?.dispose());

  async function runWith(
    command: CommandName,
    argument: unknown,
    ...reactions: readonly Reaction[]
  ): Promise<ScriptedUser> {
    user?.dispose();
    user = scriptUser(...reactions);
    await run(command, argument);
    return user;
  }
  const addAll = async (token = FIRST) =>
    runWith('addAccount', undefined, { types: token }, { picks: ['Acme', 'Bolt', 'Cove'] });
  const row = (accountId: string) => ({ kind: 'account', accountId });
  const labels = async () => (await readTree(extension)).map(({ label }) => label);
  const countListCalls = async () => (await fake.log()).filter(({ path }) => path.endsWith('/webhooks')).length;

  describe('adding', () => {
    it('names the missing permission and adds the account if the user confirms', async () => {
      await fake.putToken({ value: FIRST, permissions: ['accounts:read'] });
      const { questions } = await runWith(
        'addAccount',
        undefined,
        { types: FIRST },
        { picks: ['Acme'] },
        { presses: 'Add Anyway' },
        'accepts',
      );
      assert.match(questions[2]?.text ?? '', /“Account › Notifications”: Read/);
      assert.deepEqual(await labels(), ['Acme']);
    });

    it('returns to the account list if the user does not add an account without permission', async () => {
      await fake.putToken({ value: FIRST, permissions: ['accounts:read'] });
      const { questions } = await runWith(
        'addAccount',
        undefined,
        { types: FIRST },
        { picks: ['Acme'] },
        'leaves',
        'leaves',
      );
      assert.deepEqual(
        questions.map(({ kind }) => kind),
        ['input', 'pick', 'message', 'pick'],
      );
      assert.deepEqual(await labels(), []);
    });

    it('accepts an account ID instead of an account from the list', async () => {
      const { questions } = await runWith(
        'addAccount',
        undefined,
        { types: FIRST },
        'presses the button',
        { types: BOLT },
        { types: 'By id' },
      );
      assert.equal(questions[2]?.text, 'Enter the account ID.');
      assert.deepEqual(await labels(), ['By id']);
    });
  });

  describe('account with two tokens', () => {
    it('keeps its label and its name, also where the second token cannot read the name', async () => {
      await runWith('addAccount', undefined, { types: FIRST }, { picks: ['Acme'] }, { types: 'Production' });
      await runWith('addAccount', undefined, { types: FIRST }, { picks: ['Bolt'] }, 'accepts');
      for (const id of [ACME, BOLT]) {
        await runWith('addAccount', undefined, { types: SECOND }, 'presses the button', { types: id }, 'accepts');
      }
      assert.deepEqual(await labels(), ['Production', 'Bolt']);
      assert.deepEqual(
        extension.connections.accounts().map(({ name, label }) => [name, label]),
        [
          ['Acme', 'Production'],
          ['Bolt', undefined],
        ],
      );
    });

    it('appears once, uses the token added last and can switch back', async () => {
      await addAll();
      await runWith('addAccount', undefined, { types: SECOND }, { picks: ['Bolt'] }, 'accepts');
      assert.deepEqual(await labels(), ['Acme', 'Bolt', 'Cove']);
      const ids = new Map((await fake.tokens()).map(({ value, id }) => [value, id.slice(0, 8)]));
      const shown = async () => (await readTree(extension))[1]?.tooltip ?? '';
      assert.ok((await shown()).includes(`user token ${ids.get(SECOND)}, does not expire`));
      const { questions } = await runWith('chooseToken', row(BOLT), { picks: [ids.get(FIRST) ?? ''] });
      assert.match(questions[0]?.text ?? '', /in use/);
      assert.ok((await shown()).includes(`user token ${ids.get(FIRST)}`));
    });

    it('is a hint, not an error, where there is only one to choose', async () => {
      await addAll();
      const { questions } = await runWith('chooseToken', row(BOLT), { presses: 'Add Account…' });
      await until(() => questions.length === 2);
      assert.match(questions[0]?.title ?? '', /^Only one stored token has access to Bolt\./);
      assert.equal(questions[1]?.title, 'Add Account');
    });

    it('keeps a token until the last account that uses it is removed', async () => {
      await addAll();
      await runWith('addAccount', undefined, { types: SECOND }, { picks: ['Bolt'] }, 'accepts');
      await runWith('removeAccount', row(BOLT), { presses: 'Remove' });
      assert.equal(extension.connections.tokens().size, 1);
      await runWith('removeAccount', row(ACME), { presses: 'Remove' });
      assert.equal(extension.connections.tokens().size, 1);
      await runWith('removeAccount', row(COVE), { presses: 'Remove' });
      assert.equal(extension.connections.tokens().size, 0);
      assert.deepEqual(
        (await extension.context.secrets.keys()).filter((key) => key.includes('token')),
        [],
      );
    });
  });

  describe('Replace Token command', () => {
    it('keeps IDs, labels and order', async () => {
      await addAll();
      await runWith('renameAccount', row(BOLT), { types: 'Shop' });
      await runWith('replaceToken', row(ACME), { types: SECOND });
      assert.deepEqual(await labels(), ['Acme', 'Shop', 'Cove']);
      const [record, ...others] = extension.connections.tokens().values();
      assert.deepEqual([record?.token, others.length], [SECOND, 0]);
      assert.match(user?.questions[0]?.text ?? '', /accounts will use it too: Shop, Cove/);
    });

    it('asks before a token that can only read replaces another, and sends nothing that could change something', async () => {
      await addAll();
      await fake.putToken({ value: SECOND, permissions: ['accounts:read', 'notifications:read'] });
      const before = JSON.stringify(await fake.destinations({ account: ACME }));
      const { questions } = await runWith('replaceToken', row(ACME), { types: SECOND }, 'leaves');
      assert.equal(questions[1]?.title, 'This token can only read the notifications of Acme.');
      assert.deepEqual(
        [...extension.connections.tokens().values()].map(({ token }) => token),
        [FIRST],
      );
      await runWith('replaceToken', row(ACME), { types: SECOND }, { presses: 'Replace Anyway' });
      assert.deepEqual(
        [...extension.connections.tokens().values()].map(({ token }) => token),
        [SECOND],
      );
      await runWith('replaceToken', row(ACME), { types: FIRST });
      assert.equal(user?.questions.length, 1, 'a token that can edit is not asked about');
      assert.equal(JSON.stringify(await fake.destinations({ account: ACME })), before);
    });

    it('lists accounts that the new token cannot read, and replaces only after confirmation', async () => {
      await addAll();
      await fake.putToken({ value: SECOND, accounts: [ACME, BOLT] });
      const { questions } = await runWith('replaceToken', row(ACME), { types: SECOND }, 'leaves');
      assert.equal(questions[1]?.title, 'This token cannot access Cove.');
      assert.equal([...extension.connections.tokens().values()][0]?.token, FIRST);
      await runWith('replaceToken', row(ACME), { types: SECOND }, { presses: 'Replace Anyway' });
      assert.equal([...extension.connections.tokens().values()][0]?.token, SECOND);
      assert.equal((await readTree(extension))[2]?.children[0]?.node.kind, 'problem');
    });

    it('names only the first of many accounts that the new token cannot read', async () => {
      await addAll();
      const names = Array.from({ length: 12 }, (_, index) => `Extra ${index + 10}`);
      for (const name of names) {
        await fake.putAccount({ name });
      }
      await runWith('addAccount', undefined, { types: FIRST }, { picks: names });
      await fake.putToken({ value: SECOND, accounts: [ACME, BOLT, COVE] });
      const { questions } = await runWith('replaceToken', row(ACME), { types: SECOND }, 'leaves');
      const listed = names.slice(0, 10).join(', ');
      assert.equal(questions[1]?.title, `This token cannot access 12 accounts: ${listed}, and 2 more.`);
      const paragraphs = questions[1]?.text.split('\n\n') ?? [];
      assert.equal(paragraphs.length, 4);
      assert.equal(paragraphs[3], 'and 9 more');
    });
  });

  describe('labels and order', () => {
    it('can be changed and reset', async () => {
      await addAll();
      await runWith('renameAccount', row(ACME), { types: ' West ' });
      assert.deepEqual(await labels(), ['West', 'Bolt', 'Cove']);
      await runWith('renameAccount', row(ACME), { types: '' });
      assert.deepEqual(await labels(), ['Acme', 'Bolt', 'Cove']);
    });

    it('change with drag and drop', async () => {
      await addAll();
      const drag = async (moved: string, target: string | undefined) => {
        const transfer = new vscode.DataTransfer();
        const { token } = new vscode.CancellationTokenSource();
        const node = (accountId: string) => ({ kind: 'account', accountId }) as const;
        await extension.accountOrder.handleDrag?.([node(moved)], transfer, token);
        await extension.accountOrder.handleDrop?.(target === undefined ? undefined : node(target), transfer, token);
      };
      await drag(COVE, ACME);
      assert.deepEqual(await labels(), ['Cove', 'Acme', 'Bolt']);
      await drag(COVE, undefined);
      assert.deepEqual(await labels(), ['Acme', 'Bolt', 'Cove']);
    });
  });

  it('shows when a token expires, with a warning in the last week', async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000 + 3_600_000).toISOString();
    await fake.putToken({ value: FIRST, expires_on: inDays(30) });
    await addAll();
    const [calm] = await readTree(extension);
    assert.match(calm?.tooltip ?? '', /expires .+\(in 1 month\)|expires .+\(in 4 weeks\)/);
    assert.equal(calm?.context, 'account');
    await fake.putToken({ value: SECOND, expires_on: inDays(3) });
    await runWith('replaceToken', row(ACME), { types: SECOND });
    const [flagged] = await readTree(extension);
    assert.equal(flagged?.description, '1 · token expires in 3 days');
    assert.equal(flagged?.icon, 'warning');
    assert.equal(flagged?.context, 'account expiring');
  });

  it('stops background refreshes with a revoked token until the user refreshes', async () => {
    await addAll();
    await fake.putToken({ value: FIRST, disabled: true });
    await run('refresh');
    assert.ok((await readTree(extension)).every(({ children }) => children[0]?.node.kind === 'problem'));
    const before = await countListCalls();
    await extension.store.refresh(undefined, { background: true });
    assert.equal(await countListCalls(), before);
    await fake.putToken({ value: FIRST, disabled: false });
    await run('refresh', row(ACME));
    await extension.store.refresh(undefined, { background: true });
    assert.deepEqual(
      (await readTree(extension)).map(({ description }) => description),
      ['1', '1', '1'],
    );
  });

  describe('token from the environment', () => {
    afterEach(() => {
      delete process.env['CLOUDFLARE_API_TOKEN'];
      delete process.env['CLOUDFLARE_ACCOUNT_ID'];
    });

    it('is used only on request, for all accounts of the token', async () => {
      process.env['CLOUDFLARE_API_TOKEN'] = FIRST;
      await fake.clear({ part: 'log' });
      await runWith('addAccount', undefined);
      assert.deepEqual(await fake.log(), []);
      await runWith('addAccount', 'fromEnvironment');
      assert.deepEqual(await labels(), ['Acme', 'Bolt', 'Cove']);
    });

    it('is offered in Add Account', async () => {
      process.env['CLOUDFLARE_API_TOKEN'] = FIRST;
      const { questions } = await runWith('addAccount', undefined, { picks: ['Use the token from the environment'] });
      assert.match(questions[0]?.text ?? '', /CLOUDFLARE_API_TOKEN/);
      assert.equal((await labels()).length, 3);
    });

    it('is used only for the account in CLOUDFLARE_ACCOUNT_ID', async () => {
      process.env['CLOUDFLARE_API_TOKEN'] = FIRST;
      process.env['CLOUDFLARE_ACCOUNT_ID'] = BOLT;
      await runWith('addAccount', 'fromEnvironment');
      assert.deepEqual(await labels(), ['Bolt']);
    });

    it('takes the ID of the account in any spelling, and refuses what is none', async () => {
      process.env['CLOUDFLARE_API_TOKEN'] = FIRST;
      process.env['CLOUDFLARE_ACCOUNT_ID'] = 'BBBBBBBB-BBBB-BBBB-BBBB-BBBBBBBBBBBB';
      await runWith('addAccount', 'fromEnvironment');
      assert.deepEqual(await labels(), ['Bolt']);
      process.env['CLOUDFLARE_ACCOUNT_ID'] = BOLT.slice(1);
      const { messages } = await runWith('addAccount', 'fromEnvironment');
      assert.match(messages.join(), /^CLOUDFLARE_ACCOUNT_ID: This is not an account ID/);
      assert.deepEqual(await labels(), ['Bolt']);
    });

    it('does not replace the token of an account that was added already, unless the user selects it', async () => {
      await runWith('addAccount', undefined, { types: SECOND }, { picks: ['Acme', 'Bolt'] });
      const tokenOf = (id: string) =>
        extension.connections.accounts().find((account) => account.id === id)?.tokenIds[0];
      const before = [tokenOf(ACME), tokenOf(BOLT)];
      process.env['CLOUDFLARE_API_TOKEN'] = FIRST;
      const { questions } = await runWith('addAccount', 'fromEnvironment', 'accepts');
      assert.match(questions[0]?.text ?? '', /Already added\. Select it to use this token\./);
      assert.deepEqual([tokenOf(ACME), tokenOf(BOLT)], before);
      assert.deepEqual(await labels(), ['Acme', 'Bolt', 'Cove']);
      assert.ok(tokenOf(COVE) !== before[0]);
    });

    it('is not used without a question for accounts that it cannot read', async () => {
      await fake.putToken({ value: FIRST, permissions: ['accounts:read'] });
      process.env['CLOUDFLARE_API_TOKEN'] = FIRST;
      const { questions } = await runWith('addAccount', 'fromEnvironment', 'leaves');
      assert.match(questions[0]?.title ?? '', /^This token cannot access 3 accounts/);
      assert.deepEqual(await labels(), []);
    });

    for (const [what, token, problem] of [
      ['unknown', 'cfut_unknown_0123456789012345', /^CLOUDFLARE_API_TOKEN: Cloudflare does not recognize this token/],
      ['malformed', 'not a token', /does not contain an API token/],
      ['an account token without CLOUDFLARE_ACCOUNT_ID', demoTokens.accountOwned, /Set CLOUDFLARE_ACCOUNT_ID too/],
    ] as const) {
      it(`is rejected with a message if it is ${what}`, async () => {
        process.env['CLOUDFLARE_API_TOKEN'] = token;
        const { messages } = await runWith('addAccount', 'fromEnvironment');
        assert.match(messages.join(), problem);
        assert.ok(!messages.join().includes(token));
      });
    }
  });

  describe('several windows', () => {
    const key = 'cloudflareWebhooks.token.other';
    const record = { version: 1, id: 'other', token: SECOND, owner: 'user', origins: ['http://127.0.0.1'] };
    const inOtherWindow = { id: COVE, name: 'Cove', tokenIds: ['other'] };
    const changed = () =>
      new Promise<void>((resolve) => {
        const stop = extension.store.onChanged(({ states }) => {
          if (states.has(COVE) && extension.store.entry(COVE)?.state.kind === 'ready') {
            stop();
            resolve();
          }
        });
      });
    afterEach(() => extension.context.secrets.delete(key));

    it('show an account that another window added', async () => {
      const shown = changed();
      await extension.state.update('accounts', [inOtherWindow]);
      await extension.context.secrets.store(key, JSON.stringify(record));
      await shown;
      assert.deepEqual(await labels(), ['Cove']);
    });

    it('repaint nothing after an event without a change', async () => {
      await addAll();
      const fired: unknown[] = [];
      const listening = extension.destinationsView.provider.onDidChangeTreeData?.((node) => fired.push(node));
      await Promise.all([extension.connections.load(), extension.connections.load()]);
      listening?.dispose();
      assert.deepEqual(fired, []);
    });

    it('keep the changes of both windows', async () => {
      await addAll();
      await extension.state.update('accounts', [
        ...extension.connections.accounts(),
        { ...inOtherWindow, id: 'd'.repeat(32), name: 'Dune' },
      ]);
      await runWith('renameAccount', row(ACME), { types: 'West' });
      assert.deepEqual(await labels(), ['West', 'Bolt', 'Cove', 'Dune']);
    });

    it('keep a token record of a newer version and show a message', async () => {
      const newer = JSON.stringify({ ...record, version: 2 });
      await extension.context.secrets.store(key, newer);
      await extension.connections.load();
      assert.match(extension.destinationsView.view.message ?? '', /cannot read 1 stored token\./);
      assert.equal(await extension.context.secrets.get(key), newer);
      await extension.context.secrets.delete(key);
      await extension.connections.load();
      assert.equal(extension.destinationsView.view.message ?? '', '');
    });
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { newTokenAddress } from '../../../src/core/model/account.ts';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import { type Extension, fake, readTree, run, startOver } from '../extension-under-test.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';

describe('Add Account command', () => {
  let extension: Extension;
  let user: ScriptedUser | undefined;

  beforeEach(async () => {
    extension = await startOver();
  });
  afterEach(() => user?.dispose());

  async function addAccount(...reactions: readonly Reaction[]): Promise<ScriptedUser> {
    user = scriptUser(...reactions);
    await run('addAccount');
    return user;
  }

  const stored = () => ({
    accounts: extension.connections.accounts().length,
    tokens: extension.connections.tokens().size,
  });

  it('adds the selected accounts of a token and shows their destinations', async () => {
    const [first, second, third] = await fake.accounts();
    const { questions } = await addAccount(
      { types: ` "Bearer ${demoTokens.demo}" ` },
      { picks: [first?.name ?? '', third?.name ?? ''] },
    );
    assert.match(questions[1]?.text ?? '', new RegExp(second?.name ?? 'none'));
    const rows = await readTree(extension);
    assert.deepEqual(
      rows.map(({ label }) => label),
      [first?.name, third?.name],
    );
    for (const [row, account] of [
      [rows[0], first],
      [rows[1], third],
    ] as const) {
      const real = await fake.destinations({ account: account?.id ?? '' });
      assert.deepEqual(row?.children.map(({ label }) => label).toSorted(), real.map(({ name }) => name).toSorted());
    }
    assert.deepEqual(stored(), { accounts: 2, tokens: 1 });
  });

  describe('the pages for a new token', () => {
    const USER = 'Create a User Token at Cloudflare';
    const ACCOUNT = 'Create an Account-Owned Token at Cloudflare';
    const env = vscode.env as { openExternal: typeof vscode.env.openExternal };
    const { openExternal } = vscode.env;
    let opened: string[];
    beforeEach(() => {
      opened = [];
      env.openExternal = async (uri) => {
        opened.push(uri.toString(true));
        return true;
      };
    });
    afterEach(() => {
      env.openExternal = openExternal;
    });

    const expected = (owner: 'user' | 'account', accountId?: string): string =>
      decodeURIComponent(newTokenAddress(owner, 'VS Code: webhook destinations', accountId));

    it('are those of a user and of an account that the dashboard asks for, where no account is known', async () => {
      await addAccount({ presses: USER }, { presses: ACCOUNT });
      assert.deepEqual(opened, [expected('user'), expected('account')]);
    });

    it('are those of a user and of this account, where its token is replaced', async () => {
      const [first] = await fake.accounts();
      await addAccount({ types: demoTokens.demo }, { picks: [first?.name ?? ''] }, 'accepts');
      user?.dispose();
      user = scriptUser({ presses: USER }, { presses: ACCOUNT });
      await run('replaceToken', { kind: 'account', accountId: first?.id });
      assert.deepEqual(opened, [expected('user'), expected('account', first?.id)]);
    });
  });

  it('persists a token once when it is added again, and marks accounts that are already added', async () => {
    const [first, second] = await fake.accounts();
    await addAccount({ types: demoTokens.demo }, { picks: [first?.name ?? ''] }, 'accepts');
    user?.dispose();
    const { questions } = await addAccount({ types: demoTokens.demo }, { picks: [second?.name ?? ''] }, 'accepts');
    assert.match(questions[1]?.text ?? '', new RegExp(`${first?.name}.*Already added`));
    assert.deepEqual(stored(), { accounts: 2, tokens: 1 });
  });

  const problems: readonly [string, string, RegExp][] = [
    ['an empty input', '  ', /Paste a token/],
    [
      'a wrong token',
      'cfut_0000000000000000000000000000000000000000',
      /does not recognize this token \(Invalid API Token\)/,
    ],
    ['an expired token', demoTokens.expired, /has expired/],
    ['a disabled token', demoTokens.disabled, /is disabled/],
    ['a global key', demoTokens.globalKey, /Global API Key/],
    ['a sentence', 'this is not a token', /is not a token/],
  ];
  for (const [what, typed, problem] of problems) {
    it(`shows a validation message for ${what}, then accepts a valid token`, async () => {
      const { questions } = await addAccount({ types: typed }, { types: demoTokens.demo }, { picks: [''] });
      assert.match(questions[0]?.problem ?? '', problem);
      assert.equal(questions[1]?.kind, 'input');
      assert.equal(questions[2]?.kind, 'pick');
    });
  }

  it('shows a validation message if Cloudflare is unreachable or returns a web page', async () => {
    await fake.addFault({ path: '/user/tokens/verify', fault: { kind: 'reset' }, times: 3 });
    await fake.addFault({ path: '/user/tokens/verify', fault: { kind: 'html' }, times: 1 });
    const { questions } = await addAccount({ types: demoTokens.demo }, { types: demoTokens.demo });
    assert.match(questions[0]?.problem ?? '', /Could not reach Cloudflare for this token/);
    assert.match(questions[1]?.problem ?? '', /is not from Cloudflare’s API \(a web page/);
    assert.deepEqual(stored(), { accounts: 0, tokens: 0 });
  });

  it('asks for an account ID and a label for a narrow token, and validates the ID', async () => {
    const account = (await fake.accounts())[1]?.id ?? '';
    const { questions } = await addAccount(
      { types: demoTokens.narrow },
      { types: account.slice(1) },
      { types: 'f'.repeat(32) },
      { types: account },
      { types: 'Shop' },
    );
    assert.match(questions[1]?.problem ?? '', /is not an account ID.*31 characters/);
    assert.match(
      questions[2]?.problem ?? '',
      /could not find account f{32}|does not have permission for account f{32}|rejected the token of account f{32}/,
    );
    assert.deepEqual(
      extension.connections.accounts().map(({ id, label }) => [id, label]),
      [[account, 'Shop']],
    );
    assert.equal((await readTree(extension))[0]?.label, 'Shop');
  });

  it('verifies an account token with its account', async () => {
    const account = (await fake.accounts())[0]?.id ?? '';
    const { questions } = await addAccount({ types: demoTokens.accountOwned }, { types: account }, { types: 'Own' });
    assert.match(questions[1]?.text ?? '', /does not recognize this as a user token/);
    assert.equal([...extension.connections.tokens().values()][0]?.owner, 'account');
    assert.equal((await readTree(extension))[0]?.label, 'Own');
  });

  it('stores nothing if the user cancels at any step', async () => {
    const account = (await fake.accounts())[1]?.id ?? '';
    const flows: readonly (readonly Reaction[])[] = [
      [],
      [{ types: 'wrong' }],
      [{ types: demoTokens.demo }],
      [{ types: demoTokens.narrow }],
      [{ types: demoTokens.narrow }, { types: account }],
      [{ types: demoTokens.accountOwned }],
    ];
    for (const flow of flows) {
      await addAccount(...flow);
      user?.dispose();
      assert.deepEqual(stored(), { accounts: 0, tokens: 0 });
    }
  });

  it('goes back one step at a time', async () => {
    const { questions } = await addAccount(
      { types: demoTokens.demo },
      'goes back',
      { types: demoTokens.narrow },
      'goes back',
    );
    assert.deepEqual(
      questions.map(({ kind, step }) => [kind, step]),
      [
        ['input', '1/3'],
        ['pick', '2/3'],
        ['input', '1/3'],
        ['input', '2/3'],
        ['input', '1/3'],
      ],
    );
    assert.deepEqual(stored(), { accounts: 0, tokens: 0 });
  });

  it('keeps the token, the selection and the label when the user goes back', async () => {
    const [, second] = await fake.accounts();
    const { questions } = await addAccount(
      { types: demoTokens.demo },
      { picks: [second?.name ?? ''] },
      { types: 'Shop', goesBack: true },
      'goes back',
      'accepts',
      'accepts',
      'accepts',
    );
    assert.deepEqual(
      questions.map(({ step }) => step),
      ['1/3', '2/3', '3/3', '2/3', '1/3', '2/3', '3/3'],
    );
    assert.equal(questions[3]?.initial, second?.name);
    assert.equal(questions[5]?.initial, second?.name);
    assert.equal(questions[6]?.initial, 'Shop');
    assert.deepEqual(
      extension.connections.accounts().map(({ id, label }) => [id, label]),
      [[second?.id, 'Shop']],
    );
  });

  it('selects all accounts that are not added when the user goes back and types another token', async () => {
    const accounts = await fake.accounts();
    const { questions } = await addAccount(
      { types: demoTokens.demo },
      { picks: [accounts[1]?.name ?? ''], goesBack: true },
      { types: demoTokens.readOnly },
    );
    assert.equal(questions[3]?.initial, accounts.map(({ name }) => name).join(', '));
  });

  it('goes back from the label to the account ID of an account-owned token, and keeps both', async () => {
    const account = (await fake.accounts())[0]?.id ?? '';
    const { questions } = await addAccount(
      { types: demoTokens.accountOwned },
      { types: account },
      'goes back',
      'goes back',
      'accepts',
      'accepts',
      { types: 'Own' },
    );
    assert.deepEqual(
      questions.map(({ step }) => step),
      ['1/3', '2/3', '3/3', '2/3', '1/3', '2/3', '3/3'],
    );
    assert.equal(questions[3]?.initial, account);
    assert.equal((await readTree(extension))[0]?.label, 'Own');
  });
});

import assert from 'node:assert/strict';
import { findUnused, sweep } from '../../../src/ui/accounts/sweep.ts';
import { addAccount, type Extension, fake, readTree, run, startWithAcme } from '../extension-under-test.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import { findUnconfirmedOrigin, replaceStoredToken } from '../../../src/ui/accounts/stored-accounts.ts';

describe('where tokens and secrets go', () => {
  let extension: Extension;
  let accountId: string;
  let user: ScriptedUser | undefined;

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    await fake.putDestination({ account: accountId, name: 'Hook', url: 'https://hooks.slack.com/services/T/B/x' });
    await addAccount('Acme');
  });
  afterEach(async () => {
    user?.dispose();
    await extension.state.update('accounts', extension.connections.accounts());
    await extension.connections.load();
  });

  async function runAs(command: Parameters<typeof run>[0], ...reactions: readonly Reaction[]): Promise<ScriptedUser> {
    user = scriptUser(...reactions);
    await run(command);
    return user;
  }
  const tokenKeys = async () => (await extension.context.secrets.keys()).filter((key) => key.includes('.token.'));

  async function changeRecord(change: (record: Record<string, unknown>) => Record<string, unknown>): Promise<void> {
    const [key = ''] = await tokenKeys();
    const record = JSON.parse((await extension.context.secrets.get(key)) ?? '{}') as Record<string, unknown>;
    await extension.context.secrets.store(key, JSON.stringify(change(record)));
    await extension.connections.load();
  }

  it('stores the origin that a token was verified with', async () => {
    const [record] = extension.connections.tokens().values();
    assert.match(record?.origins?.[0] ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('sends nothing to another origin until the user confirms it once', async () => {
    await fake.clear({ part: 'log' });
    // As earlier versions wrote it: verified with the public API.
    await changeRecord(({ origins: _origins, ...record }) => record);
    await extension.store.refresh(undefined, { background: true });
    await run('refresh');
    assert.deepEqual(await fake.log(), []);
    const [row] = (await readTree(extension))[0]?.children ?? [];
    assert.match(row?.context ?? '', /confirmAddress/);
    assert.match(row?.tooltip ?? '', /verified with https:\/\/api\.cloudflare\.com.*points to http:\/\/127\.0\.0\.1:/);

    const canceled = await runAs('confirmApiAddress', 'leaves');
    assert.match(canceled.questions[0]?.text ?? '', /Acme were verified with https:\/\/api\.cloudflare\.com/);
    assert.deepEqual(await fake.log(), []);

    await runAs('confirmApiAddress', { presses: 'Send Tokens' });
    assert.ok((await fake.log()).length > 0);
    const [record] = extension.connections.tokens().values();
    assert.equal(record?.origins?.[0], 'https://api.cloudflare.com');
    await extension.connections.load();
    assert.equal(findUnconfirmedOrigin(extension.connections), undefined);
  });

  it('leaves a list of accounts of a newer version alone, and says so', async () => {
    const newer = { version: 2, accounts: extension.connections.accounts() };
    const before = extension.connections.accounts();
    await extension.state.update('accounts', newer);
    await extension.connections.load();
    assert.match(extension.destinationsView.view.message ?? '', /This version of the extension cannot read/);
    const keys = await tokenKeys();
    const { messages } = await runAs('addAccount', { types: demoTokens.demo }, { picks: ['Acme'] }, 'accepts');
    assert.match(messages.join(), /nothing was changed/);
    assert.deepEqual(extension.state.get('accounts'), newer);
    assert.deepEqual(await tokenKeys(), keys);
    await extension.state.update('accounts', before);
  });

  it('does not store the new token of an account that was removed in another window', async () => {
    const [record] = extension.connections.tokens().values();
    assert.ok(record);
    await extension.state.update('accounts', []);
    await assert.rejects(
      replaceStoredToken(
        extension.connections,
        { tokenId: record.id, token: record.token, accountIds: [accountId] },
        { token: 'cfut_new_0123456789', owner: 'user' },
      ),
      /removed in another window/,
    );
    const stored = await Promise.all((await tokenKeys()).map(async (key) => extension.context.secrets.get(key)));
    assert.doesNotMatch(stored.join(), /cfut_new/);
    await extension.connections.load();
  });

  it('deletes unused records, but only those that stay unused', async () => {
    const { secrets } = extension.context;
    const keep = `cloudflareWebhooks.secret.${accountId}.${(await fake.destinations({ account: accountId }))[0]?.id ?? ''}`;
    const unused = [
      'cloudflareWebhooks.token.orphan',
      'cloudflareWebhooks.secret.removed.d1',
      'cloudflareWebhooks.snapshot.removed',
      `cloudflareWebhooks.secret.${accountId}.deleted-elsewhere`,
    ];
    for (const key of [keep, ...unused]) {
      await secrets.store(key, '{}');
    }
    await run('refresh');
    const found = new Set((await findUnused(extension)).map(({ raw }) => raw));
    for (const key of unused) {
      assert.ok(found.has(key), key);
    }
    assert.ok(!found.has(keep));
    await secrets.store('cloudflareWebhooks.token.just-added', '{}');
    await sweep(extension, found);
    const left = await secrets.keys();
    assert.ok(left.includes(keep) && left.includes('cloudflareWebhooks.token.just-added'));
    assert.deepEqual(
      left.filter((key) => unused.includes(key)),
      [],
    );
    await secrets.delete('cloudflareWebhooks.token.just-added');
  });

  it('lists stored credentials by kind and number, and deletes them', async () => {
    await extension.context.secrets.store(
      `cloudflareWebhooks.secret.${accountId}.d`,
      '{"version":1,"secret":"s3cr3t"}',
    );
    const canceled = await runAs('forgetCredentials', { picks: ['API tokens', 'Secrets'] }, 'leaves');
    assert.match(canceled.questions[0]?.text ?? '', /API tokens \| 1/);
    assert.match(canceled.questions[1]?.text ?? '', /stay valid/);
    assert.doesNotMatch(JSON.stringify(canceled.questions), /s3cr3t|cfut/);
    assert.equal((await tokenKeys()).length, 1);
    canceled.dispose();
    const { messages } = await runAs('forgetCredentials', { picks: ['API tokens', 'Secrets'] }, { presses: 'Delete' });
    assert.match(messages.join(), /Deleted \d+ stored records/);
    assert.deepEqual(
      (await extension.context.secrets.keys()).filter((key) => /\.(token|secret)\./.test(key)),
      [],
    );
    const [row] = (await readTree(extension))[0]?.children ?? [];
    assert.match(row?.context ?? '', /replaceToken/);
  });

  it('shows no part of a remembered webhook URL that Cloudflare’s words quote', async () => {
    const [destination] = await fake.destinations({ account: accountId });
    extension.redactor.remember('https://receiver.example.com/hooks/s3cr3tpart?key=s3cr3tkey');
    const message =
      'Webhook test failed: Post %2Fhooks%2Fs3cr3tpart: [run](command:evil) s3\u200Bcr3tpart, key s3cr3tkey \u202Eevil\nsecond line';
    await fake.addFault({ fault: { kind: 'status', status: 403, body: { success: false, errors: [{ message }] } } });
    const { messages, questions } = await runAs('refresh');
    const rows = JSON.stringify(await readTree(extension));
    user?.dispose();
    const failed = scriptUser({ presses: 'Delete' });
    try {
      await run('deleteDestination', { kind: 'destination', accountId, destinationId: destination?.id });
    } finally {
      failed.dispose();
    }
    await fake.clear({ part: 'faults' });
    const shown = JSON.stringify([messages, questions, rows, failed.messages, failed.questions]);
    assert.match(shown, /Webhook test failed/);
    for (const text of [shown, extension.logged()]) {
      assert.doesNotMatch(text, /s3cr3t|\u202E|\u200B|\\u202E/);
    }
    assert.doesNotMatch(JSON.stringify([failed.messages, failed.questions]), /\]\(command/);
    assert.doesNotMatch(extension.logged(), /^second line/m);
  });
});

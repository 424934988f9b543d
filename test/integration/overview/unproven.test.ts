import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { findHarm, hostileTexts } from '../../hostile-texts.ts';
import {
  addAccount,
  type Extension,
  fake,
  receiverUrl,
  run,
  startWithAcme,
  untilSaid,
} from '../extension-under-test.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';

const OLD = '2020-01-01T00:00:00Z';

describe('Test All Unproved', () => {
  let extension: Extension;
  let accountId: string;
  let user: ScriptedUser | undefined;

  const days = async (value: number | undefined) =>
    vscode.workspace
      .getConfiguration('cloudflareWebhooks')
      .update('unprovenAfterDays', value, vscode.ConfigurationTarget.Global);
  const destination = async (account: string, id: string, name: string) =>
    fake.putDestination({ account, id, name, url: receiverUrl(id), created_at: OLD });
  const policy = async (account: string, id: string, webhooks: readonly string[], more = {}) =>
    fake.putPolicy({
      account,
      id,
      name: `Policy ${id}`,
      mechanisms: { webhooks: webhooks.map((each) => ({ id: each })), ...more },
    });
  const tests = async () =>
    (await fake.log())
      .filter(({ method, path }) => method === 'POST' && path.endsWith('/test'))
      .map(({ path }) => path);
  const script = (...reactions: readonly Reaction[]): ScriptedUser => {
    user?.dispose();
    user = scriptUser(...reactions);
    return user;
  };

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    await destination(accountId, 'aa', 'On-call');
    await destination(accountId, 'bb', 'Backup');
    await addAccount('Acme');
    await days(45);
  });
  afterEach(async () => {
    user?.dispose();
    await days(undefined);
  });

  it('sends nothing before the user confirms, and nothing if the user cancels', async () => {
    await policy(accountId, 'p1', ['aa'], { email: [{ id: 'team@example.com' }] });
    script('leaves');
    await run('testUnproven');
    const [question] = user?.questions ?? [];
    assert.equal(question?.title, 'Test 1 policy through Cloudflare?');
    assert.match(
      question.text,
      /Acme, policy “Policy p1”: (the webhook “On-call”, team@|team@example.com, the webhook)/,
    );
    assert.match(question.text, /No policy uses these destinations, so they are not tested: Backup/);
    assert.deepEqual(await tests(), []);
  });

  it('tells each receiver apart, and stores the results', async () => {
    await policy(accountId, 'p1', ['aa']);
    script({ presses: 'Send Tests' });
    await run('testUnproven');
    await untilSaid(() => user, /^Delivered: On-call\. Not tested, because no policy uses them: Backup\.$/);
    assert.equal((await tests()).length, 1);
    assert.equal(extension.lastTests.get(accountId, 'aa')?.result, 'worked');
    assert.equal(extension.lastTests.get(accountId, 'bb'), undefined);
  });

  it('sends no test whose recipients changed while the question was open', async () => {
    await policy(accountId, 'p1', ['aa']);
    await policy(accountId, 'p2', ['bb']);
    script({ presses: 'Send Tests' });
    const { policies } = extension;
    const original = policies.read.bind(policies);
    let reads = 0;
    Object.assign(extension.policies, {
      async read(...args: Parameters<typeof policies.read>) {
        reads += 1;
        if (reads === 2) {
          await policy(accountId, 'p2', ['bb'], { email: [{ id: 'boss@example.com' }] });
        }
        return original(...args);
      },
    });
    try {
      await run('testUnproven');
    } finally {
      Object.assign(extension.policies, { read: original });
    }
    await untilSaid(() => user, /^Delivered: On-call\. Not tested, because the recipients .* changed: Policy p2\.$/);
    assert.deepEqual(
      (await tests()).map((path) => path.includes('/p1/')),
      [true],
    );
    assert.equal(extension.lastTests.get(accountId, 'bb'), undefined);
  });

  it('tests the other accounts if one cannot be loaded', async () => {
    const { id: betaId } = await fake.putAccount({ name: 'Beta' });
    await destination(betaId, 'cc', 'Paging');
    await addAccount('Beta');
    await policy(accountId, 'p1', ['aa']);
    await policy(betaId, 'p2', ['cc']);
    const fault = { kind: 'denied', cause: 'permission' } as const;
    await fake.addFault({ method: 'GET', path: `/accounts/${betaId}/alerting/v3/policies`, fault });
    script({ presses: 'Send Tests' });
    await run('testUnproven');
    assert.match(user?.questions[0]?.text ?? '', /This account could not be loaded, .*: Beta\./);
    await untilSaid(() => user, /^Delivered: On-call\./);
    assert.equal((await tests()).length, 1);
  });

  it('does not say that every destination is proved if an account could not be loaded', async () => {
    const fault = { kind: 'denied', cause: 'permission' } as const;
    await fake.addFault({ method: 'GET', path: `/accounts/${accountId}/alerting/v3/policies`, fault });
    script();
    await run('testUnproven');
    await untilSaid(() => user, /^This account could not be loaded, so its destinations are not tested: Acme\.$/);
  });

  it('asks once if it is requested twice', async () => {
    await policy(accountId, 'p1', ['aa']);
    script({ presses: 'Send Tests' }, { presses: 'Send Tests' });
    await Promise.all([run('testUnproven'), run('testUnproven')]);
    assert.equal(user?.questions.length, 1);
    assert.equal((await tests()).length, 1);
  });

  it('offers a test from this machine if no policy uses the destinations', async () => {
    script('leaves');
    await run('testUnproven');
    assert.match(
      user?.questions[0]?.title ?? '',
      /^No policy uses the destinations .*: (On-call, Backup|Backup, On-call)/,
    );
    assert.deepEqual(await tests(), []);
  });

  it('reports a refused test with the name of its policy', async () => {
    await policy(accountId, 'p1', ['aa']);
    const fault = { kind: 'denied', cause: 'permission' } as const;
    await fake.addFault({ method: 'POST', path: '/accounts/*/alerting/v3/policies/*/test', fault });
    script({ presses: 'Send Tests' });
    await run('testUnproven');
    await untilSaid(() => user, /“Policy p1”: /);
    assert.ok(!user?.messages.some((each) => each.includes('Nothing seen')), user?.messages.join());
  });

  it('shows hostile names as text', async () => {
    for (const [index, { text }] of hostileTexts.entries()) {
      await destination(accountId, `h${index}`, text);
      if (index < 12) {
        await fake.putPolicy({
          account: accountId,
          id: `p${index}`,
          name: text,
          mechanisms: { webhooks: [{ id: `h${index}` }], email: [{ id: text }] },
        });
      }
    }
    script('leaves');
    await run('testUnproven');
    const [question] = user?.questions ?? [];
    assert.match(question?.title ?? '', /^Test 12 policies/);
    assert.deepEqual(findHarm(question?.text ?? '', { lines: true, exact: true }), []);
    // The sentence, one line for each policy, and the destinations without a policy.
    assert.equal(question?.text.split('\n').length, 1 + 12 + 2, question?.text);
  });
});

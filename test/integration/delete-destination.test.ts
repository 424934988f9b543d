import assert from 'node:assert/strict';
import { demoTokens } from '../fake-cloudflare/demo-tokens.ts';
import { fake, readTree, run, startOver } from './extension-under-test.ts';
import { scriptUser, type ScriptedUser } from './scripted-user.ts';

type Extension = Awaited<ReturnType<typeof startOver>>;

describe('Delete…', () => {
  let extension: Extension;
  let user: ScriptedUser | undefined;
  let accountId: string;
  let name: string;
  let destinationId: string;

  beforeEach(async () => {
    extension = await startOver();
    const [account] = await fake.accounts();
    accountId = account?.id ?? '';
    user = scriptUser({ types: demoTokens.demo }, { picks: [account?.name ?? ''] }, 'accepts');
    await run('addAccount');
    user.dispose();
    const [first] = await fake.destinations({ account: accountId });
    name = first?.name ?? '';
    destinationId = first?.id ?? '';
  });
  afterEach(() => user?.dispose());

  const deleteFirst = () => run('deleteDestination', { kind: 'destination', accountId, destinationId });
  const labels = async () => (await readTree(extension))[0]?.children.map(({ label }) => label) ?? [];
  const isOnServer = async () =>
    (await fake.destinations({ account: accountId })).some(({ id }) => id === destinationId);

  it('names the destination, and on the user’s word deletes it in the tree and on the server', async () => {
    user = scriptUser({ presses: 'Delete' });
    await deleteFirst();
    assert.ok(user.questions[0]?.title.includes(`“${name}”`));
    assert.ok(!(await labels()).includes(name));
    assert.equal(await isOnServer(), false);
    assert.match(user.messages.join(), /^Deleted “/);
  });

  it('names the policies that would fall silent, apart from those that keep another mechanism', async () => {
    for (const { id } of await fake.policies({ account: accountId })) {
      await fake.removePolicy({ account: accountId, id });
    }
    user = scriptUser('leaves');
    await deleteFirst();
    assert.match(user.questions[0]?.text ?? '', /No policy uses it\.$/);
    const webhooks = [{ id: destinationId }];
    await fake.putPolicy({
      account: accountId,
      name: 'Only here',
      alert_type: 'dos_attack_l7',
      mechanisms: { webhooks },
    });
    await fake.putPolicy({
      account: accountId,
      name: 'Also mail',
      mechanisms: { webhooks, email: [{ id: 'ops@example.com' }] },
    });
    user.dispose();
    user = scriptUser('leaves');
    await deleteFirst();
    const text = user.questions[0]?.text ?? '';
    assert.match(text, /they would fall silent: “Only here” \([A-Z].+\)\./);
    assert.match(text, /deliver to one less: “Also mail”/);
  });

  it('says that it could not check where the policies cannot be read', async () => {
    await fake.addFault({ path: '/accounts/*/alerting/v3/policies', fault: { kind: 'status', status: 403 } });
    user = scriptUser('leaves');
    await deleteFirst();
    assert.match(user.questions[0]?.text ?? '', /policies could not be read, so nobody has checked/);
  });

  it('does nothing where the user thinks better of it', async () => {
    user = scriptUser('leaves');
    await deleteFirst();
    assert.ok((await labels()).includes(name));
    assert.equal(await isOnServer(), true);
  });

  it('asks which one where it is run from the palette', async () => {
    user = scriptUser({ picks: [name] }, { presses: 'Delete' });
    await run('deleteDestination');
    assert.equal(user.questions[0]?.kind, 'pick');
    assert.equal(await isOnServer(), false);
  });

  it('says so where somebody else was faster', async () => {
    await fake.removeDestination({ account: accountId, id: destinationId });
    user = scriptUser({ presses: 'Delete' });
    await deleteFirst();
    assert.match(user.messages.join(), /was already gone/);
    assert.ok(!(await labels()).includes(name));
  });

  it('counts as done what was done though the answer was lost', async () => {
    await fake.addFault({ method: 'DELETE', fault: { kind: 'reset' }, after: true, times: 1 });
    user = scriptUser({ presses: 'Delete' });
    await deleteFirst();
    assert.match(user.messages.join(), /^Deleted “/);
  });

  it('keeps the row where Cloudflare refuses, says why, and can try again', async () => {
    await fake.addFault({ method: 'DELETE', fault: { kind: 'status', status: 403 }, times: 1 });
    user = scriptUser({ presses: 'Delete' }, { presses: 'Retry' }, { presses: 'Delete' });
    await deleteFirst();
    assert.match(user.questions[1]?.title ?? '', /may not do this/);
    assert.ok((await labels()).includes(name));
    // The second attempt starts from the button and ends on its own.
    for (let waited = 0; (await isOnServer()) && waited < 100; waited += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(await isOnServer(), false);
  });
});

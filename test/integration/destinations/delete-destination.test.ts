import assert from 'node:assert/strict';
import {
  addAccount,
  type Extension,
  fake,
  readTree,
  receiverUrl,
  run,
  startOver,
  until as waitFor,
} from '../extension-under-test.ts';
import { scriptUser, type ScriptedUser } from '../scripted-user.ts';
import { removeStoredAccount } from '../../../src/ui/accounts/stored-accounts.ts';

describe('Delete command', () => {
  let extension: Extension;
  let user: ScriptedUser | undefined;
  let accountId: string;
  let name: string;
  let destinationId: string;

  beforeEach(async () => {
    extension = await startOver();
    const [account] = await fake.accounts();
    accountId = account?.id ?? '';
    await addAccount(account?.name ?? '');
    const [first] = await fake.destinations({ account: accountId });
    name = first?.name ?? '';
    destinationId = first?.id ?? '';
  });
  afterEach(() => user?.dispose());

  /** The result: the message with the Undo button, or the messages without buttons. */
  const told = () =>
    [...(user?.questions.slice(1).map(({ title }) => title) ?? []), ...(user?.messages ?? [])].join('');
  const until = async (isSo: () => Promise<boolean>): Promise<void> => waitFor(isSo, told);
  /** Creates two policies that use the destination: one without and one with another mechanism. */
  const usePolicies = async (): Promise<void> => {
    for (const { id } of await fake.policies({ account: accountId })) {
      await fake.removePolicy({ account: accountId, id });
    }
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
  };
  const webhooksOf = async (policy: string) =>
    (await fake.policies({ account: accountId }))
      .find((each) => each.name === policy)
      ?.mechanisms.webhooks?.map(({ id }) => id);
  const deleteFirst = () => run('deleteDestination', { kind: 'destination', accountId, destinationId });
  const labels = async () => (await readTree(extension))[0]?.children.map(({ label }) => label) ?? [];
  const isOnServer = async () =>
    (await fake.destinations({ account: accountId })).some(({ id }) => id === destinationId);

  it('deletes the destination from the tree and at Cloudflare after confirmation', async () => {
    user = scriptUser({ presses: 'Delete' });
    await deleteFirst();
    assert.ok(user.questions[0]?.title.includes(`“${name}”`));
    assert.ok(!(await labels()).includes(name));
    assert.equal(await isOnServer(), false);
    await until(async () => told().startsWith('Deleted “'));
  });

  it('counts no destination that a colleague deleted since the last refresh as another recipient', async () => {
    await usePolicies();
    const { id: gone } = await fake.putDestination({ account: accountId, name: 'Gone', url: receiverUrl('gone') });
    const webhooks = [{ id: destinationId }, { id: gone }];
    await fake.putPolicy({ account: accountId, name: 'Both', alert_type: 'dos_attack_l7', mechanisms: { webhooks } });
    await run('refreshAll');
    await fake.removeDestination({ account: accountId, id: gone });
    user = scriptUser('leaves');
    await deleteFirst();
    assert.match(user.questions[0]?.text ?? '', /would stop delivering alerts: [^\n]*“Both”/);
  });

  it('lists silenced policies separately from policies with another mechanism', async () => {
    for (const { id } of await fake.policies({ account: accountId })) {
      await fake.removePolicy({ account: accountId, id });
    }
    user = scriptUser('leaves');
    await deleteFirst();
    assert.match(user.questions[0]?.text ?? '', /No policy uses it\./);
    await usePolicies();
    user.dispose();
    user = scriptUser('leaves');
    await deleteFirst();
    const text = user.questions[0]?.text ?? '';
    assert.match(
      text,
      /“Delete” leaves the policies as they are.+ “Remove from Policies and Delete” first removes the destination from each policy/,
    );
    assert.match(text, /This policy would stop delivering alerts: “Only here” \([A-Z].+\)\./);
    assert.match(text, /This policy would lose this destination: “Also mail”/);
  });

  it('reports that the policies were not checked if they cannot be fetched', async () => {
    await fake.addFault({ path: '/accounts/*/alerting/v3/policies', fault: { kind: 'status', status: 403 } });
    user = scriptUser('leaves');
    await deleteFirst();
    assert.match(user.questions[0]?.text ?? '', /Could not load the policies of .+ might stop delivering/);
  });

  it('deletes nothing if the user cancels', async () => {
    user = scriptUser('leaves');
    await deleteFirst();
    assert.ok((await labels()).includes(name));
    assert.equal(await isOnServer(), true);
  });

  it('asks for a destination when run from the Command Palette', async () => {
    user = scriptUser({ picks: [name] }, { presses: 'Delete' });
    await run('deleteDestination');
    assert.equal(user.questions[0]?.kind, 'pick');
    assert.equal(await isOnServer(), false);
  });

  it('reports a destination that was already deleted', async () => {
    await fake.removeDestination({ account: accountId, id: destinationId });
    user = scriptUser({ presses: 'Delete' });
    await deleteFirst();
    await until(async () => /was already deleted/.test(told()));
    assert.ok(!(await labels()).includes(name));
  });

  it('escapes a name that looks like a link', async () => {
    name = '[Free](command:workbench.action.quit)';
    await fake.putDestination({ account: accountId, id: destinationId, name });
    await run('refreshAll');
    user = scriptUser({ presses: 'Delete' });
    await deleteFirst();
    await until(async () => told().startsWith('Deleted “[Free] (command:workbench.action.quit)”'));
  });

  it('reports success if the deletion worked but its response was lost', async () => {
    await fake.addFault({ method: 'DELETE', fault: { kind: 'reset' }, after: true, times: 1 });
    user = scriptUser({ presses: 'Delete' });
    await deleteFirst();
    await until(async () => told().startsWith('Deleted “'));
  });

  it('keeps the row and offers a retry if Cloudflare rejects the deletion', async () => {
    await fake.addFault({ method: 'DELETE', fault: { kind: 'status', status: 403 }, times: 1 });
    user = scriptUser({ presses: 'Delete' }, { presses: 'Retry' }, { presses: 'Delete' });
    await deleteFirst();
    assert.match(user.questions[1]?.title ?? '', /does not have permission/);
    assert.ok((await labels()).includes(name));
    // The command does not wait for a retry started from the notification.
    await until(async () => !(await isOnServer()));
  });

  it('removes the destination from policies with another mechanism on request', async () => {
    await usePolicies();
    user = scriptUser({ presses: 'Remove from Policies and Delete' });
    await deleteFirst();
    assert.deepEqual(user.questions[0]?.buttons, ['Delete', 'Remove from Policies and Delete']);
    assert.equal(await isOnServer(), false);
    assert.deepEqual(await webhooksOf('Also mail'), []);
    assert.deepEqual(await webhooksOf('Only here'), [destinationId]);
  });

  it('reports the changed policies if the deletion then fails', async () => {
    await usePolicies();
    await fake.addFault({ method: 'DELETE', fault: { kind: 'status', status: 403 } });
    user = scriptUser({ presses: 'Remove from Policies and Delete' });
    await deleteFirst();
    await until(async () => told().includes('was not deleted, but was removed from “Also mail”.'));
    assert.match(told(), /Not deleted: .+does not have permission/);
  });

  it('does not offer policy changes if the destination is the only mechanism', async () => {
    for (const { id } of await fake.policies({ account: accountId })) {
      await fake.removePolicy({ account: accountId, id });
    }
    const mechanisms = { webhooks: [{ id: destinationId }] };
    await fake.putPolicy({ account: accountId, name: 'Only here', mechanisms });
    user = scriptUser();
    await deleteFirst();
    assert.deepEqual(
      user.questions.map(({ buttons }) => buttons),
      [['Delete']],
    );
    assert.doesNotMatch(user.questions[0]?.text ?? '', /Remove from Policies/);
    assert.equal(await isOnServer(), true);
  });

  describe('with several destinations', () => {
    const nodesOf = async (account: string, count: number) =>
      (await fake.destinations({ account }))
        .slice(0, count)
        .map(({ id }) => ({ kind: 'destination', accountId: account, destinationId: id }));

    it('lists up to five destinations and all policies, and deletes across accounts', async () => {
      await addAccount((await fake.accounts())[1]?.name ?? '');
      const [here, there] = (await fake.accounts()).map(({ id }) => id);
      const nodes = [...(await nodesOf(here ?? '', 4)), ...(await nodesOf(there ?? '', 3))];
      user = scriptUser({ presses: 'Delete' });
      await run('deleteDestination', nodes[0], nodes);
      assert.equal(user.questions[0]?.title, 'Delete 7 webhook destinations?');
      assert.match(user.questions[0]?.text ?? '', /^(“.+\n){5}and 2 more\n/);
      assert.match(user.questions[0]?.text ?? '', /would stop delivering alerts: “/);
      await until(async () => told() === 'Deleted 7 of 7 webhook destinations.');
      const left = [
        ...(await fake.destinations({ account: here ?? '' })),
        ...(await fake.destinations({ account: there ?? '' })),
      ];
      assert.ok(!left.some(({ id }) => nodes.some(({ destinationId: each }) => each === id)));
    });

    it('deletes fifty destinations and reports all failures in one message', async () => {
      const ids = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const made = { account: accountId, name: `Many ${index}`, url: receiverUrl(String(index)) };
          return (await fake.putDestination(made)).id;
        }),
      );
      await run('refreshAll');
      const nodes = ids.map((id) => ({ kind: 'destination', accountId, destinationId: id }));
      const path = (id = '') => `/accounts/*/alerting/v3/destinations/webhooks/${id}`;
      await fake.addFault({ method: 'DELETE', path: path(ids[7]), fault: { kind: 'status', status: 403 } });
      await fake.addFault({ method: 'DELETE', path: path(ids[20]), fault: { kind: 'reset' }, after: true });
      await fake.addFault({ method: 'DELETE', path: path(ids[33]), fault: { kind: 'reset' } });
      await fake.removeDestination({ account: accountId, id: ids[41] ?? '' });
      user = scriptUser({ presses: 'Delete' });
      await run('deleteDestination', nodes[0], nodes);
      assert.match(user.questions[0]?.text ?? '', /^(“Many .+\n){5}and 45 more\n/);
      await until(async () => told().startsWith('Deleted 48 of 50 webhook destinations. Already deleted: “Many 41”'));
      assert.match(told(), /Not deleted: “Many 7” of .+does not have permission.+ · “Many 33” of .+Could not reach/);
      const left = (await labels()).filter((label) => label.startsWith('Many'));
      assert.deepEqual(left, ['Many 7', 'Many 33']);
    });
  });

  describe('Undo', () => {
    /** Selects a new generic destination, whose whole URL Cloudflare returns. */
    const useGeneric = async (): Promise<void> => {
      name = 'Undone';
      destinationId = (await fake.putDestination({ account: accountId, name, url: receiverUrl('undone') })).id;
      await run('refreshAll');
    };

    it('restores the destination with its remembered secret, its policies and a new ID', async () => {
      await useGeneric();
      await usePolicies();
      const remembered = { secret: 'remembered-secret' };
      const key = `cloudflareWebhooks.secret.${accountId}.${destinationId}`;
      await extension.context.secrets.store(key, JSON.stringify({ version: 1, ...remembered }));
      user = scriptUser({ presses: 'Delete' }, { presses: 'Undo' });
      await deleteFirst();
      await until(async () => user?.messages.some((message) => message.includes('again with the new ID')) ?? false);
      const again = (await fake.destinations({ account: accountId })).find((each) => each.name === name);
      assert.ok(again && again.id !== destinationId);
      assert.ok(user.messages.join().includes(`again with the new ID ${again.id}`));
      assert.deepEqual(await webhooksOf('Also mail'), [again.id]);
      assert.deepEqual(await webhooksOf('Only here'), [again.id]);
      assert.equal(await extension.context.secrets.get(key), undefined);
      const kept = await extension.context.secrets.get(`cloudflareWebhooks.secret.${accountId}.${again.id}`);
      assert.match(kept ?? '', /remembered-secret/);
      await removeStoredAccount(extension, accountId);
    });

    it('keeps offering Undo if its prompt is closed with Escape', async () => {
      await fake.removeDestination({ account: accountId, id: destinationId });
      name = 'Chat';
      const url = 'https://hooks.slack.com/services/T/B/secret';
      destinationId = (await fake.putDestination({ account: accountId, name, url })).id;
      await run('refreshAll');
      user = scriptUser({ presses: 'Delete' }, { presses: 'Undo' }, 'leaves', { presses: 'Undo' }, 'leaves', 'leaves');
      await deleteFirst();
      await until(async () => (user?.questions.filter(({ kind }) => kind === 'input').length ?? 0) >= 2);
      assert.match(user.questions[0]?.text ?? '', /Undo will ask for the URL or secret/);
    });

    it('expires after a minute', async () => {
      user = scriptUser({ presses: 'Delete' }, { presses: 'Undo' });
      const { now } = Date;
      const start = now();
      let calls = 0;
      // The command reads the clock when it shows the message and when the user presses the button.
      const clock = (): number => {
        calls += 1;
        return start + calls * 61_000;
      };
      try {
        Date.now = clock;
        await deleteFirst();
        await until(async () => user?.messages.some((message) => message.includes('is over')) ?? false);
      } finally {
        Date.now = now;
      }
      assert.equal(await isOnServer(), false);
    });

    it('reports the reason if Cloudflare’s test of the new destination fails', async () => {
      await useGeneric();
      user = scriptUser({ presses: 'Delete' }, { presses: 'Undo' });
      await fake.addFault({ method: 'POST', fault: { kind: 'status', status: 422 } });
      await deleteFirst();
      await until(async () => /Could not create .+ again/.test(told()));
    });

    it('can be tried again within the minute until it succeeds, and creates one destination', async () => {
      await useGeneric();
      await usePolicies();
      const [undo, leave] = [{ presses: 'Undo' }, 'leaves'] as const;
      user = scriptUser({ presses: 'Delete' }, undo, undo, undo, leave);
      await fake.addFault({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 });
      await fake.addFault({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 2 });
      await deleteFirst();
      await until(async () => (await webhooksOf('Only here'))?.[0] !== destinationId);
      await until(async () => /Added to: “Also mail” and “Only here”/.test(told()));
      const again = (await fake.destinations({ account: accountId })).filter((each) => each.name === name);
      assert.equal(again.length, 1);
      assert.deepEqual(await webhooksOf('Only here'), [again[0]?.id]);
    });

    it('asks for the whole URL if Cloudflare hides a part, and restores nothing without it', async () => {
      user = scriptUser(
        { presses: 'Delete' },
        { presses: 'Undo' },
        { types: 'https://hooks.slack.com/services/T' },
        'leaves',
      );
      await deleteFirst();
      await until(async () => told().includes('stays deleted'));
      assert.match(user.questions[2]?.text ?? '', /^Enter the full Slack URL, or only its secret part/);
      assert.match(user.questions[2]?.problem ?? '', /not a full Slack webhook URL/);
      assert.equal(await isOnServer(), false);
    });
  });
});

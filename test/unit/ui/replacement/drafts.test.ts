import assert from 'node:assert/strict';
import type { Connection } from '../../../../src/core/accounts/connection.ts';
import type { RunEnd } from '../../../../src/core/replacement/run.ts';
import { keyOfReplacement } from '../../../../src/core/replacement/state.ts';
import { createReplacements, type Replacements } from '../../../../src/ui/replacement/replacements.ts';
import { ACCOUNT, useFakeAccount } from '../../core/destinations/fake-account.ts';
import { useReplacement } from '../../core/replacement/replacement-fixture.ts';
import { makeUiServices } from '../ui-services.ts';

describe('drafts of replacements', () => {
  const account = useFakeAccount();
  const fixture = useReplacement(account);

  function openWindow() {
    const services = makeUiServices(account.api());
    return { ...services, replacements: createReplacements(services) };
  }

  const key = (): string => keyOfReplacement({ accountId: ACCOUNT, oldId: fixture.old().id });
  const resume = async (replacements: Replacements, connection: Connection): Promise<RunEnd> =>
    replacements.take('resume', connection, key());

  it('are not those of a start that was refused: the secret that was created is remembered', async () => {
    const { connection, replacements, secrets } = openWindow();
    const target = { connection, destination: fixture.old() };
    account.fail({ method: 'DELETE', fault: { kind: 'status', status: 403 }, times: 1 });
    await assert.rejects(replacements.start(target, { ...fixture.draft(), secret: 'first' }, { remember: true }));
    await assert.rejects(replacements.start(target, { ...fixture.draft(), secret: 'second' }, { remember: true }), {
      name: 'UnfinishedReplacementError',
    });
    const { ending, state } = await resume(replacements, connection);
    assert.equal(ending, 'done');
    assert.equal((await secrets.get(ACCOUNT, state.newId ?? ''))?.secret, 'first');
  });

  for (const [refusal, name] of [
    ['an unfinished replacement', 'UnfinishedReplacementError'],
    ['another operation', 'LeaseTakenError'],
  ] as const) {
    it(`are not those of a start that was refused because of ${refusal}: the first one is created`, async () => {
      const { connection, leases, replacements } = openWindow();
      const target = { connection, destination: fixture.old() };
      account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
      await assert.rejects(replacements.start(target, fixture.draft(), { remember: false }));
      const lease = name === 'LeaseTakenError' ? await leases.acquire(key()) : undefined;
      await assert.rejects(replacements.start(target, { ...fixture.draft(), name: 'Refused' }, { remember: false }), {
        name,
      });
      await lease?.release();
      const { state } = await resume(replacements, connection);
      assert.equal(account.stored(state.newId ?? '')?.name, fixture.draft().name);
    });
  }

  it('leave no secret for an account that is removed while the replacement is created', async () => {
    const { connection, replacements, secrets, store } = openWindow();
    const { api } = connection;
    const created: string[] = [];
    store.setConnections([
      {
        ...connection,
        api: {
          ...api,
          async createDestination(...given) {
            const id = await api.createDestination(...given);
            store.setConnections([]);
            created.push(id);
            return id;
          },
        },
      },
    ]);
    const target = { connection, destination: fixture.old() };
    await replacements.start(target, fixture.draft(), { remember: true });
    assert.equal(created.length, 1);
    assert.equal(await secrets.get(ACCOUNT, created[0] ?? ''), undefined);
  });

  it('are those of the start that was accepted last', async () => {
    const { connection, replacements } = openWindow();
    const target = { connection, destination: fixture.old() };
    account.fail({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 });
    await assert.rejects(replacements.start(target, { ...fixture.draft(), name: 'Rejected' }, { remember: false }));
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(replacements.start(target, { ...fixture.draft(), name: 'Accepted' }, { remember: false }));
    const { state } = await resume(replacements, connection);
    assert.equal(account.stored(state.newId ?? '')?.name, 'Accepted');
  });
});

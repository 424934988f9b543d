import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import {
  deleteDestinations,
  type DeleteManyOptions,
  type Detaching,
} from '../../../../src/core/destinations/delete-destinations.ts';
import { createIdSet, keyOfDestination } from '../../../../src/core/model/id.ts';
import type { Located } from '../../../../src/core/monitoring/overview.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { changePolicy } from '../../../../src/core/policies/change-policy.ts';
import { impactOf } from '../../../../src/core/policies/delete-impact.ts';
import {
  conflictAfterUpdate,
  failAfterUpdate,
  failAsRemoved,
  failWith,
  makeConnection,
  noteSignals,
} from '../api/fake-api.ts';
import { createMemoryFiles } from '../async/memory-files.ts';
import { ACCOUNT, makeLeases, makeVirtualHost, useFakeAccount } from './fake-account.ts';

const MAIL = ['ops@example.com'];
const deletionPath = (id: string) => `/accounts/*/alerting/v3/destinations/webhooks/${id}`;

describe('deleting many, against the fake', () => {
  const account = useFakeAccount();
  let targets: readonly Located[];

  async function seed(count: number, api: Api = account.api()): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      await account.put(`D${index}`);
    }
    const connection = makeConnection(ACCOUNT, api);
    const listed = await account.api().listDestinations(ACCOUNT);
    targets = listed.map((destination) => ({ connection, destination }));
  }

  const idAt = (index: number): string => targets[index]?.destination.id ?? assert.fail();
  const left = () => account.names().length;
  const detaching = async (deleted: readonly string[], api: Api = account.api()): Promise<readonly Detaching[]> => {
    const existing = createIdSet(targets.map((_, index) => idAt(index)));
    const impacts = impactOf(await account.api().listPolicies(ACCOUNT), createIdSet(deleted), existing);
    return [{ api, accountId: ACCOUNT, impacts, existing }];
  };
  const remove = async (chosen: readonly Located[], options: Partial<DeleteManyOptions> = {}) =>
    deleteDestinations(chosen, { host: makeVirtualHost(), leases: makeLeases(), ...options });
  const outcomes = (deletions: Awaited<ReturnType<typeof remove>>) => deletions.map(({ outcome }) => outcome);

  it('goes on past every failure and tells of each, in the order given', async () => {
    await seed(50);
    for (const index of [3, 17, 40]) {
      account.fail({ method: 'DELETE', path: deletionPath(idAt(index)), fault: { kind: 'status', status: 403 } });
    }
    account.remove(idAt(20));
    const told: string[] = [];
    const deletions = await remove(targets, { onDone: ({ target }) => void told.push(target.destination.id) });
    assert.deepEqual(
      deletions.map(({ target }) => target),
      targets,
    );
    const each = outcomes(deletions);
    assert.deepEqual(
      each.flatMap((outcome, index) => (outcome === 'failed' ? [index] : [])),
      [3, 17, 40],
    );
    assert.equal(each[20], 'alreadyGone');
    assert.equal(told.length, 50);
    assert.equal(left(), 3);
  });

  it('sends nothing more once it is canceled, and tells what is left', async () => {
    await seed(20);
    const cancel = new AbortController();
    let done = 0;
    const deletions = await remove(targets, {
      signal: cancel.signal,
      onDone() {
        done += 1;
        if (done === 5) {
          cancel.abort();
        }
      },
    });
    const skipped = outcomes(deletions).filter((outcome) => outcome === 'skipped').length;
    assert.ok(skipped >= 10 && skipped <= 15, `${skipped} of 20 were left`);
    assert.equal(left(), skipped);
  });

  it('removes them from a policy all at once, and leaves alone a policy that was not asked about', async () => {
    await seed(3);
    account.putPolicy('Mail too', [idAt(0), idAt(1)], MAIL);
    account.putPolicy('Another webhook', [idAt(1), idAt(2)]);
    const detach = await detaching([idAt(0), idAt(1)]);
    account.putPolicy('Only these', [idAt(0), idAt(1)]);
    const deletions = await remove(targets.slice(0, 2), { detach });
    assert.deepEqual(account.webhooksOf('Only these'), [idAt(0), idAt(1)]);
    assert.deepEqual(outcomes(deletions), ['deleted', 'deleted']);
    assert.deepEqual(account.webhooksOf('Mail too'), []);
    assert.deepEqual(account.webhooksOf('Another webhook'), [idAt(2)]);
    assert.equal(account.requests('PUT').length, 2);
  });

  it('leaves no policy without a mechanism, and keeps its destinations', async () => {
    await seed(2);
    account.putPolicy('Only these', [idAt(0), idAt(1)]);
    const deletions = await remove(targets, { detach: await detaching([idAt(0), idAt(1)]) });
    assert.deepEqual(outcomes(deletions), ['failed', 'failed']);
    for (const deletion of deletions) {
      assert.ok(deletion.outcome === 'failed' && (deletion.error as Error).name === 'LastMechanismError');
    }
    assert.deepEqual(account.webhooksOf('Only these'), [idAt(0), idAt(1)]);
    assert.equal(account.requests('DELETE').length, 0);
  });

  it('keeps a destination whose policy lost its other mechanism to a colleague meanwhile', async () => {
    await seed(1);
    const policy = account.putPolicy('Mail too', [idAt(0)], MAIL);
    const detach = await detaching([idAt(0)]);
    account.changePolicy({ ...policy, mechanisms: { webhooks: [{ id: idAt(0) }] } });
    const [deletion] = await remove(targets, { detach });
    assert.ok(deletion?.outcome === 'failed' && (deletion.error as Error).name === 'LastMechanismError');
    assert.deepEqual([left(), account.webhooksOf('Mail too')], [1, [idAt(0)]]);
  });

  it('counts no deleted destination that a policy still names as a mechanism that is left', async () => {
    await seed(1);
    const policy = account.putPolicy('Mail too', [idAt(0), 'f'.repeat(32)], MAIL);
    const detach = await detaching([idAt(0)]);
    account.changePolicy({ ...policy, mechanisms: { webhooks: [{ id: idAt(0) }, { id: 'f'.repeat(32) }] } });
    const [deletion] = await remove(targets, { detach });
    assert.equal(deletion?.outcome, 'failed');
    assert.equal(left(), 1);
  });

  it('keeps a destination whose policy could not be changed', async () => {
    await seed(2);
    account.putPolicy('Mail too', [idAt(0)], MAIL);
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    const deletions = await remove(targets, { detach: await detaching([idAt(0), idAt(1)]) });
    assert.deepEqual(outcomes(deletions), ['failed', 'deleted']);
    assert.equal(left(), 1);
  });

  it('removes a destination that is kept from no further policy', async () => {
    await seed(2);
    account.putPolicy('A', [idAt(0)], MAIL);
    account.putPolicy('B', [idAt(0), idAt(1)], MAIL);
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    const deletions = await remove(targets, { detach: await detaching([idAt(0), idAt(1)]) });
    assert.deepEqual(outcomes(deletions), ['failed', 'deleted']);
    assert.deepEqual(account.webhooksOf('B'), [idAt(0)]);
    assert.deepEqual(
      deletions.map(({ removedFrom }) => removedFrom.map(({ name }) => name)),
      [[], ['B']],
    );
  });

  it('tells which policies a destination that is kept was removed from already', async () => {
    await seed(1);
    account.putPolicy('A', [idAt(0)], MAIL);
    account.putPolicy('B', [idAt(0)], MAIL);
    account.fail({ method: 'DELETE', fault: { kind: 'status', status: 403 } });
    const [deletion] = await remove(targets, { detach: await detaching([idAt(0)]) });
    assert.equal(deletion?.outcome, 'failed');
    assert.deepEqual(
      deletion?.removedFrom.map(({ name }) => name),
      ['A', 'B'],
    );
  });

  it('tells that a destination that is kept was removed from a policy that could not be read after its update', async () => {
    await seed(1);
    account.putPolicy('A', [idAt(0)], MAIL);
    const detach = await detaching([idAt(0)], failAfterUpdate(account.api()));
    account.fail({ method: 'DELETE', fault: { kind: 'status', status: 403 } });
    const [deletion] = await remove(targets, { detach });
    assert.deepEqual(account.webhooksOf('A'), []);
    assert.deepEqual([deletion?.outcome, deletion?.removedFrom.map(({ name }) => name)], ['failed', ['A']]);
  });

  it('tells that a destination is kept and was removed from a policy that a colleague changed at the same time', async () => {
    await seed(1);
    account.putPolicy('A', [idAt(0)], MAIL);
    const detach = await detaching([idAt(0)], conflictAfterUpdate(account.api()));
    const [deletion] = await remove(targets, { detach });
    assert.deepEqual(account.webhooksOf('A'), []);
    assert.deepEqual([deletion?.outcome, deletion?.removedFrom.map(({ name }) => name)], ['failed', ['A']]);
  });

  it('tells from which policies it may have been removed: those whose update was sent and not answered', async () => {
    await seed(1);
    account.putPolicy('A', [idAt(0)], MAIL);
    const offline = failWith({ kind: 'network' });
    const real = account.api();
    let isSent = false;
    const api: Api = {
      ...real,
      getPolicy: async (...given) => (isSent ? offline() : real.getPolicy(...given)),
      async updatePolicy() {
        isSent = true;
        return offline();
      },
    };
    const [sent] = await remove(targets, { detach: await detaching([idAt(0)], api) });
    const [unsent] = await remove(targets, { detach: await detaching([idAt(0)], { ...real, getPolicy: offline }) });
    const told = [sent, unsent].map((each) => [each?.outcome, each?.unclearIn.map(({ name }) => name)]);
    assert.deepEqual(told, [
      ['failed', ['A']],
      ['failed', []],
    ]);
  });

  for (const when of ['before', 'after'] as const) {
    it(`changes no policy of an account that is removed ${when} the policy is fetched, and says that none is changed`, async () => {
      await seed(1);
      account.putPolicy('A', [idAt(0)], MAIL);
      let isRemoved = when === 'before';
      const api: Api = {
        ...account.api(),
        async getPolicy(...given) {
          isRemoved = true;
          return account.api().getPolicy(...given);
        },
      };
      const [asked] = await detaching([idAt(0)]);
      const { impacts, existing } = asked ?? assert.fail();
      const detach = {
        get api() {
          return isRemoved ? failAsRemoved() : api;
        },
        accountId: ACCOUNT,
        impacts,
        existing,
      };
      const [deletion] = await remove(targets, { detach: [detach] });
      assert.ok(deletion?.outcome === 'failed' && (deletion.error as Error).name === 'AccountRemovedError');
      assert.deepEqual([deletion.removedFrom, deletion.unclearIn], [[], []]);
      assert.deepEqual([account.requests('PUT').length, account.requests('DELETE').length], [0, 0]);
    });
  }

  it('does not wait for a policy that a colleague deleted meanwhile', async () => {
    await seed(1);
    const { id } = account.putPolicy('Mail too', [idAt(0)], MAIL);
    const detach = await detaching([idAt(0)]);
    account.removePolicy(id);
    assert.deepEqual(outcomes(await remove(targets, { detach })), ['deleted']);
  });

  it('changes no policy where it is canceled while an earlier change of it, without an answer, is waited for', async () => {
    await seed(1);
    const { id: policyId } = account.putPolicy('P', [idAt(0)], MAIL);
    account.fail({ method: 'PUT', fault: { kind: 'reset' }, times: 1 });
    const cancel = new AbortController();
    const host = makeVirtualHost();
    const sleep: typeof host.sleep = async (...given) => {
      cancel.abort();
      await host.sleep(...given);
    };
    const disabled = { change: ({ whole }: Policy) => ({ ...whole, enabled: false }), isChanged: () => false };
    const lost = changePolicy({ ...disabled, api: account.api(), host, accountId: ACCOUNT, policyId });
    await assert.rejects(lost, { kind: 'network' });
    const detach = await detaching([idAt(0)]);
    const [deletion] = await remove(targets, { host: { ...host, sleep }, detach, signal: cancel.signal });
    assert.deepEqual([deletion?.outcome, deletion?.removedFrom, left()], ['skipped', [], 1]);
    assert.deepEqual([account.webhooksOf('P'), account.requests('PUT').length], [[idAt(0)], 1]);
  });

  it('changes no further policy and deletes nothing where it is canceled while policies change', async () => {
    const cancel = new AbortController();
    await seed(1);
    for (const name of ['A', 'B', 'C']) {
      account.putPolicy(name, [idAt(0)], MAIL);
    }
    const api: Api = {
      ...account.api(),
      async updatePolicy(...given) {
        await account.api().updatePolicy(...given);
        cancel.abort();
      },
    };
    const [deletion] = await remove(targets, { detach: await detaching([idAt(0)], api), signal: cancel.signal });
    assert.equal(deletion?.outcome, 'skipped');
    assert.deepEqual(
      deletion?.removedFrom.map(({ name }) => name),
      ['A'],
    );
    assert.deepEqual([account.users(idAt(0)), account.requests('PUT').length, left()], [['B', 'C'], 1, 1]);
  });

  it('hands the signal to no call: a request that was sent is waited for', async () => {
    const { api, handed } = noteSignals(account.api());
    await seed(1, api);
    account.putPolicy('Mail too', [idAt(0)], MAIL);
    const { signal } = new AbortController();
    const deletions = await remove(targets, { detach: await detaching([idAt(0)], api), signal });
    assert.deepEqual([outcomes(deletions), handed], [['deleted'], []]);
  });

  it('changes no policy of a destination that another window works on, and keeps it', async () => {
    await seed(2);
    account.putPolicy('Mail too', [idAt(0), idAt(1)], MAIL);
    const files = createMemoryFiles();
    await makeLeases(() => 0, files, 'other').acquire(`${ACCOUNT}.${idAt(0)}`);
    const deletions = await remove(targets, {
      leases: makeLeases(() => 0, files),
      detach: await detaching([idAt(0), idAt(1)]),
    });
    const [first] = deletions;
    assert.deepEqual(outcomes(deletions), ['failed', 'deleted']);
    assert.ok(first?.outcome === 'failed' && (first.error as Error).name === 'LeaseTakenError');
    assert.deepEqual(account.webhooksOf('Mail too'), [idAt(0)]);
  });

  it('keeps a destination that another window works on under the other spelling of its ID', async () => {
    await seed(1);
    const [target] = targets;
    assert.ok(target);
    const dashed = idAt(0)
      .replace(/^(.{8})(.{4})/, '$1-$2-')
      .toUpperCase();
    const files = createMemoryFiles();
    await makeLeases(() => 0, files, 'other').acquire(keyOfDestination(ACCOUNT, dashed));
    assert.deepEqual(outcomes(await remove(targets, { leases: makeLeases(() => 0, files) })), ['failed']);
    const spelled = [{ ...target, destination: { ...target.destination, id: dashed } }];
    assert.deepEqual(outcomes(await remove(spelled, { leases: makeLeases(() => 0, files) })), ['failed']);
    assert.equal(left(), 1);
  });

  it('keeps a destination that the check refuses while its lease is held, changes no policy of it, and releases the lease', async () => {
    await seed(2);
    account.putPolicy('Mail too', [idAt(0), idAt(1)], MAIL);
    const leases = makeLeases();
    const isTaken = async () => leases.isTaken(`${ACCOUNT}.${idAt(0)}`);
    const held: boolean[] = [];
    const deletions = await remove(targets, {
      leases,
      detach: await detaching([idAt(0), idAt(1)]),
      async check({ destination }) {
        held.push(await leases.isTaken(`${ACCOUNT}.${destination.id}`));
        if (destination.id === idAt(0)) {
          throw new Error('kept');
        }
      },
    });
    assert.deepEqual([outcomes(deletions), held, await isTaken()], [['failed', 'deleted'], [true, true], false]);
    assert.deepEqual(account.webhooksOf('Mail too'), [idAt(0)]);
  });

  it('holds every lease while policies change, and releases each in the end', async () => {
    await seed(2);
    account.putPolicy('Mail too', [idAt(0)], MAIL);
    const leases = makeLeases();
    const isTaken = async (index: number) => leases.isTaken(`${ACCOUNT}.${idAt(index)}`);
    const seen: boolean[] = [];
    const api: Api = {
      ...account.api(),
      async updatePolicy(...given) {
        seen.push(await isTaken(0), await isTaken(1));
        await account.api().updatePolicy(...given);
      },
    };
    account.fail({ method: 'DELETE', path: deletionPath(idAt(1)), fault: { kind: 'status', status: 403 } });
    await remove(targets, { leases, detach: await detaching([idAt(0)], api) });
    assert.deepEqual([seen, await isTaken(0), await isTaken(1)], [[true, true], false, false]);
  });

  it('deletes nothing for which the lease was lost', async () => {
    await seed(1);
    account.putPolicy('Mail too', [idAt(0)], MAIL);
    const files = createMemoryFiles();
    let time = 0;
    const api: Api = {
      ...account.api(),
      async updatePolicy(...given) {
        await account.api().updatePolicy(...given);
        time += 60_000;
        await makeLeases(() => time, files, 'other').acquire(`${ACCOUNT}.${idAt(0)}`);
      },
    };
    const leases = makeLeases(() => time, files);
    const deletions = await remove(targets, { leases, detach: await detaching([idAt(0)], api) });
    assert.deepEqual([outcomes(deletions), left()], [['failed'], 1]);
  });
});

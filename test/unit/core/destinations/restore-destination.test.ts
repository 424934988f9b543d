import assert from 'node:assert/strict';
import type { UnansweredCreations } from '../../../../src/core/destinations/create-destination.ts';
import { deleteDestinations } from '../../../../src/core/destinations/delete-destinations.ts';
import { restoreDestination, type RestoreOptions } from '../../../../src/core/destinations/restore-destination.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { createIdSet } from '../../../../src/core/model/id.ts';
import { impactOf } from '../../../../src/core/policies/delete-impact.ts';
import { conflictAfterUpdate, failAfterUpdate, failAsRemoved, failWith, makeConnection } from '../api/fake-api.ts';
import { ACCOUNT, createLate, makeLeases, makeVirtualHost, useFakeAccount } from './fake-account.ts';

const MAIL = ['ops@example.com'];

describe('restore destination, against the fake', () => {
  const account = useFakeAccount();
  let deleted: Destination;
  let other: Destination;
  let policies: readonly Policy[];
  let unanswered: UnansweredCreations;

  beforeEach(async () => {
    unanswered = new Map();
    deleted = await account.put('D0');
    other = await account.put('D1');
  });

  async function remove(detached = false): Promise<void> {
    policies = await account.api().listPolicies(ACCOUNT);
    const existing = createIdSet([deleted.id, other.id]);
    const impacts = impactOf(policies, createIdSet([deleted.id]), existing);
    const target = { connection: makeConnection(ACCOUNT, account.api()), destination: deleted };
    await deleteDestinations([target], {
      host: makeVirtualHost(),
      leases: makeLeases(),
      detach: detached ? [{ api: account.api(), accountId: ACCOUNT, impacts, existing }] : [],
    });
  }
  const restore = async (changes: Partial<RestoreOptions> = {}) =>
    restoreDestination({
      api: account.api(),
      host: makeVirtualHost(),
      accountId: ACCOUNT,
      oldId: deleted.id,
      draft: { name: deleted.name, url: deleted.url },
      policies,
      unanswered,
      ...changes,
    });

  it('counts a policy as restored if Cloudflare accepted the update and it cannot be fetched afterwards', async () => {
    account.putPolicy('Mail too', [deleted.id], MAIL);
    await remove();
    const restored = await restore({ api: failAfterUpdate(account.api()) });
    assert.deepEqual([restored.restored.length, restored.failed], [1, []]);
  });

  it('counts a policy as restored that a colleague changed at the same time, and tells that it differs', async () => {
    account.putPolicy('Mail too', [deleted.id], MAIL);
    await remove();
    const restored = await restore({ api: conflictAfterUpdate(account.api()) });
    const told = [restored.restored.length, restored.failed, restored.conflicts.map(({ policyName }) => policyName)];
    assert.deepEqual([account.webhooksOf('Mail too'), ...told], [[restored.newId], 1, [], ['Mail too']]);
  });

  for (const detached of [false, true]) {
    it(`adds it to its policies again ${detached ? 'after it was removed from them' : 'that still hold the old ID'}`, async () => {
      account.putPolicy('Mail too', [deleted.id, other.id], MAIL);
      account.putPolicy('Only this', [deleted.id]);
      await remove(detached);
      const restored = await restore();
      assert.deepEqual([restored.restored.length, restored.failed], [2, []]);
      assert.deepEqual((account.webhooksOf('Mail too') ?? []).toSorted(), [restored.newId, other.id].toSorted());
      assert.deepEqual(account.webhooksOf('Only this'), [restored.newId]);
    });
  }

  it('restores what it can where one policy fails, and tells of it', async () => {
    account.putPolicy('One', [deleted.id], MAIL);
    account.putPolicy('Two', [deleted.id], MAIL);
    await remove();
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    const restored = await restore();
    assert.deepEqual([restored.restored.length, restored.failed.length], [1, 1]);
    assert.deepEqual(account.names(), ['D1', 'D0']);
  });

  it('creates nothing again when Undo is retried, and adds what is missing', async () => {
    account.putPolicy('One', [deleted.id], MAIL);
    account.putPolicy('Two', [deleted.id], MAIL);
    await remove();
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    const ids: string[] = [];
    const { newId } = await restore({ onCreated: (id) => void ids.push(id) });
    const again = await restore({ newId });
    assert.deepEqual([again.newId, again.restored.length, again.failed], [newId, 2, []]);
    assert.deepEqual([account.posts(), ids], [1, [newId]]);
    assert.deepEqual(account.users(newId), ['One', 'Two']);
  });

  it('finds what the first attempt created late, and does not create it twice', async () => {
    await remove();
    const late = createLate(account.api(), 5);
    await assert.rejects(restore({ api: late }), { kind: 'timeout' });
    const { newId } = await restore({ api: late });
    assert.deepEqual([account.stored(newId)?.name, account.posts()], ['D0', 1]);
  });

  it('does not take a namesake that was there before for the one it creates', async () => {
    const namesake = await account.put('D0', deleted.url);
    await remove();
    account.fail({ method: 'POST', fault: { kind: 'reset' }, after: true, times: 1 });
    const { newId } = await restore();
    assert.notEqual(newId, namesake.id);
    assert.equal(account.names().filter((name) => name === 'D0').length, 2);
  });

  it('points no policy at a destination of an earlier attempt that was deleted since, but creates it again', async () => {
    account.putPolicy('Mail too', [deleted.id], MAIL);
    await remove();
    const { newId: gone } = await restore();
    account.remove(gone);
    const { newId } = await restore({ newId: gone });
    assert.notEqual(newId, gone);
    assert.ok(account.webhooksOf('Mail too')?.includes(newId));
  });

  it('creates nothing where it cannot be read whether an earlier attempt created it', async () => {
    await remove();
    const { newId } = await restore();
    const api = { ...account.api(), getDestination: failWith({ kind: 'network' }) };
    await assert.rejects(restore({ api, newId }), { kind: 'network' });
    assert.equal(account.posts(), 1);
  });

  it('adds it to no policy of an account that is removed once it is created, and tells why', async () => {
    account.putPolicy('One', [deleted.id], MAIL);
    await remove();
    let isRemoved = false;
    const { failed } = await restoreDestination({
      get api() {
        return isRemoved ? failAsRemoved() : account.api();
      },
      host: makeVirtualHost(),
      accountId: ACCOUNT,
      oldId: deleted.id,
      draft: { name: deleted.name, url: deleted.url },
      policies,
      unanswered,
      onCreated: () => void (isRemoved = true),
    });
    assert.deepEqual(
      failed.map(({ policy, error }) => [policy.name, (error as Error).name]),
      [['One', 'AccountRemovedError']],
    );
    assert.equal(account.requests('PUT').length, 0);
  });

  it('tells the new ID before it changes a policy', async () => {
    account.putPolicy('One', [deleted.id], MAIL);
    await remove();
    const puts: number[] = [];
    await restore({ onCreated: () => void puts.push(account.requests('PUT').length) });
    assert.deepEqual([puts, account.requests('PUT').length], [[0], 1]);
  });

  it('takes the old ID out of a policy that holds both, and keeps the new one once', async () => {
    const policy = account.putPolicy('Both', [deleted.id], MAIL);
    await remove();
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    const { newId } = await restore();
    account.changePolicy({ ...policy, mechanisms: { webhooks: [{ id: deleted.id }, { id: newId }] } });
    const { restored } = await restore({ newId });
    assert.deepEqual([restored.length, account.webhooksOf('Both')], [1, [newId]]);
  });

  it('leaves out a policy that no longer exists', async () => {
    account.putPolicy('Kept', [deleted.id], MAIL);
    const { id } = account.putPolicy('Gone', [deleted.id], MAIL);
    await remove();
    account.removePolicy(id);
    const { restored, failed } = await restore();
    assert.deepEqual([restored.map(({ name }) => name), failed], [['Kept'], []]);
  });

  it('keeps what a colleague changed in a policy since it was deleted', async () => {
    const policy = account.putPolicy('Mail too', [deleted.id], MAIL);
    await remove();
    account.changePolicy({ ...policy, description: 'theirs' });
    await restore();
    assert.equal(account.policies()[0]?.description, 'theirs');
  });
});

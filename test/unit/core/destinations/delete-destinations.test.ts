import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { deleteDestinations } from '../../../../src/core/destinations/delete-destinations.ts';
import { impactOf } from '../../../../src/core/policies/delete-impact.ts';
import type { Located } from '../../../../src/core/monitoring/overview.ts';
import { restoreDestination } from '../../../../src/core/destinations/restore-destination.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { type FakeCloudflare, startFakeCloudflare } from '../../../fake-cloudflare/server.ts';
import { makeConnection } from '../api/fake-api.ts';
import { connectTo } from '../accounts/fake-connection.ts';

const ACCOUNT = 'a'.repeat(32);
const mail = [{ id: 'ops@example.com' }];

describe('deleting many and putting back, against the fake', () => {
  let fake: FakeCloudflare;
  let api: Api;
  let targets: readonly Located[];

  before(async () => {
    fake = await startFakeCloudflare();
    api = connectTo(fake);
  });
  after(() => fake.close());

  async function seed(count: number): Promise<void> {
    controls.reset(fake.world, { seed: 'empty' });
    controls.putToken(fake.world, { value: 'cfut_demo00000000000000000000000000000000000all' });
    controls.putAccount(fake.world, { id: ACCOUNT, name: 'Acme' });
    for (let index = 0; index < count; index += 1) {
      const url = `${fake.receiversUrl}/generic/${index}`;
      controls.putDestination(fake.world, { account: ACCOUNT, name: `D${index}`, url });
    }
    const connection = makeConnection(ACCOUNT, api);
    targets = (await api.listDestinations(ACCOUNT)).map((destination) => ({ connection, destination }));
  }

  const idAt = (index: number): string => targets[index]?.destination.id ?? assert.fail();
  const left = () => controls.destinations(fake.world, { account: ACCOUNT }).length;
  const putPolicy = (name: string, ids: readonly string[], email: readonly { id: string }[] = []) =>
    controls.putPolicy(fake.world, {
      account: ACCOUNT,
      name,
      mechanisms: { webhooks: ids.map((id) => ({ id })), ...(email.length > 0 ? { email } : {}) },
    });
  const webhooksOf = (name: string) =>
    controls
      .policies(fake.world, { account: ACCOUNT })
      .find((policy) => policy.name === name)
      ?.mechanisms.webhooks?.map(({ id }) => id);
  const detaching = async (deleted: readonly string[]) => [
    {
      api,
      accountId: ACCOUNT,
      impacts: impactOf(await api.listPolicies(ACCOUNT), new Set(deleted), new Set(targets.map((_, i) => idAt(i)))),
    },
  ];

  it('goes on past every failure and tells of each, in the order given', async () => {
    await seed(50);
    for (const index of [3, 17, 40]) {
      const path = `/accounts/*/alerting/v3/destinations/webhooks/${idAt(index)}`;
      controls.addFault(fake.world, { method: 'DELETE', path, fault: { kind: 'status', status: 403 } });
    }
    controls.removeDestination(fake.world, { account: ACCOUNT, id: idAt(20) });
    const told: string[] = [];
    const deletions = await deleteDestinations(targets, { onDone: ({ target }) => told.push(target.destination.id) });
    assert.deepEqual(
      deletions.map(({ target }) => target),
      targets,
    );
    const outcomes = deletions.map(({ outcome }) => outcome);
    assert.deepEqual(
      outcomes.flatMap((outcome, index) => (outcome === 'failed' ? [index] : [])),
      [3, 17, 40],
    );
    assert.equal(outcomes[20], 'alreadyGone');
    assert.equal(told.length, 50);
    assert.equal(left(), 3);
  });

  it('sends nothing more once it is cancelled, and tells what is left', async () => {
    await seed(20);
    const cancel = new AbortController();
    let done = 0;
    const deletions = await deleteDestinations(targets, {
      signal: cancel.signal,
      onDone() {
        done += 1;
        if (done === 5) {
          cancel.abort();
        }
      },
    });
    const skipped = deletions.filter(({ outcome }) => outcome === 'skipped').length;
    assert.ok(skipped >= 10 && skipped <= 15, `${skipped} of 20 were left`);
    assert.equal(left(), skipped);
  });

  it('takes them out of a policy all at once, and leaves none without a mechanism', async () => {
    await seed(3);
    putPolicy('Mail too', [idAt(0), idAt(1)], mail);
    putPolicy('Only these', [idAt(0), idAt(1)]);
    putPolicy('Another webhook', [idAt(1), idAt(2)]);
    const chosen = targets.slice(0, 2);
    const deletions = await deleteDestinations(chosen, { detach: await detaching([idAt(0), idAt(1)]) });
    assert.deepEqual(
      deletions.map(({ outcome }) => outcome),
      ['deleted', 'deleted'],
    );
    assert.deepEqual(webhooksOf('Mail too'), []);
    assert.deepEqual(webhooksOf('Only these'), [idAt(0), idAt(1)]);
    assert.deepEqual(webhooksOf('Another webhook'), [idAt(2)]);
  });

  it('keeps a destination whose policy could not be changed', async () => {
    await seed(2);
    putPolicy('Mail too', [idAt(0)], mail);
    controls.addFault(fake.world, { method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    const deletions = await deleteDestinations(targets, { detach: await detaching([idAt(0), idAt(1)]) });
    assert.deepEqual(
      deletions.map(({ outcome }) => outcome),
      ['failed', 'deleted'],
    );
    assert.equal(left(), 1);
  });

  it('tells what a destination that is kept was taken out of already', async () => {
    await seed(1);
    putPolicy('A', [idAt(0)], mail);
    putPolicy('B', [idAt(0)], mail);
    controls.addFault(fake.world, { method: 'DELETE', fault: { kind: 'status', status: 403 } });
    const [deletion] = await deleteDestinations(targets, { detach: await detaching([idAt(0)]) });
    assert.equal(deletion?.outcome, 'failed');
    assert.deepEqual(
      deletion?.takenOutOf.map(({ name }) => name),
      ['A', 'B'],
    );
  });

  for (const detached of [false, true]) {
    it(`puts it back into its policies ${detached ? 'after it was taken out of them' : 'that still hold the old ID'}`, async () => {
      await seed(2);
      putPolicy('Mail too', [idAt(0), idAt(1)], mail);
      putPolicy('Only this', [idAt(0)]);
      const policies = await api.listPolicies(ACCOUNT);
      const [target] = targets;
      assert.ok(target);
      await deleteDestinations([target], detached ? { detach: await detaching([idAt(0)]) } : {});
      const { name, url } = target.destination;
      const known = new Set([idAt(1)]);
      const restored = await restoreDestination(api, ACCOUNT, idAt(0), { name, url }, policies, known);
      assert.deepEqual([restored.putBack.length, restored.failed], [2, []]);
      assert.deepEqual((webhooksOf('Mail too') ?? []).toSorted(), [restored.newId, idAt(1)].toSorted());
      assert.deepEqual(webhooksOf('Only this'), [restored.newId]);
    });
  }

  it('puts back what it can where one policy fails, and tells of it', async () => {
    await seed(1);
    putPolicy('One', [idAt(0)], mail);
    putPolicy('Two', [idAt(0)], mail);
    const policies = await api.listPolicies(ACCOUNT);
    const [target] = targets;
    assert.ok(target);
    await deleteDestinations([target]);
    controls.addFault(fake.world, { method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    const { name, url } = target.destination;
    const restored = await restoreDestination(api, ACCOUNT, idAt(0), { name, url }, policies, new Set());
    assert.deepEqual([restored.putBack.length, restored.failed.length], [1, 1]);
    assert.equal(left(), 1);
  });
});

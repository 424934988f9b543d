import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import {
  type Assigned,
  type Assignment,
  assignPolicies,
  type AssignOptions,
  invert,
  planAssignments,
} from '../../../../src/core/policies/assign-policies.ts';
import { MissingDestinationsError } from '../../../../src/core/policies/change-policy.ts';
import { createTurns } from '../../../../src/core/policies/turns.ts';
import { conflictAfterUpdate, failAfterUpdate, failWith, noteSignals } from '../api/fake-api.ts';
import { ACCOUNT, makeVirtualHost, useFakeAccount, withUnreadable } from '../destinations/fake-account.ts';

describe('assign policies, against the fake', () => {
  const account = useFakeAccount();
  // The same for all calls, as in a window.
  const turns = createTurns();
  let [first, second] = ['', ''];

  beforeEach(async () => {
    first = (await account.put('first')).id;
    second = (await account.put('second')).id;
  });

  const plan = async (ids: readonly string[], selected: readonly string[]): Promise<readonly Assignment[]> => {
    const policies = await account.api().listPolicies(ACCOUNT);
    return planAssignments(
      policies,
      ids,
      new Set(policies.filter(({ name }) => selected.includes(name)).map(({ id }) => id)),
    );
  };
  const assign = async (
    assignments: readonly Assignment[],
    changes: Partial<AssignOptions> = {},
  ): Promise<readonly Assigned[]> =>
    assignPolicies(assignments, {
      api: account.api(),
      host: { ...makeVirtualHost(), ...turns },
      accountId: ACCOUNT,
      ...changes,
    });
  const outcomes = (assigned: readonly Assigned[]) =>
    Object.fromEntries(assigned.map(({ policy, outcome }) => [policy.name, outcome]));
  const puts = () => account.requests('PUT').length;

  it('can undo a change of a policy that could not be read after it', async () => {
    account.putPolicy('P', [first, second]);
    const removed = await assign(await plan([first], []), { api: failAfterUpdate(account.api()) });
    assert.deepEqual(account.webhooksOf('P'), [second]);
    await assign(invert(removed));
    assert.deepEqual(account.webhooksOf('P')?.toSorted(), [first, second].toSorted());
  });

  it('can undo a change of a policy that a colleague changed at the same time, and tells that it differs', async () => {
    account.putPolicy('P', [first, second]);
    const removed = await assign(await plan([first], []), { api: conflictAfterUpdate(account.api()) });
    const conflicts = removed.map((each) => each.outcome === 'changed' && each.conflict?.fields);
    assert.deepEqual([account.webhooksOf('P'), conflicts], [[second], [['description']]]);
    await assign(invert(removed));
    assert.deepEqual(account.webhooksOf('P')?.toSorted(), [first, second].toSorted());
  });

  it('plans only what the selection changes, and leaves a policy of some destinations alone', async () => {
    account.putPolicy('all', [first, second]);
    account.putPolicy('some', [first], ['a@example.com']);
    account.putPolicy('none', [], ['a@example.com']);
    const kinds = async (selected: readonly string[]) =>
      (await plan([first, second], selected)).map(({ policy, kind }) => [policy.name, kind]);
    assert.deepEqual(await kinds(['all']), []);
    assert.deepEqual(await kinds([]), [['all', 'remove']]);
    assert.deepEqual(await kinds(['all', 'some', 'none']), [
      ['some', 'add'],
      ['none', 'add'],
    ]);
  });

  it('adds and removes, writes each policy once, and undoes exactly what it changed', async () => {
    account.putPolicy('keep', [first], ['a@example.com']);
    account.putPolicy('drop', [first, second]);
    account.putPolicy('some', [second], ['a@example.com']);
    const assigned = await assign([
      ...(await plan([first, second], ['some'])).filter(({ policy }) => policy.name === 'some'),
      ...(await plan([first], ['keep'])),
    ]);
    assert.deepEqual(outcomes(assigned), { some: 'changed', drop: 'changed' });
    assert.deepEqual([account.webhooksOf('some'), account.webhooksOf('drop')], [[second, first], [second]]);
    assert.equal(puts(), 2);
    assert.deepEqual(outcomes(await assign(invert(assigned))), { some: 'changed', drop: 'changed' });
    assert.deepEqual([account.webhooksOf('some'), account.webhooksOf('drop')], [[second], [second, first]]);
    assert.deepEqual(account.webhooksOf('keep'), [first]);
  });

  it('hands the signal to no call that changes a policy: one that was sent is waited for', async () => {
    account.putPolicy('other', [second]);
    const { api, handed } = noteSignals(account.api());
    const { signal } = new AbortController();
    const assigned = await assign(await plan([first], ['other']), { api, signal });
    assert.deepEqual([outcomes(assigned), handed], [{ other: 'changed' }, ['listDestinations']]);
  });

  it('never leaves a policy without a recipient that exists', async () => {
    account.putPolicy('only', [first]);
    account.putPolicy('dangling', [first, 'deleted']);
    assert.deepEqual(outcomes(await assign(await plan([first], []))), { only: 'impossible', dangling: 'impossible' });
    assert.equal(puts(), 0);
  });

  it('sends nothing where a destination to add no longer exists', async () => {
    account.putPolicy('none', [], ['a@example.com']);
    const planned = await plan([first], ['none']);
    account.remove(first);
    const [assigned] = await assign(planned);
    assert.ok(assigned?.outcome === 'failed' && assigned.error instanceof MissingDestinationsError);
    assert.equal(puts(), 0);
  });

  it('adds a destination that exists and that an incomplete list does not show', async () => {
    account.putPolicy('P', [], ['a@example.com']);
    const api = withUnreadable(account.api(), second);
    assert.deepEqual(outcomes(await assign(await plan([second], ['P']), { api })), { P: 'changed' });
  });

  it('knows by its ID whether what an incomplete list does not show still receives alerts', async () => {
    account.putPolicy('other', [first, second]);
    account.putPolicy('dangling', [first, 'deleted']);
    const api = withUnreadable(account.api(), second);
    assert.deepEqual(outcomes(await assign(await plan([first], []), { api })), {
      other: 'changed',
      dangling: 'impossible',
    });
  });

  it('changes nothing where such a destination cannot be fetched either', async () => {
    account.putPolicy('other', [first, second]);
    const getDestination = failWith({ kind: 'network' });
    const api = { ...withUnreadable(account.api(), second), getDestination };
    await assert.rejects(assign(await plan([first], []), { api }), { kind: 'network' });
    const unreadable = { ...api, getDestination: failWith({ kind: 'protocol' }) };
    assert.deepEqual(outcomes(await assign(await plan([first], []), { api: unreadable })), { other: 'changed' });
  });

  it('goes on after a failure, a deleted policy and a policy that is already as selected', async () => {
    for (const name of ['a', 'b', 'c', 'd']) {
      account.putPolicy(name, [], ['a@example.com']);
    }
    const planned = await plan([first], ['a', 'b', 'c', 'd']);
    const idOf = (name: string) => planned.find(({ policy }) => policy.name === name)?.policy.id ?? assert.fail();
    account.fail({ method: 'PUT', path: `**/policies/${idOf('a')}`, fault: { kind: 'status', status: 403 } });
    account.removePolicy(idOf('b'));
    const policy = account.policies().find(({ name }) => name === 'c');
    assert.ok(policy);
    account.changePolicy({ ...policy, mechanisms: { webhooks: [{ id: first }] } });
    assert.deepEqual(outcomes(await assign(planned)), { a: 'failed', b: 'gone', c: 'unchanged', d: 'changed' });
  });

  it('changes four policies at a time and none after a cancellation', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      account.putPolicy(name, [], ['a@example.com']);
    }
    const planned = await plan([first], ['a', 'b', 'c', 'd', 'e', 'f']);
    const cancel = new AbortController();
    let running = 0;
    let most = 0;
    const api: Api = {
      ...account.api(),
      async updatePolicy(...args) {
        running += 1;
        most = Math.max(most, running);
        await account.api().updatePolicy(...args);
        running -= 1;
      },
    };
    const assigned = await assign(planned, { api, signal: cancel.signal, onDone: () => cancel.abort() });
    assert.ok(most <= 4 && most > 1, String(most));
    assert.deepEqual(
      assigned.map(({ outcome }) => outcome),
      ['changed', 'changed', 'changed', 'changed', 'skipped', 'skipped'],
    );
    assert.equal(puts(), 4);
  });

  it('sends a change once where its answer is lost, and tells the truth', async () => {
    for (const after of [true, false]) {
      account.clear();
      first = (await account.put('first')).id;
      account.putPolicy('lost', [], ['a@example.com']);
      account.fail({ method: 'PUT', fault: { kind: 'reset' }, after, times: 1 });
      const [assigned] = await assign(await plan([first], ['lost']));
      assert.equal(puts(), 1);
      assert.equal(assigned?.outcome, after ? 'changed' : 'failed');
      assert.equal(account.users(first).length, after ? 1 : 0);
    }
  });

  it('skips all changes where the user cancels while the destinations are fetched', async () => {
    account.putPolicy('P', [], ['a@example.com']);
    const assigned = await assign(await plan([first], ['P']), { signal: AbortSignal.abort() });
    assert.deepEqual([outcomes(assigned), puts()], [{ P: 'skipped' }, 0]);
  });

  it('sends nothing where the user cancels while an earlier change without an answer is waited for', async () => {
    account.putPolicy('lost', [], ['a@example.com']);
    account.fail({ method: 'PUT', fault: { kind: 'reset' }, times: 1 });
    await assign(await plan([first], ['lost']));
    const cancel = new AbortController();
    const sleep = async (): Promise<void> => {
      cancel.abort();
      cancel.signal.throwIfAborted();
    };
    const host = { ...makeVirtualHost(), ...turns, sleep };
    const assigned = await assign(await plan([second], ['lost']), { host, signal: cancel.signal });
    assert.deepEqual([outcomes(assigned), puts()], [{ lost: 'skipped' }, 1]);
  });

  /** What a colleague can do to a policy or destination at the same time. */
  const MEDDLING: Readonly<Record<string, (policyName: string) => void>> = {
    'renames the policy': (name) => change(name, { name: `${name} renamed` }),
    'disables the policy': (name) => change(name, { enabled: false }),
    'adds a recipient': (name) => change(name, { mechanisms: { webhooks: [{ id: second }] } }),
    'deletes the policy': (name) => {
      const policy = account.policies().find((each) => each.name === name);
      account.removePolicy(policy?.id ?? '');
    },
    'deletes the destination': () => account.remove(first),
  };
  function change(name: string, changes: object): void {
    const policy = account.policies().find((each) => each.name === name);
    if (policy) {
      account.changePolicy({ ...policy, ...changes });
    }
  }

  for (const [what, meddle] of Object.entries(MEDDLING)) {
    it(`reverts nothing silently while a colleague ${what} at any await`, async () => {
      for (let at = 0; at < 5; at += 1) {
        account.clear();
        first = (await account.put('first')).id;
        second = (await account.put('second')).id;
        account.putPolicy('P', [], ['a@example.com']);
        const planned = await plan([first], ['P']);
        let calls = 0;
        let isBetweenReadAndWrite = false;
        const seen: string[] = [];
        const spy =
          <Args extends readonly unknown[], T>(name: string, call: (...args: Args) => Promise<T>) =>
          async (...args: Args): Promise<T> => {
            if (calls === at) {
              isBetweenReadAndWrite = name === 'updatePolicy';
              meddle('P');
            }
            calls += 1;
            seen.push(name);
            return call(...args);
          };
        const real = account.api();
        const api: Api = {
          ...real,
          listDestinations: spy('listDestinations', async (...args: Parameters<Api['listDestinations']>) =>
            real.listDestinations(...args),
          ),
          getPolicy: spy('getPolicy', async (...args: Parameters<Api['getPolicy']>) => real.getPolicy(...args)),
          updatePolicy: spy('updatePolicy', async (...args: Parameters<Api['updatePolicy']>) =>
            real.updatePolicy(...args),
          ),
        };
        const before = account.policies()[0];
        const assigned = await assign(planned, { api }).catch(() => undefined);
        const [outcome] = assigned ?? [];
        const after = account.policies()[0];
        const label = `${what} before call ${at} of ${seen.join()}: ${outcome?.outcome ?? 'rejected'}`;
        if (outcome?.outcome === 'changed') {
          assert.ok(
            after?.mechanisms.webhooks?.some(({ id }) => id === first),
            label,
          );
        }
        // The API has no conditional update, so what happens between a read and the write is overwritten.
        if (at < calls && !isBetweenReadAndWrite && after && before) {
          const isReverted =
            (what.startsWith('renames') && after.name === 'P') ||
            (what.startsWith('disables') && after.enabled) ||
            (what.startsWith('adds') && !after.mechanisms.webhooks?.some(({ id }) => id === second));
          assert.ok(!isReverted, label);
        }
        assert.ok(seen.filter((name) => name === 'updatePolicy').length <= 1, label);
      }
    });
  }

  it('keeps both of two changes of one policy at the same time', async () => {
    account.putPolicy('P', [], ['a@example.com']);
    const [addFirst, addSecond] = [await plan([first], ['P']), await plan([second], ['P'])];
    const ends = await Promise.all([assign(addFirst), assign(addSecond)]);
    assert.deepEqual(ends.map(outcomes), [{ P: 'changed' }, { P: 'changed' }]);
    assert.deepEqual(account.webhooksOf('P')?.toSorted(), [first, second].toSorted());
  });
});

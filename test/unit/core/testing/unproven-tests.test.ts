import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { isSameId } from '../../../../src/core/model/id.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { chooseTests, splitConfirmed, testPolicies } from '../../../../src/core/testing/unproven-tests.ts';

function policy(id: string, webhooks: readonly string[], given: Partial<Policy> = {}): Policy {
  return { id, name: id, enabled: true, alertType: 'x', mechanisms: { webhooks }, whole: {}, ...given };
}

const at = (second: number): string => `2026-11-29T10:00:${String(second).padStart(2, '0')}Z`;

describe('choosing tests of unproved destinations', () => {
  it('reaches each destination that a policy reaches, and tests no policy in vain', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(ids)), fc.uniqueArray(ids), (used, wanted) => {
        const policies = used.map((webhooks, index) => policy(String(index), webhooks));
        const plan = chooseTests(policies, wanted);
        const reaches = (each: Policy, id: string): boolean => each.mechanisms['webhooks']?.includes(id) ?? false;
        for (const id of wanted) {
          const canBe = policies.some((each) => reaches(each, id));
          assert.equal(
            plan.policies.some((each) => reaches(each, id)),
            canBe,
          );
          assert.equal(plan.unreached.includes(id), !canBe);
        }
        assert.equal(new Set(plan.policies).size, plan.policies.length);
        assert.ok(plan.policies.every((each) => wanted.some((id) => reaches(each, id))));
      }),
    );
  });

  it('prefers an enabled policy, and then the one with the fewest recipients', () => {
    const disabled = policy('disabled', ['a'], { enabled: false });
    const loud = policy('loud', ['a'], { mechanisms: { webhooks: ['a'], email: ['x@example.com'] } });
    const quiet = policy('quiet', ['a']);
    assert.deepEqual(chooseTests([disabled, loud, quiet], ['a']).policies, [quiet]);
    assert.deepEqual(chooseTests([disabled, loud], ['a']).policies, [loud]);
  });

  it('matches IDs with and without dashes', () => {
    assert.equal(chooseTests([policy('p', ['AB'])], ['a-b']).unreached.length, 0);
  });
});

describe('confirmed policies', () => {
  it('are tested only if their recipients are still the same', () => {
    const withRecipients = (id: string, ...mail: readonly string[]): Policy => {
      const mechanisms = { webhooks: ['a'], email: mail };
      const toObjects = (ids: readonly string[]) => ids.map((each) => ({ id: each }));
      const whole = { mechanisms: { webhooks: toObjects(['a']), email: toObjects(mail) } };
      return policy(id, ['a'], { mechanisms, whole });
    };
    const confirmed = [withRecipients('same', 'x', 'y'), withRecipients('more', 'x'), withRecipients('deleted')];
    const now = [withRecipients('more', 'x', 'boss'), withRecipients('same', 'y', 'x'), withRecipients('new')];
    const { same, changed } = splitConfirmed(confirmed, now);
    assert.deepEqual(same, confirmed.slice(0, 1));
    assert.deepEqual(changed, confirmed.slice(1));
  });
});

/** An account whose destinations change by the tests. */
function createWorld(effects: Readonly<Record<string, (destination: Destination) => Destination>>) {
  let destinations: readonly Destination[] = ['a', 'b', 'c'].map((id) => ({ id, name: id, type: 'generic', url: '' }));
  const sent: string[] = [];
  const stop = new AbortController();
  const api = {
    listDestinations: async () => destinations,
    async testPolicy(_account: string, id: string) {
      sent.push(id);
      if (id === 'denied') {
        throw new ApiError({ kind: 'forbidden' });
      }
      if (id === 'refused') {
        throw new ApiError({ kind: 'rejected', status: 400 });
      }
      const effect = effects[id];
      destinations = destinations.map((each) => effect?.(each) ?? each);
    },
  } as unknown as Api;
  let polls = 0;
  const run = async (policies: readonly Policy[], ids: readonly string[]) =>
    testPolicies(
      {
        api,
        accountId: 'x',
        host: {
          async sleep(_milliseconds, signal) {
            polls += 1;
            signal?.throwIfAborted();
          },
        },
      },
      policies,
      ids,
      { onRead: () => {}, signal: stop.signal },
    );
  return { run, sent, stop, polls: () => polls };
}

describe('testing unproved destinations', () => {
  const all = [policy('first', ['a', 'b']), policy('second', ['c'])];
  const deliver = (destination: Destination): Destination =>
    destination.id === 'a' ? { ...destination, lastSuccess: at(1) } : { ...destination, lastFailure: at(1) };

  it('tells each receiver apart, and stops polling once all are known', async () => {
    const { run, sent, polls } = createWorld({ first: deliver, second: deliver });
    const { moved } = await run(all, ['a', 'b', 'c']);
    assert.deepEqual(Object.fromEntries(moved), { a: 'success', b: 'failure', c: 'failure' });
    assert.deepEqual(sent, ['first', 'second']);
    assert.equal(polls(), 1);
  });

  it('sends each test once, and says what showed nothing after a minute', async () => {
    const { run, sent, polls } = createWorld({});
    const { moved, isCanceled } = await run(all, ['a']);
    assert.deepEqual(Object.fromEntries(moved), { a: 'nothing' });
    assert.equal(isCanceled, false);
    assert.deepEqual(sent, ['first', 'second']);
    assert.equal(polls(), 11);
  });

  it('reports a refused test, and still tells what the other recipients received', async () => {
    const { run } = createWorld({ second: deliver });
    const { moved, problems } = await run([policy('refused', ['a']), ...all.slice(1)], ['a', 'c']);
    assert.deepEqual(
      problems.map(({ policy: { id } }) => id),
      ['refused'],
    );
    assert.equal(moved.get('c'), 'failure');
  });

  it('sends nothing more after it was canceled, and does not poll', async () => {
    const { run, sent, stop, polls } = createWorld({});
    stop.abort();
    const { unsent, moved, isCanceled } = await run(all, ['a']);
    assert.deepEqual(sent, []);
    assert.deepEqual(unsent, all);
    assert.equal(polls(), 0);
    assert.ok(isCanceled);
    assert.equal(moved.size, 0, 'a destination without a test has a result');
  });

  it('polls only destinations to which a test was sent, and that still exist', async () => {
    const { run, sent, polls } = createWorld({ first: deliver });
    const { moved, problems } = await run([policy('denied', ['c', 'gone']), ...all.slice(0, 1)], ['a', 'c', 'gone']);
    assert.deepEqual(sent, ['denied', 'first']);
    assert.equal(problems.length, 1);
    assert.deepEqual(Object.fromEntries(moved), { a: 'success' });
    assert.equal(polls(), 1);
    assert.equal((await run([policy('first', ['gone'])], ['gone'])).moved.size, 0);
    assert.equal(polls(), 1);
  });

  it('does not match other destinations', async () => {
    const { run } = createWorld({ first: deliver });
    const { moved } = await run(all, ['c']);
    assert.ok([...moved.keys()].every((id) => isSameId(id, 'c')));
  });
});

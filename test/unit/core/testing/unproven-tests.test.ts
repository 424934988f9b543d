import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import type { Limit } from '../../../../src/core/async/limit.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { isSameId } from '../../../../src/core/model/id.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { AccountRemovedError } from '../../../../src/core/monitoring/connection-now.ts';
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

  it('does not choose a policy without webhooks', () => {
    const mail = policy('mail', [], { mechanisms: { email: ['x@example.com'] } });
    assert.deepEqual(chooseTests([mail], ['a']), { policies: [], unreached: ['a'] });
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
function createWorld(
  effects: Readonly<Record<string, (destination: Destination) => Destination | undefined>>,
  onPoll: (count: number, stop: AbortController) => void = () => {},
) {
  let destinations: readonly Destination[] = ['a', 'b', 'c'].map((id) => ({ id, name: id, type: 'generic', url: '' }));
  const sent: string[] = [];
  const stop = new AbortController();
  const api = {
    async listDestinations() {
      lists += 1;
      onPoll(lists - 1, stop);
      return destinations;
    },
    async testPolicy(_account: string, id: string, signal?: AbortSignal) {
      assert.equal(signal, undefined, 'a test that was requested cannot be canceled');
      sent.push(id);
      const effect = effects[id] ?? ((each) => each);
      destinations = destinations.flatMap((each) => effect(each) ?? []);
      if (id === 'denied') {
        throw new ApiError({ kind: 'forbidden' });
      }
      if (id === 'refused') {
        throw new ApiError({ kind: 'rejected', status: 400 });
      }
      if (id === 'closed') {
        throw new Error('closed');
      }
      if (id === 'lost') {
        throw new ApiError({ kind: 'timeout' });
      }
    },
  } as unknown as Api;
  let lists = 0;
  let polls = 0;
  const seen: (readonly Destination[])[] = [];
  const run = async (policies: readonly Policy[], ids: readonly string[], limit?: Limit) =>
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
      { onRead: (read) => seen.push(read), signal: stop.signal, ...(limit ? { limit } : {}) },
    );
  return { run, sent, stop, seen, polls: () => polls };
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

  it('reports each destination by the ID that was asked for, whatever form Cloudflare writes it in', async () => {
    const { run } = createWorld({ first: deliver, second: deliver });
    const { moved } = await run(all, ['A', '-b-', 'c']);
    assert.deepEqual(Object.fromEntries(moved), { A: 'success', '-b-': 'failure', c: 'failure' });
  });

  it('sends each test once, and says what showed nothing after a minute', async () => {
    const { run, sent, polls } = createWorld({});
    const { moved, isCanceled } = await run(all, ['a']);
    assert.deepEqual(Object.fromEntries(moved), { a: 'nothing' });
    assert.equal(isCanceled, false);
    assert.deepEqual(sent, ['first', 'second']);
    assert.equal(polls(), 11);
  });

  for (const id of ['refused', 'lost']) {
    it(`reports a ${id} test, and still tells what its recipients received`, async () => {
      const { run, sent } = createWorld({ [id]: deliver, second: deliver });
      const { moved, problems } = await run([policy(id, ['a', 'b']), ...all.slice(1)], ['a', 'b', 'c']);
      assert.deepEqual(
        problems.map((problem) => problem.policy.id),
        [id],
      );
      assert.deepEqual(Object.fromEntries(moved), { a: 'success', b: 'failure', c: 'failure' });
      assert.deepEqual(sent, [id, 'second']);
    });
  }

  it('sends nothing more after an unexpected error', async () => {
    const { run, sent, polls } = createWorld({});
    await assert.rejects(run([policy('closed', ['a']), ...all], ['a']), { message: 'closed' });
    assert.deepEqual(sent, ['closed']);
    assert.equal(polls(), 0);
  });

  it('polls again after a fetch fails, and shows only destinations that it fetched', async () => {
    const { run, polls, seen } = createWorld({ first: deliver }, (count) => {
      if (count === 1) {
        throw new ApiError({ kind: 'network' });
      }
    });
    const { moved } = await run(all.slice(0, 1), ['a', 'b']);
    assert.deepEqual(Object.fromEntries(moved), { a: 'success', b: 'failure' });
    assert.equal(polls(), 2);
    assert.deepEqual(
      seen.map((read) => read.map((each) => each.lastSuccess ?? each.lastFailure)),
      [[at(1), at(1), at(1)]],
    );
  });

  it('has no result of a destination that was deleted after its test', async () => {
    const { run } = createWorld({ first: (each) => (each.id === 'a' ? undefined : deliver(each)) });
    const { moved, unread } = await run(all.slice(0, 1), ['a', 'b']);
    assert.deepEqual(Object.fromEntries(moved), { a: 'nothing', b: 'failure' });
    assert.deepEqual([...unread], ['a']);
  });

  for (const [what, isFailing, unreadIds] of [
    ['no poll succeeds', (count: number) => count > 0, ['a', 'b']],
    ['the last poll fails', (count: number) => count === 11, ['a', 'b']],
    ['only the last poll succeeds', (count: number) => count > 0 && count < 11, []],
  ] as const) {
    it(`knows whether nothing was seen, or nothing was read, where ${what}`, async () => {
      const { run } = createWorld({}, (count) => {
        if (isFailing(count)) {
          throw new ApiError({ kind: 'network' });
        }
      });
      const { moved, unread } = await run(all.slice(0, 1), ['a', 'b']);
      assert.deepEqual(Object.fromEntries(moved), { a: 'nothing', b: 'nothing' });
      assert.deepEqual([...unread], unreadIds);
    });
  }

  it('tells which tests were not sent where the user cancels while one waits to be sent', async () => {
    const { run, sent, stop } = createWorld({});
    let jobs = 0;
    const { unsent, moved, isCanceled } = await run(all, ['a', 'c'], async (job) => {
      jobs += 1;
      if (jobs === 3) {
        stop.abort();
      }
      stop.signal.throwIfAborted();
      return job();
    });
    assert.deepEqual([sent, unsent, isCanceled], [['first'], all.slice(1), true]);
    assert.deepEqual(Object.fromEntries(moved), { a: 'nothing' });
  });

  it('does not wait for a policy without webhooks', async () => {
    const { run, sent, polls } = createWorld({});
    const { moved } = await run([policy('mail', [], { mechanisms: { email: ['x@example.com'] } })], ['a']);
    assert.deepEqual([sent, moved.size, polls()], [['mail'], 0, 0]);
  });

  it('stops polling when the user cancels, and says so', async () => {
    const { run, sent, polls, seen } = createWorld({}, (count, stop) => {
      if (count === 2) {
        stop.abort();
      }
    });
    const { moved, unsent, isCanceled } = await run(all, ['a']);
    assert.deepEqual([Object.fromEntries(moved), unsent, isCanceled], [{ a: 'nothing' }, [], true]);
    assert.deepEqual(sent, ['first', 'second']);
    assert.deepEqual([polls(), seen.length], [3, 2]);
  });

  it('ends the polling when the account is removed, and keeps what was seen', async () => {
    const { run, polls } = createWorld({ first: (each) => (each.id === 'a' ? deliver(each) : each) }, (count) => {
      if (count === 2) {
        throw new AccountRemovedError();
      }
    });
    const { moved, unsent, isCanceled, removal } = await run(all.slice(0, 1), ['a', 'b']);
    assert.deepEqual([Object.fromEntries(moved), unsent, isCanceled], [{ a: 'success', b: 'nothing' }, [], true]);
    assert.ok(removal);
    assert.equal(polls(), 2);
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

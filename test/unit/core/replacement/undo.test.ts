import assert from 'node:assert/strict';
import type { Replacement } from '../../../../src/core/replacement/state.ts';
import { failWith, noteSignals } from '../api/fake-api.ts';
import { ACCOUNT, useFakeAccount } from '../destinations/fake-account.ts';
import { useReplacement } from './replacement-fixture.ts';

describe('undoing a replacement, against the fake', () => {
  const account = useFakeAccount();
  const fixture = useReplacement(account);
  const { begin, forward, undo, last } = fixture;
  const oldId = () => fixture.old().id;

  /** Stops after every policy has moved, right before the old one is deleted. */
  async function stop(): Promise<Replacement> {
    account.fail({ method: 'DELETE', fault: { kind: 'status', status: 403 }, times: 1 });
    await assert.rejects(forward(await begin()), { kind: 'forbidden' });
    assert.deepEqual(account.users(last().newId ?? ''), ['One', 'Two']);
    return last();
  }
  const isUndone = () => assert.deepEqual([account.users(oldId()), account.names()], [['One', 'Two'], ['Ops']]);

  it('moves every policy back, then deletes the new one', async () => {
    const { ending, state } = await undo(await stop());
    isUndone();
    assert.deepEqual([ending, state.stage], ['undone', 'closing']);
    assert.ok(state.policies.every(({ moved }) => !moved));
    assert.deepEqual([...new Set(fixture.states().map(({ stage }) => stage))].slice(-3), [
      'undoing',
      'removing',
      'closing',
    ]);
  });

  it('is refused once the old one is gone, and moves and deletes nothing', async () => {
    const state = await stop();
    account.remove(oldId());
    const before = account.policies();
    await assert.rejects(undo(state), { name: 'DestinationGoneError', which: 'old' });
    assert.deepEqual([account.policies(), account.names()], [before, ['Ops']]);
  });

  it('is refused while finishing, although the old one cannot be read', async () => {
    const state: Replacement = { ...(await stop()), stage: 'finishing' };
    const api = fixture.apiWith(() => ({ getDestination: failWith({ kind: 'network' }) }));
    await assert.rejects(undo(state, { api }), { name: 'DestinationGoneError', which: 'old' });
    assert.deepEqual(account.users(state.newId ?? ''), ['One', 'Two']);
  });

  it('is refused where the deletion of the old one took effect and its answer was lost', async () => {
    account.fail({ method: 'DELETE', fault: { kind: 'reset' }, after: true, times: 1 });
    const blind = fixture.apiWith((real) => ({
      getDestination: async (accountId, id) =>
        id === oldId() && fixture.states().at(-1)?.pending?.kind === 'deleteOld'
          ? failWith({ kind: 'network' })()
          : real.getDestination(accountId, id),
    }));
    await assert.rejects(forward(await begin(), { api: blind }), { kind: 'network' });
    assert.equal(last().pending?.kind, 'deleteOld');
    await assert.rejects(undo(last()), { name: 'DestinationGoneError', which: 'old' });
    assert.deepEqual(account.users(last().newId ?? ''), ['One', 'Two']);
    const { ending } = await forward(last());
    assert.deepEqual([ending, account.names()], ['done', ['Ops']]);
  });

  it('moves nothing back to an old one that a colleague deletes in between', async () => {
    const state = await stop();
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        const listed = await real.listPolicies(...given);
        account.remove(oldId());
        return listed;
      },
    }));
    await assert.rejects(undo(state, { api }), { name: 'DestinationGoneError', which: 'old' });
    assert.deepEqual(account.users(state.newId ?? ''), ['One', 'Two']);
  });

  it('does not delete the new one where the old one is deleted right before', async () => {
    const state = await stop();
    const persist = async (each: Replacement): Promise<void> => {
      await fixture.persist(each);
      if (each.stage === 'removing') {
        account.remove(oldId());
      }
    };
    await assert.rejects(undo(state, { persist }), { name: 'DestinationGoneError', which: 'old' });
    const { ending } = await forward(last());
    assert.deepEqual([ending, account.users(state.newId ?? ''), account.names()], ['done', ['One', 'Two'], ['Ops']]);
  });

  it('does not delete the new one where a colleague deleted the old one before the last list, and Finish moves its policies', async () => {
    const state = await stop();
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        if (last().stage === 'removing') {
          account.removeAndCut(oldId());
        }
        return real.listPolicies(...given);
      },
    }));
    const deletions = account.requests('DELETE').length;
    await assert.rejects(undo(state, { api }), { name: 'DestinationGoneError', which: 'old' });
    assert.equal(account.requests('DELETE').length, deletions);
    assert.equal((await forward(last())).ending, 'done');
    assert.deepEqual(account.users(last().newId ?? ''), ['One', 'Two']);
  });

  it('moves a policy back that a deletion by a colleague cut, although the next list could not show it', async () => {
    const state = await stop();
    const api = fixture.apiBesideHiddenDeletion(state.newId ?? '');
    assert.equal((await undo(state, { api })).ending, 'undone');
    isUndone();
  });

  it('stops between steps when canceled, persists that it is undone, and can go on', async () => {
    const state = await stop();
    const cancel = new AbortController();
    const persist = async (each: Replacement): Promise<void> => {
      await fixture.persist(each);
      if (each.policies.some(({ moved }) => !moved)) {
        cancel.abort(new Error('canceled'));
      }
    };
    await assert.rejects(undo(state, { persist, signal: cancel.signal }), /canceled/);
    assert.deepEqual(
      [last().stage, last().policies.map(({ moved }) => moved), account.users(oldId()), account.names().length],
      ['undoing', [false, true], ['One'], 2],
    );
    await undo(last());
    isUndone();
  });

  it('stops before it is about to delete when canceled during the last move, and hands the signal to no call', async () => {
    const state = await stop();
    const cancel = new AbortController();
    const persist = async (each: Replacement): Promise<void> => {
      await fixture.persist(each);
      if (each.policies.every(({ moved }) => !moved)) {
        cancel.abort(new Error('canceled'));
      }
    };
    const { api, handed } = noteSignals(account.api());
    await assert.rejects(undo(state, { api, persist, signal: cancel.signal }), /canceled/);
    assert.deepEqual([last().stage, handed], ['undoing', []]);
  });

  it('ignores a cancellation once the new one is deleted, and moves back what still names it', async () => {
    const state = await stop();
    const cancel = new AbortController();
    const api = fixture.apiWith((real) => ({
      async deleteDestination(...given) {
        account.putPolicy('Late', [state.newId ?? '']);
        await real.deleteDestination(...given);
        cancel.abort(new Error('canceled'));
      },
    }));
    const { ending } = await undo(state, { api, signal: cancel.signal });
    assert.deepEqual([ending, account.users(oldId())], ['undone', ['One', 'Two', 'Late']]);
  });

  it('persists that a mutation is pending before it sends it, and resumes after a kill at any step', async () => {
    let from = await stop();
    const first = fixture.states().length;
    await undo(from);
    const steps = fixture.states().length - first;
    assert.ok(steps > 6);
    for (let dies = 1; dies < steps; dies += 1) {
      await fixture.seed();
      from = await stop();
      const begun = fixture.states().length;
      const die = async (state: Replacement): Promise<void> => {
        await fixture.persist(state);
        if (fixture.states().length === begun + dies) {
          throw new Error('killed');
        }
      };
      await assert.rejects(undo(from, { persist: die }), /killed/);
      const { ending } = await undo(last());
      assert.equal(ending, 'undone', `killed at step ${dies}`);
      isUndone();
    }
  });

  it('deletes no new one that the user confirmed, and moves back only what this replacement moved', async () => {
    const state = await stop();
    const { id } = account.putPolicy('Theirs', [state.newId ?? '']);
    const { ending } = await undo({ ...state, origin: 'confirmed' });
    assert.deepEqual([ending, account.names().length, account.users(oldId())], ['undone', 2, ['One', 'Two']]);
    assert.deepEqual(account.users(state.newId ?? ''), ['Theirs']);
    assert.ok(id);
  });

  it('does not say undone where the old one is deleted during the last move back to it', async () => {
    const state: Replacement = { ...(await stop()), origin: 'confirmed' };
    const api = fixture.apiWith((real) => ({
      async updatePolicy(...given) {
        await real.updatePolicy(...given);
        if (account.users(oldId()).length === 2) {
          account.remove(oldId());
        }
      },
    }));
    await assert.rejects(undo(state, { api }), { name: 'DestinationGoneError', which: 'old' });
    const { ending } = await forward(last());
    assert.deepEqual([ending, account.users(state.newId ?? '')], ['done', ['One', 'Two']]);
  });

  it('moves back a policy that another client attached to the new one right before it is deleted', async () => {
    const state = await stop();
    let lists = 0;
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        lists += 1;
        if (lists === 3) {
          account.putPolicy('Attached', [state.newId ?? '']);
        }
        return real.listPolicies(...given);
      },
      async deleteDestination(...given) {
        assert.deepEqual(account.users(state.newId ?? ''), []);
        await real.deleteDestination(...given);
      },
    }));
    await undo(state, { api });
    assert.deepEqual(account.users(oldId()), ['One', 'Two', 'Attached']);
  });

  it('gives up after six rounds where another client attaches a policy in each of them, and deletes nothing', async () => {
    const state = await stop();
    const deletions = account.requests('DELETE').length;
    const { api, seen } = fixture.apiBesideAttaching(state.newId ?? '', 'removing');
    const conflict = { name: 'PolicyConflictError', policyName: 'Attached 6', fields: ['mechanisms'] };
    await assert.rejects(undo(state, { api }), conflict);
    assert.deepEqual(
      [seen.attached, account.users(state.newId ?? ''), [...seen.stages]],
      [6, ['Attached 6'], ['undoing']],
    );
    assert.equal(account.requests('DELETE').length, deletions);
  });

  it('moves a policy that holds both IDs back, and keeps the old one once', async () => {
    const state = await stop();
    const [one] = account.policies();
    assert.ok(one);
    account.changePolicy({ ...one, mechanisms: { webhooks: [{ id: oldId() }, { id: state.newId ?? '' }] } });
    await undo(state);
    assert.deepEqual(account.webhooksOf('One'), [oldId()]);
  });

  it('moves the policies back where the new one was deleted at Cloudflare', async () => {
    const state = await stop();
    account.remove(state.newId ?? '');
    const { ending } = await undo(state);
    assert.equal(ending, 'undone');
    isUndone();
  });

  it('moves the policies back, even if canceled, where a colleague deleted the new one: they deliver to none', async () => {
    const stopped = await stop();
    account.remove(stopped.newId ?? '');
    const { ending, state } = await undo(stopped, { signal: AbortSignal.abort(new Error('canceled')) });
    assert.deepEqual([ending, state.stage, last()], ['undone', 'closing', state]);
    isUndone();
    // One was refused while the replacement ran forward.
    assert.equal(account.requests('DELETE').length, 1);
  });

  it('says that it is undone once the new one is deleted, although no destination can be read any more', async () => {
    const state = await stop();
    let isDeleted = false;
    const api = fixture.apiWith((real) => ({
      async deleteDestination(...given) {
        await real.deleteDestination(...given);
        isDeleted = true;
      },
      getDestination: async (...given) => (isDeleted ? failWith({ kind: 'network' })() : real.getDestination(...given)),
    }));
    const { ending } = await undo(state, { api });
    assert.equal(ending, 'undone');
    isUndone();
  });

  it('goes on after it stopped when the new one was deleted', async () => {
    const state: Replacement = { ...(await stop()), stage: 'closing' };
    account.remove(state.newId ?? '');
    const { ending } = await undo(state);
    assert.equal(ending, 'undone');
    isUndone();
  });

  it('does not end before a lost deletion of the new one is settled, and deletes it once where it took effect', async () => {
    const state = await stop();
    account.fail({ method: 'DELETE', fault: { kind: 'reset' }, after: true, times: 1 });
    const { ending } = await undo(state);
    assert.equal(ending, 'undone');
    isUndone();
    // One was refused while the replacement ran forward.
    assert.equal(account.requests('DELETE').length, 2);
  });

  it('ends at once where nothing was created', async () => {
    const { ending } = await undo(await begin());
    assert.deepEqual([ending, account.requests('DELETE').length], ['undone', 0]);
    assert.ok(await account.api().getDestination(ACCOUNT, oldId()));
  });
});

import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { sha256, takeFingerprint } from '../../../../src/core/destinations/fingerprint.ts';
import { createMachine, type MachineOptions } from '../../../../src/core/replacement/machine.ts';
import type { Pending, Replacement } from '../../../../src/core/replacement/state.ts';
import { failWith, makeApi, makeDestination } from '../api/fake-api.ts';
import { makeVirtualHost } from '../destinations/fake-account.ts';
import { makePolicy, makeState } from './make-state.ts';

describe('replacement machine', () => {
  const gone = failWith({ kind: 'notFound', status: 404 });
  const offline = failWith({ kind: 'network' });
  const exists: Api['getDestination'] = async (_account, id) => makeDestination(id);
  const isGone = (goneId: string): Partial<Api> => ({
    getDestination: async (account, id) => (id === goneId ? gone() : exists(account, id)),
  });

  function open(from: Replacement, calls: Partial<Api> = {}, options: Partial<MachineOptions> = {}) {
    const persisted: Replacement[] = [];
    const host = makeVirtualHost();
    const persist = async (state: Replacement): Promise<void> => void persisted.push(state);
    const machine = createMachine(from, { api: makeApi(calls), host, persist, ...options });
    return { machine, persisted, slept: host.slept };
  }

  it('persists nothing where the stage may not follow', async () => {
    const { machine, persisted } = open(makeState('finishing', { newId: 'new' }));
    await assert.rejects(machine.advance({ stage: 'moving' }), /from finishing to moving/);
    assert.deepEqual([persisted, machine.state().stage], [[], 'finishing']);
  });

  describe('settling what is pending', () => {
    const makePending = (pending: Omit<Pending, 'sentAt'>, changes: Partial<Replacement> = {}) =>
      makeState('moving', { newId: 'new', ...changes, pending: { sentAt: makeVirtualHost().now(), ...pending } });
    const move = makePending({ kind: 'policy', policyId: 'p', to: 'new' });

    /** Policy answers one after another; the last one repeats. */
    function answer(...answers: readonly Api['getPolicy'][]): Partial<Api> {
      let looks = 0;
      return {
        getPolicy: async (account, id) => {
          assert.equal(id, 'p');
          looks += 1;
          return (answers[looks - 1] ?? answers.at(-1) ?? assert.fail())(account, id);
        },
      };
    }
    const moved = async () => makePolicy('new');
    const inBoth = async () => makePolicy('old', 'new');
    const unmoved = async () => makePolicy('old');

    for (const [what, calls, pauses] of [
      ['the policy delivers to its new destination', answer(moved), 0],
      ['the policy was deleted', answer(gone), 0],
      ['the policy delivers to its new destination at the third look', answer(unmoved, unmoved, moved), 2],
      ['the policy can be read again', answer(offline, offline, moved), 2],
      ['the policy no longer delivers to the other destination as well', answer(inBoth, inBoth, moved), 2],
    ] as const) {
      it(`ends as soon as ${what}`, async () => {
        const { machine, persisted, slept } = open(move, calls);
        await machine.settle();
        assert.deepEqual(slept, Array(pauses).fill(1000));
        assert.deepEqual(persisted, [makeState('moving', { newId: 'new' })]);
      });
    }

    it('waits until the mutation can no longer take effect, and persists that it is no longer pending', async () => {
      const { machine, persisted, slept } = open(move, answer(unmoved));
      await machine.settle();
      assert.equal(slept.length, 30);
      assert.deepEqual(persisted, [makeState('moving', { newId: 'new' })]);
    });

    it('ends after the same time on a clock that was set back in between', async () => {
      const slept: number[] = [];
      const host = {
        ...makeVirtualHost(),
        now: () => move.pending?.sentAt ?? 0,
        digest: sha256,
        async sleep(milliseconds: number): Promise<void> {
          slept.push(milliseconds);
          assert.ok(slept.length < 100, 'never ends');
        },
      };
      const { machine } = open(move, answer(unmoved), { host });
      await machine.settle();
      assert.deepEqual([slept.length, machine.state().pending], [30, undefined]);
    });

    it('stops when canceled in a pause, and the mutation stays pending', async () => {
      const cancel = new AbortController();
      const lookThenCancel = async () => {
        cancel.abort(new Error('canceled'));
        return unmoved();
      };
      const { machine, persisted, slept } = open(move, answer(lookThenCancel), { signal: cancel.signal });
      await assert.rejects(machine.settle(), /canceled/);
      assert.deepEqual([slept, persisted, machine.state()], [[], [], move]);
    });

    it('throws the error of the last look, and the mutation stays pending', async () => {
      const { machine, persisted, slept } = open(move, answer(offline));
      await assert.rejects(machine.settle(), { kind: 'network' });
      assert.deepEqual([slept.length, persisted, machine.state()], [30, [], move]);
    });

    it('asks the user at once where only the user can tell what was created', async () => {
      const url = 'https://hooks.slack.com/services/T/B/secret';
      const fingerprint = await takeFingerprint({ name: 'Ops', url }, 'salt', sha256);
      const { newId: _newId, ...creating } = makePending({ kind: 'create' }, { stage: 'creating', fingerprint });
      const candidate = makeDestination('new', { name: 'Ops', url: 'https://hooks.slack.com/services/' });
      const { machine, persisted, slept } = open(
        { ...creating, host: 'hooks.slack.com' },
        { listDestinations: async () => [candidate] },
      );
      await assert.rejects(machine.settle(), { name: 'UncertainCreationError' });
      assert.deepEqual([slept, persisted, machine.state().newId], [[], [], undefined]);
    });

    for (const [kind, id, stage] of [
      ['deleteOld', 'old', 'finishing'],
      ['deleteNew', 'new', 'closing'],
    ] as const) {
      it(`persists that a destination is gone (${kind})`, async () => {
        const from = makePending({ kind }, { stage: kind === 'deleteOld' ? 'deleting' : 'removing' });
        const { machine, persisted, slept } = open(from, isGone(id));
        await machine.settle();
        assert.deepEqual([slept, persisted], [[], [makeState(stage, { newId: 'new' })]]);
      });
    }
  });

  it('looks three times, within three seconds, for a creation without an answer', async () => {
    let looks = 0;
    const { machine, slept } = open(makeState('creating'), {
      createDestination: offline,
      async listDestinations() {
        looks += 1;
        return [];
      },
    });
    const draft = { name: 'Ops', url: 'https://example.com/' };
    await assert.rejects(machine.create(draft), { kind: 'network' });
    assert.deepEqual([looks, slept, machine.state().pending?.kind], [3, [1000, 1000, 1000], 'create']);
  });

  it('looks three times although it is canceled while the creation is sent', async () => {
    const cancel = new AbortController();
    const { machine, slept } = open(
      makeState('creating'),
      {
        async createDestination() {
          cancel.abort(new Error('canceled'));
          return offline();
        },
        listDestinations: async () => [],
      },
      { signal: cancel.signal },
    );
    await assert.rejects(machine.create({ name: 'Ops', url: 'https://example.com/' }), { kind: 'network' });
    assert.deepEqual(slept, [1000, 1000, 1000]);
  });

  for (const [which, stage, done] of [
    ['old', 'deleting', 'finishing'],
    ['new', 'removing', 'closing'],
  ] as const) {
    describe(`deleting the ${which} destination`, () => {
      const from = makeState(stage, { newId: 'new' });

      it('persists that it is gone where another client was faster (404)', async () => {
        const { machine, persisted } = open(from, { ...isGone(which), deleteDestination: gone });
        await machine.remove(which);
        assert.deepEqual([persisted.at(-1), machine.state()], [makeState(done, { newId: 'new' }), persisted.at(-1)]);
      });

      it('throws a 404 where the destination can still be read', async () => {
        const { machine } = open(from, { getDestination: exists, deleteDestination: gone });
        await assert.rejects(machine.remove(which), { kind: 'notFound' });
        assert.deepEqual(machine.state(), from);
      });

      it('throws a refusal as it is', async () => {
        const deleteDestination = failWith({ kind: 'forbidden' });
        const { machine } = open(from, { ...isGone(which), deleteDestination });
        await assert.rejects(machine.remove(which), { kind: 'forbidden' });
        assert.deepEqual(machine.state(), from);
      });

      it('deletes that destination and no other one', async () => {
        const deleted: string[] = [];
        const { machine, persisted } = open(from, {
          deleteDestination: async (_account, id) => void deleted.push(id),
        });
        await machine.remove(which);
        assert.deepEqual([deleted, persisted.at(-1)], [[which], makeState(done, { newId: 'new' })]);
      });
    });
  }

  describe('moving a policy', () => {
    const from = makeState('moving', { newId: 'new' });

    it('leaves nothing pending where the policy could not be read, because nothing was sent', async () => {
      const { machine, persisted } = open(from, { getPolicy: offline });
      await assert.rejects(machine.movePolicy({ policyId: 'p', from: 'old', to: 'new' }), { kind: 'network' });
      assert.deepEqual([persisted, machine.state()], [[], from]);
    });

    it('counts the time in which the update may take effect from when it was sent, however long fetching took', async () => {
      let time = 0;
      const { machine, persisted } = open(
        from,
        {
          async getPolicy() {
            time += 40_000;
            return makePolicy('old');
          },
          updatePolicy: offline,
        },
        { host: { ...makeVirtualHost(), now: () => time } },
      );
      await assert.rejects(machine.movePolicy({ policyId: 'p', from: 'old', to: 'new' }), { kind: 'network' });
      assert.equal(persisted.at(-1)?.pending?.sentAt, 40_000);
    });

    it('stays pending where the update was sent, and neither its answer nor the policy can be read', async () => {
      let isSent = false;
      const { machine, persisted } = open(from, {
        getPolicy: async () => (isSent ? offline() : makePolicy('old')),
        async updatePolicy() {
          isSent = true;
          return offline();
        },
      });
      await assert.rejects(machine.movePolicy({ policyId: 'p', from: 'old', to: 'new' }), { kind: 'network' });
      assert.deepEqual(persisted.at(-1)?.pending, { kind: 'policy', policyId: 'p', to: 'new', sentAt: 1_000_000 });
    });
  });

  describe('requiring that a destination exists', () => {
    for (const which of ['old', 'new'] as const) {
      it(`reads the ${which} destination once`, async () => {
        const read: string[] = [];
        const { machine } = open(makeState('moving', { newId: 'new' }), {
          async getDestination(account, id) {
            read.push(id);
            return exists(account, id);
          },
        });
        await machine.requireExists(which);
        assert.deepEqual(read, [which]);
      });

      it(`throws which one is gone: the ${which} one`, async () => {
        const { machine } = open(makeState('moving', { newId: 'new' }), isGone(which));
        await assert.rejects(machine.requireExists(which), { name: 'DestinationGoneError', which });
      });
    }

    it('throws the error of the request', async () => {
      const { machine } = open(makeState('moving', { newId: 'new' }), { getDestination: offline });
      await assert.rejects(machine.requireExists('old'), { kind: 'network' });
    });
  });
});

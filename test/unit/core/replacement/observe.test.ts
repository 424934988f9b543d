import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { sha256, takeFingerprint } from '../../../../src/core/destinations/fingerprint.ts';
import { observe } from '../../../../src/core/replacement/observe.ts';
import { nextSteps, type Observed, type Replacement } from '../../../../src/core/replacement/state.ts';
import { failWith, makeApi, makeDestination } from '../api/fake-api.ts';
import { makeVirtualHost } from '../destinations/fake-account.ts';
import { makePolicy, makeState } from './make-state.ts';

describe('observing a replacement', () => {
  const url = 'https://example.com/new';
  const created = makeDestination('new', { name: 'Ops', url });
  const gone = failWith({ kind: 'notFound', status: 404 });
  const calls: Partial<Api> = {
    getDestination: async (_account, id) => makeDestination(id),
    listDestinations: async () => [makeDestination('old'), created],
    listPolicies: async () => [makePolicy('old', 'new'), makePolicy('other'), makePolicy('old')],
  };
  const host = makeVirtualHost();
  const moving = makeState('moving', { newId: 'new' });
  const creating = async (changes: Partial<Replacement> = {}): Promise<Replacement> =>
    makeState('creating', {
      fingerprint: await takeFingerprint({ name: 'Ops', url }, 'salt', sha256),
      pending: { kind: 'create', sentAt: host.now() },
      ...changes,
    });
  const look = async (state: Replacement, changes: Partial<Api> = {}): Promise<Observed> =>
    observe(makeApi({ ...calls, ...changes }), state, host);

  const seen = {
    newId: 'new',
    old: 'exists',
    new: 'exists',
    isSettling: false,
    candidates: [],
    onOld: 2,
    onNew: 1,
    inNeither: [],
  };
  const untouched = { ...seen, newId: undefined, new: 'none', onNew: 0 };

  it('reads both destinations and counts their policies', async () => {
    assert.deepEqual(await look(moving), { ...seen, failure: undefined });
  });

  it('names the policies of the replacement that have neither destination', async () => {
    const policies = ['p', 'gone'].map((id) => ({ id, name: 'P', moved: false }));
    const listPolicies = async () => [makePolicy('other'), { ...makePolicy('other'), id: 'q' }];
    assert.deepEqual((await look({ ...moving, policies }, { listPolicies })).inNeither, ['p']);
  });

  it('takes what the stage knows to be gone for gone, even where Cloudflare still answers with it', async () => {
    const at = async (stage: 'finishing' | 'closing') => {
      const state = makeState(stage, { newId: 'new' });
      const observed = await look(state);
      return [observed.old, observed.new, nextSteps(state, observed)];
    };
    assert.deepEqual(await at('finishing'), ['gone', 'exists', ['finish']]);
    assert.deepEqual(await at('closing'), ['exists', 'gone', ['undo']]);
  });

  it('lists no destinations where no creation is pending, and takes none of them for the new one', async () => {
    const listDestinations = failWith({ kind: 'network' });
    const { pending: _pending, ...before } = await creating();
    assert.deepEqual(await look(before, { listDestinations }), { ...untouched, failure: undefined });
    const deleting = makeState('deleting', { newId: 'new', pending: { kind: 'deleteOld', sentAt: host.now() } });
    assert.deepEqual(await look(deleting, { listDestinations }), { ...seen, isSettling: true, failure: undefined });
  });

  it('finds the one that a pending creation made', async () => {
    assert.deepEqual(await look(await creating()), { ...seen, isSettling: true, failure: undefined });
  });

  it('knows of none while a pending creation is not visible', async () => {
    const listDestinations = async () => [makeDestination('old')];
    assert.deepEqual(await look(await creating(), { listDestinations }), {
      ...untouched,
      isSettling: true,
      failure: undefined,
    });
  });

  for (const [what, broken, observed] of [
    ['a destination', 'getDestination', { old: 'unknown', new: 'unknown' }],
    ['the policies', 'listPolicies', { onOld: undefined, onNew: undefined }],
  ] as const) {
    it(`never rejects where ${what} cannot be read, and has the error`, async () => {
      const { failure, ...rest } = await look(moving, { [broken]: failWith({ kind: 'timeout' }) });
      assert.deepEqual(rest, { ...seen, ...observed });
      assert.equal((failure as { kind?: unknown }).kind, 'timeout');
      assert.deepEqual(nextSteps(moving, rest), ['retry']);
    });
  }

  it('never rejects where a pending creation cannot be looked for, and has the error', async () => {
    const state = await creating();
    const { failure, ...rest } = await look(state, { listDestinations: failWith({ kind: 'timeout' }) });
    assert.deepEqual(rest, { ...untouched, new: 'unknown', isSettling: true });
    assert.equal((failure as { kind?: unknown }).kind, 'timeout');
    assert.deepEqual(nextSteps(state, rest), ['retry']);
  });

  it('has the first error where several things cannot be read', async () => {
    const { failure } = await look(await creating(), {
      listDestinations: failWith({ kind: 'timeout' }),
      getDestination: failWith({ kind: 'network' }),
    });
    assert.equal((failure as { kind?: unknown }).kind, 'timeout');
  });

  it('has no error where a destination is gone', async () => {
    const observed = await look(moving, { getDestination: gone });
    assert.deepEqual(observed, { ...seen, old: 'gone', new: 'gone', failure: undefined });
  });
});

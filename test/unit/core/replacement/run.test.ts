import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { decodePolicies } from '../../../../src/core/api/decode.ts';
import { takeFingerprint } from '../../../../src/core/destinations/fingerprint.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { changePolicy } from '../../../../src/core/policies/change-policy.ts';
import { parseReplacement, type Replacement } from '../../../../src/core/replacement/state.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { failWith, noteSignals } from '../api/fake-api.ts';
import { ACCOUNT, createLate, useFakeAccount } from '../destinations/fake-account.ts';
import { useReplacement } from './replacement-fixture.ts';

const POLICIES = '/accounts/*/alerting/v3/policies';

describe('replacing, against the fake', () => {
  const account = useFakeAccount();
  const fixture = useReplacement(account);
  const { begin, forward, undo, last, draft } = fixture;
  const oldId = () => fixture.old().id;

  async function assertReplaced(newId = ''): Promise<void> {
    assert.deepEqual([account.users(newId), account.users(oldId()), account.names()], [['One', 'Two'], [], ['Ops']]);
    await assert.rejects(account.api().getDestination(ACCOUNT, oldId()), { kind: 'notFound' });
  }

  it('creates, moves every policy and nothing else of it, deletes', async () => {
    const before = account.policies();
    const { ending, state } = await forward(await begin());
    const { newId = '' } = state;
    await assertReplaced(newId);
    const moved = JSON.parse(JSON.stringify(before).replaceAll(oldId(), newId)) as typeof before;
    assert.deepEqual(
      account.policies().map(({ modified: _modified, ...policy }) => policy),
      moved.map(({ modified: _modified, ...policy }) => policy),
    );
    assert.equal(ending, 'done');
    assert.deepEqual(
      fixture
        .states()
        .map(({ stage }) => stage)
        .filter((stage, index, all) => stage !== all[index - 1]),
      ['creating', 'moving', 'deleting', 'finishing'],
    );
  });

  it('persists neither URL nor secret', async () => {
    await forward(await begin());
    assert.doesNotMatch(JSON.stringify(fixture.states()), /receivers|generic|good/);
    assert.deepEqual(parseReplacement(JSON.parse(JSON.stringify(last()))), last());
  });

  it('persists that a mutation is pending before it sends it', async () => {
    const seen: (string | undefined)[] = [];
    const watch = async <T>(call: Promise<T>): Promise<T> => {
      seen.push(last().pending?.kind);
      return call;
    };
    const api = fixture.apiWith((real) => ({
      createDestination: async (...given) => watch(real.createDestination(...given)),
      updatePolicy: async (...given) => watch(real.updatePolicy(...given)),
      deleteDestination: async (...given) => watch(real.deleteDestination(...given)),
    }));
    await forward(await begin(), { api });
    assert.deepEqual(seen, ['create', 'policy', 'policy', 'deleteOld']);
  });

  const interruptions: readonly [string, Parameters<typeof account.fail>[0]][] = [
    ['the creation is refused', { method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 }],
    ['the creation is not answered and was not made', { method: 'POST', fault: { kind: 'reset' }, times: 1 }],
    ['the creation is answered by a proxy and was not made', { method: 'POST', fault: { kind: 'html' }, times: 1 }],
    ['the creation is answered with 500', { method: 'POST', fault: { kind: 'status', status: 500 }, times: 1 }],
    ['the policies cannot be listed', { method: 'GET', path: POLICIES, fault: { kind: 'html' }, times: 1 }],
    ['a policy cannot be read', { method: 'GET', path: `${POLICIES}/*`, fault: { kind: 'html' }, times: 1 }],
    ['a policy cannot be written', { method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 }],
    ['the write of a policy is lost', { method: 'PUT', fault: { kind: 'status', status: 500 }, times: 1 }],
    ['the old one cannot be deleted', { method: 'DELETE', fault: { kind: 'status', status: 403 }, times: 1 }],
    ['the deletion of the old one is lost', { method: 'DELETE', fault: { kind: 'reset' }, times: 1 }],
  ];
  for (const [when, fault] of interruptions) {
    it(`stops where ${when}, keeps the old one, and can be resumed`, async () => {
      account.fail(fault);
      await assert.rejects(forward(await begin()));
      assert.ok(await account.api().getDestination(ACCOUNT, oldId()));
      const { state } = await forward(last());
      await assertReplaced(state.newId);
    });

    it(`can be undone where ${when}`, async () => {
      account.fail(fault);
      await assert.rejects(forward(await begin()));
      const { ending } = await undo(last());
      assert.equal(ending, 'undone');
      assert.deepEqual([account.users(oldId()), account.names()], [['One', 'Two'], ['Ops']]);
      assert.ok(last().policies.every(({ moved }) => !moved));
    });
  }

  for (const [what, rule] of [
    ['a creation', { method: 'POST' }],
    ['a write of a policy', { method: 'PUT' }],
    ['the deletion of the old one', { method: 'DELETE' }],
  ] as const) {
    for (const fault of [{ kind: 'reset' }, { kind: 'html' }, { kind: 'status', status: 500 }] as const) {
      it(`settles the answer (${fault.kind}) of ${what} that took effect by looking, and goes on`, async () => {
        account.fail({ ...rule, fault, after: true, times: 1 });
        const { state } = await forward(await begin());
        await assertReplaced(state.newId);
        assert.deepEqual(
          [account.posts(), account.requests('PUT').length, account.requests('DELETE').length],
          [1, 2, 1],
        );
      });
    }
  }

  it('settles a creation that was canceled while it was sent, and sends no second one', async () => {
    const api = fixture.apiWith((real) => ({
      async createDestination(...given) {
        await real.createDestination(...given);
        throw new DOMException('canceled', 'AbortError');
      },
    }));
    const { state } = await forward(await begin(), { api });
    await assertReplaced(state.newId);
    assert.equal(account.posts(), 1);
  });

  it('finds a creation that becomes visible late before Resume sends a second one', async () => {
    const api = createLate(account.api(), 12);
    await assert.rejects(forward(await begin(), { api }), { kind: 'timeout' });
    assert.equal(last().pending?.kind, 'create');
    const { state } = await forward(last(), { api });
    assert.equal(state.origin, 'matched');
    await assertReplaced(state.newId);
    assert.equal(account.posts(), 1);
  });

  it('finds a creation that becomes visible late before Undo says that it is undone', async () => {
    const api = createLate(account.api(), 12);
    await assert.rejects(forward(await begin(), { api }));
    const { ending } = await undo(last(), { api });
    assert.deepEqual([ending, account.names(), account.users(oldId())], ['undone', ['Ops'], ['One', 'Two']]);
  });

  it('waits as long as a creation can still take effect, then needs the draft again', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(forward(await begin()), { kind: 'network' });
    const started = fixture.host().now();
    await assert.rejects(forward(last(), { draft: undefined }), { name: 'DraftNeededError' });
    assert.ok(fixture.host().now() - started >= 25_000);
    assert.equal(last().pending, undefined);
  });

  it('leaves nothing pending after a plain refusal of the creation (422)', async () => {
    account.fail({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 });
    await assert.rejects(forward(await begin()), { kind: 'rejected' });
    assert.deepEqual([last().stage, last().pending, last().newId], ['creating', undefined, undefined]);
  });

  it('resumes after a window was killed at any step, and makes no second one', async () => {
    // Where each state was persisted, the window dies: what follows is never run.
    await forward(await begin());
    const steps = fixture.states().length;
    assert.ok(steps > 8);
    for (let dies = 1; dies < steps; dies += 1) {
      await fixture.seed();
      const die = async (state: Replacement): Promise<void> => {
        await fixture.persist(state);
        if (fixture.states().length === dies) {
          throw new Error('killed');
        }
      };
      await assert.rejects(forward(await begin(), { persist: die }), /killed/);
      assert.ok(account.names().includes('Ops'));
      const { state } = await forward(last());
      await assertReplaced(state.newId);
      assert.equal(account.posts(), 1, `killed at step ${dies}`);
    }
  });

  it('resumes after a window was killed between any mutation and persisting its outcome, and makes no second one', async () => {
    for (let dies = 1; dies <= 4; dies += 1) {
      await fixture.seed();
      let mutations = 0;
      const dieAfter = async <T>(call: Promise<T>): Promise<T> => {
        const result = await call;
        mutations += 1;
        return mutations === dies ? new Promise(() => {}) : result;
      };
      const api = fixture.apiWith((real) => ({
        createDestination: async (...given) => dieAfter(real.createDestination(...given)),
        updatePolicy: async (...given) => dieAfter(real.updatePolicy(...given)),
        deleteDestination: async (...given) => dieAfter(real.deleteDestination(...given)),
      }));
      void forward(await begin(), { api });
      while (mutations < dies) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      const { state } = await forward(last());
      await assertReplaced(state.newId);
      assert.equal(account.posts(), 1, `killed after mutation ${dies}`);
      assert.deepEqual(
        state.policies.map(({ moved }) => moved),
        [true, true],
        `killed after mutation ${dies}`,
      );
    }
  });

  it('adopts, after a kill, the one that was created though its ID never arrived', async () => {
    const state = await begin({ pending: { kind: 'create', sentAt: fixture.host().now() } });
    const id = await account.api().createDestination(ACCOUNT, draft());
    const end = await forward(state, { draft: undefined });
    assert.deepEqual([end.state.newId, account.names()], [id, ['Ops']]);
  });

  for (const [what, name, path] of [
    ['name', 'Another', 'new'],
    ['URL', 'Ops', 'elsewhere'],
  ] as const) {
    it(`does not adopt one with another ${what}`, async () => {
      const state = await begin({ pending: { kind: 'create', sentAt: fixture.host().now() } });
      await account.put(name, account.hook(path));
      await assert.rejects(forward(state, { draft: undefined }), { name: 'DraftNeededError' });
      assert.deepEqual(account.names(), ['Ops', name]);
    });
  }

  it('does not adopt a namesake with the same URL that existed before the creation was sent', async () => {
    const twin = await account.put('Ops', account.hook('new'));
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(forward(await begin()), { kind: 'network' });
    assert.ok(last().knownIds.includes(twin.id));
    assert.equal(last().newId, undefined);
  });

  it('asks the user, and moves and deletes nothing, where the URL is cut', async () => {
    controls.changeSettings(account.world(), { urlSecrets: 'cut' });
    const url = 'https://hooks.slack.com/services/T/B/secret';
    const fingerprint = await takeFingerprint({ name: 'Ops', url }, 'salt', fixture.host().digest);
    const state = await begin({
      fingerprint,
      host: 'hooks.slack.com',
      pending: { kind: 'create', sentAt: fixture.host().now() },
    });
    await account.put('Ops', url, 'slack');
    await assert.rejects(forward(state), { name: 'UncertainCreationError' });
    await assert.rejects(undo(state), { name: 'UncertainCreationError' });
    assert.deepEqual(
      [account.users(oldId()), account.names()],
      [
        ['One', 'Two'],
        ['Ops', 'Ops'],
      ],
    );
  });

  it('needs the draft where a kill came before anything was created', async () => {
    await assert.rejects(forward(await begin(), { draft: undefined }), { name: 'DraftNeededError' });
  });

  it('stops between steps when canceled, and does not end what it created', async () => {
    const cancel = new AbortController();
    const stopAtFirstMove = async (state: Replacement): Promise<void> => {
      await fixture.persist(state);
      if (state.policies.some(({ moved }) => moved)) {
        cancel.abort(new Error('canceled'));
      }
    };
    await assert.rejects(forward(await begin(), { persist: stopAtFirstMove, signal: cancel.signal }), /canceled/);
    assert.deepEqual(
      last().policies.map(({ moved }) => moved),
      [true, false],
    );
    assert.equal(account.users(oldId()).length, 1);
    assert.equal(account.names().length, 2);
  });

  it('stops before it is about to delete when canceled during the last move', async () => {
    const cancel = new AbortController();
    const stopAfterMoves = async (state: Replacement): Promise<void> => {
      await fixture.persist(state);
      if (state.policies.length > 0 && state.policies.every(({ moved }) => moved)) {
        cancel.abort(new Error('canceled'));
      }
    };
    await assert.rejects(forward(await begin(), { persist: stopAfterMoves, signal: cancel.signal }), /canceled/);
    assert.equal(last().stage, 'moving');
  });

  it('hands the signal to no call: a mutation that was sent is waited for', async () => {
    const { api, handed } = noteSignals(account.api());
    await forward(await begin(), { api, signal: new AbortController().signal });
    assert.deepEqual(handed, []);
  });

  it('moves no policy where it is canceled while an earlier change of it, without an answer, is waited for', async () => {
    const [first] = await account.api().listPolicies(ACCOUNT);
    const { id: policyId } = first ?? assert.fail();
    account.fail({ method: 'PUT', fault: { kind: 'reset' }, times: 1 });
    const disabled = { change: ({ whole }: Policy) => ({ ...whole, enabled: false }), isChanged: () => false };
    const lost = changePolicy({ ...disabled, api: account.api(), host: fixture.host(), accountId: ACCOUNT, policyId });
    await assert.rejects(lost, { kind: 'network' });
    const cancel = new AbortController();
    const sleep: ReturnType<typeof fixture.host>['sleep'] = async (...given) => {
      cancel.abort();
      await fixture.host().sleep(...given);
    };
    const host = { ...fixture.host(), sleep };
    await assert.rejects(forward(await begin(), { host, signal: cancel.signal }), { name: 'AbortError' });
    assert.deepEqual([account.users(oldId()), account.requests('PUT').length], [['One', 'Two'], 1]);
    const { state } = await forward(last());
    await assertReplaced(state.newId);
  });

  it('ignores a cancellation once the old one is deleted, and moves what still names it', async () => {
    const cancel = new AbortController();
    const api = fixture.apiWith((real) => ({
      async deleteDestination(...given) {
        account.putPolicy('Late', [oldId()]);
        await real.deleteDestination(...given);
        cancel.abort(new Error('canceled'));
      },
    }));
    const { ending, state } = await forward(await begin(), { api, signal: cancel.signal });
    assert.equal(ending, 'done');
    assert.deepEqual(account.users(state.newId ?? ''), ['One', 'Two', 'Late']);
  });

  it('says so where Cloudflare takes a policy but does not change it', async () => {
    const deaf = fixture.apiWith(() => ({ updatePolicy: async () => {} }));
    await assert.rejects(forward(await begin(), { api: deaf }), { name: 'PolicyUnchangedError', policyName: 'One' });
    assert.ok(await account.api().getDestination(ACCOUNT, oldId()));
  });

  it('reports a conflict instead of overwriting where a policy differs after the write', async () => {
    const api = fixture.apiWith((real) => ({
      async updatePolicy(accountId, id, whole) {
        await real.updatePolicy(accountId, id, whole);
        const written = account.policies().find((each) => each.id === id) ?? assert.fail();
        account.changePolicy({ ...written, description: 'theirs' });
      },
    }));
    await assert.rejects(forward(await begin(), { api }), { name: 'PolicyConflictError', fields: ['description'] });
    assert.equal(account.policies()[0]?.description, 'theirs');
    assert.equal(account.requests('DELETE').length, 0);
  });

  it('keeps what a colleague changed in a policy since the policies were listed', async () => {
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        const listed = await real.listPolicies(...given);
        const two = account.policies().find(({ name }) => name === 'Two');
        if (two) {
          account.changePolicy({ ...two, description: 'theirs' });
        }
        return listed;
      },
    }));
    const { state } = await forward(await begin(), { api });
    await assertReplaced(state.newId);
    assert.equal(account.policies().find(({ name }) => name === 'Two')?.description, 'theirs');
  });

  it('keeps what another command of this window changes in a policy that is being moved', async () => {
    const { host } = fixture;
    let disabled: Promise<unknown> | undefined;
    const api = fixture.apiWith((real) => ({
      async updatePolicy(accountId, policyId, whole) {
        disabled ??= changePolicy({
          api: real,
          host: host(),
          accountId,
          policyId,
          change: (now) => ({ ...now.whole, enabled: false }),
          isChanged: ({ enabled }) => !enabled,
        });
        await real.getPolicy(accountId, policyId);
        await real.updatePolicy(accountId, policyId, whole);
      },
    }));
    await forward(await begin(), { api });
    assert.equal(await disabled, 'changed');
    assert.deepEqual(
      account.policies().map(({ name, enabled }) => [name, enabled]),
      [
        ['One', false],
        ['Two', false],
      ],
    );
  });

  it('lists the policies again right before it deletes the old one, and moves one attached meanwhile', async () => {
    let lists = 0;
    const api: Api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        lists += 1;
        if (lists === 3) {
          account.putPolicy('Attached', [oldId()]);
        }
        return real.listPolicies(...given);
      },
      async deleteDestination(...given) {
        assert.deepEqual(account.users(oldId()), []);
        await real.deleteDestination(...given);
      },
    }));
    const { state } = await forward(await begin(), { api });
    assert.deepEqual(account.users(state.newId ?? ''), ['One', 'Two', 'Attached']);
    assert.ok(lists > 3);
  });

  it('deletes nothing in favour of a new one that was deleted at Cloudflare', async () => {
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        if (last().policies.length > 0 && last().policies.every(({ moved }) => moved)) {
          account.remove(last().newId ?? '');
        }
        return real.listPolicies(...given);
      },
    }));
    await assert.rejects(forward(await begin(), { api }), { name: 'DestinationGoneError', which: 'new' });
    assert.ok(await account.api().getDestination(ACCOUNT, oldId()));
    assert.equal(account.requests('DELETE').length, 0);
  });

  it('deletes nothing where a colleague deleted the new one before the last list, and Undo gives its policies back', async () => {
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        if (last().stage === 'deleting') {
          account.removeAndCut(last().newId ?? '');
        }
        return real.listPolicies(...given);
      },
    }));
    await assert.rejects(forward(await begin(), { api }), { name: 'DestinationGoneError', which: 'new' });
    assert.equal(account.requests('DELETE').length, 0);
    assert.equal((await undo(last())).ending, 'undone');
    assert.deepEqual(account.users(oldId()), ['One', 'Two']);
  });

  it('lists the policies again after it found one that another client took out of both', async () => {
    const [, second] = account.policies();
    assert.ok(second);
    let lists = 0;
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        lists += last().stage === 'deleting' ? 1 : 0;
        if (lists === 1) {
          account.changePolicy({ ...second, mechanisms: { webhooks: [], email: [] } });
        } else if (lists === 2) {
          account.removeAndCut(last().newId ?? '');
        }
        return real.listPolicies(...given);
      },
    }));
    await assert.rejects(forward(await begin(), { api }), { name: 'DestinationGoneError', which: 'new' });
    assert.equal(account.requests('DELETE').length, 0);
    await undo(last());
    assert.deepEqual(account.users(oldId()), ['One']);
  });

  it('moves a policy that a deletion by a colleague cut, although the next list could not show it', async () => {
    const { ending, state } = await forward(await begin(), { api: fixture.apiBesideHiddenDeletion(oldId()) });
    assert.equal(ending, 'done');
    assert.deepEqual(account.users(state.newId ?? ''), ['One', 'Two']);
  });

  it('moves nothing to a new one that was deleted at Cloudflare', async () => {
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    await assert.rejects(forward(await begin()));
    account.remove(last().newId ?? '');
    const puts = account.requests('PUT').length;
    await assert.rejects(forward(last()), { name: 'DestinationGoneError', which: 'new' });
    assert.deepEqual([account.users(oldId()), account.requests('PUT').length], [['One', 'Two'], puts]);
  });

  it('does not take the 404 page of a proxy for a destination that is gone', async () => {
    account.fail({ method: 'DELETE', fault: { kind: 'html' }, times: 1 });
    await assert.rejects(forward(await begin()), { kind: 'protocol' });
    const api = fixture.apiWith(() => ({ getDestination: failWith({ kind: 'protocol', status: 404 }) }));
    await assert.rejects(forward(last(), { api }), { kind: 'protocol' });
    assert.equal(last().stage, 'deleting');
  });

  it('does not take an unknown account (7003) for a destination that is gone', async () => {
    account.fail({ method: 'DELETE', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(forward(await begin()));
    const api = fixture.apiWith(() => ({ getDestination: failWith({ kind: 'notFound', status: 404, codes: [7003] }) }));
    await assert.rejects(forward(last(), { api }), { kind: 'notFound' });
    assert.equal(last().stage, 'deleting');
  });

  it('moves a policy that holds both IDs, and keeps the new one once', async () => {
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 }, times: 1 });
    await assert.rejects(forward(await begin()));
    const { newId = '' } = last();
    const [one] = account.policies();
    assert.ok(one);
    account.changePolicy({ ...one, mechanisms: { webhooks: [{ id: oldId() }, { id: newId }] } });
    await forward(last());
    assert.deepEqual(account.webhooksOf('One'), [newId]);
  });

  for (const [when, changes] of [
    ['an Undo', { stage: 'undoing' }],
    ['an Undo that was about to delete the new one', { stage: 'removing' }],
  ] as const) {
    it(`goes forward again after ${when} stopped`, async () => {
      const created = await account.put('Ops', account.hook('new'));
      const { ending } = await forward(await begin({ newId: created.id, origin: 'created', ...changes }));
      assert.equal(ending, 'done');
      await assertReplaced(created.id);
      assert.deepEqual([account.posts(), account.requests('DELETE').length], [0, 1]);
    });

    it(`finishes after ${when} stopped and a colleague deleted the old one`, async () => {
      const created = await account.put('Ops', account.hook('new'));
      const from = await begin({ newId: created.id, origin: 'created', ...changes });
      account.remove(oldId());
      const { ending, state } = await forward(from);
      assert.deepEqual([ending, state.stage, last()], ['done', 'finishing', state]);
      await assertReplaced(created.id);
      assert.equal(account.requests('DELETE').length, 0);
    });
  }

  it('is refused where the new one was deleted by an Undo that was not answered, and moves and deletes nothing', async () => {
    const created = await account.put('Ops', account.hook('new'));
    const from = await begin({
      newId: created.id,
      origin: 'created',
      stage: 'removing',
      pending: { kind: 'deleteNew', sentAt: fixture.host().now() },
    });
    account.remove(created.id);
    const before = account.policies();
    await assert.rejects(forward(from), { name: 'DestinationGoneError', which: 'new' });
    assert.deepEqual([last().stage, last().pending], ['closing', undefined]);
    assert.deepEqual([account.policies(), account.names()], [before, ['Ops']]);
  });

  it('does not count a policy as moved of which a deletion by a colleague was seen, and not its own update', async () => {
    // Where Cloudflare takes a deleted destination out of policies.
    const [, second] = account.policies();
    assert.ok(second);
    const api = fixture.apiWith((real) => ({
      async updatePolicy(accountId, policyId, ...rest) {
        if (policyId !== second.id) {
          return real.updatePolicy(accountId, policyId, ...rest);
        }
        account.changePolicy({ ...second, mechanisms: { webhooks: [], email: [] } });
        await real.deleteDestination(ACCOUNT, oldId());
        return failWith({ kind: 'timeout' })();
      },
    }));
    await assert.rejects(forward(await begin(), { api }), { kind: 'timeout' });
    assert.equal(last().policies.find(({ id }) => id === second.id)?.moved, false);
    const { state } = await forward(last());
    assert.deepEqual(account.users(state.newId ?? ''), ['One', 'Two']);
  });

  it('gives a policy back at Undo whose update was accepted and could not be read, if a colleague deleted the new one', async () => {
    const [, second] = account.policies();
    assert.ok(second);
    let isUpdated = false;
    const api = fixture.apiWith((real) => ({
      async updatePolicy(accountId, policyId, ...rest) {
        await real.updatePolicy(accountId, policyId, ...rest);
        isUpdated ||= policyId === second.id;
        if (isUpdated) {
          // Where Cloudflare takes a deleted destination out of policies.
          await real.deleteDestination(ACCOUNT, last().newId ?? '');
          account.changePolicy({ ...second, mechanisms: { webhooks: [], email: [] } });
        }
      },
      getPolicy: async (...given) =>
        isUpdated ? failWith({ kind: 'forbidden', status: 403 })() : real.getPolicy(...given),
    }));
    await assert.rejects(forward(await begin(), { api }));
    assert.equal((await undo(last())).ending, 'undone');
    assert.deepEqual(account.users(oldId()), ['One', 'Two']);
  });

  it('ignores a cancellation where a colleague deleted the old one: its policies deliver to none', async () => {
    const created = await account.put('Ops', account.hook('new'));
    const from = await begin({ newId: created.id, origin: 'created', stage: 'moving' });
    account.remove(oldId());
    const { ending } = await forward(from, { signal: AbortSignal.abort(new Error('canceled')) });
    assert.equal(ending, 'done');
    assert.deepEqual(account.users(created.id), ['One', 'Two']);
  });

  it('says at its end where policies could not be read after the old one was deleted', async () => {
    const { state } = await forward(await begin());
    for (const skipped of [0, 1]) {
      const api = fixture.apiWith((real) => ({
        listPolicies: async (...given) => noteSkipped(await real.listPolicies(...given), skipped),
      }));
      assert.deepEqual(await forward(state, { api }), { ending: 'done', state, isPartial: skipped > 0 });
    }
  });

  it('finishes without a request for the old one, which is known to be gone', async () => {
    const created = await account.put('Ops', account.hook('new'));
    const from = await begin({ newId: created.id, origin: 'created', stage: 'finishing' });
    account.remove(oldId());
    const api = fixture.apiWith((real) => ({
      getDestination: async (accountId, id) =>
        id === oldId() ? failWith({ kind: 'network' })() : real.getDestination(accountId, id),
    }));
    const { ending } = await forward(from, { api });
    assert.equal(ending, 'done');
    await assertReplaced(created.id);
  });

  it('persists nothing for a list of policies that shows nothing new', async () => {
    const created = await account.put('Ops', account.hook('new'));
    for (const { id } of account.policies()) {
      account.removePolicy(id);
    }
    account.remove(oldId());
    await forward(await begin({ newId: created.id, origin: 'created', stage: 'finishing' }));
    assert.equal(fixture.states().length, 1);
  });

  it('sends no deletion where a colleague deleted the old one during the last move', async () => {
    const api = fixture.apiWith((real) => ({
      async updatePolicy(...given) {
        await real.updatePolicy(...given);
        if (account.users(oldId()).length === 0) {
          account.remove(oldId());
        }
      },
    }));
    const { ending, state } = await forward(await begin(), { api });
    assert.deepEqual([ending, state.stage, last()], ['done', 'finishing', state]);
    await assertReplaced(state.newId);
    assert.equal(account.requests('DELETE').length, 0);
  });

  it('gives up after six rounds where another client attaches a policy in each of them, and deletes nothing', async () => {
    const { api, seen } = fixture.apiBesideAttaching(oldId(), 'deleting');
    const conflict = { name: 'PolicyConflictError', policyName: 'Attached 6', fields: ['mechanisms'] };
    await assert.rejects(forward(await begin(), { api }), conflict);
    assert.deepEqual([seen.attached, account.users(oldId()), [...seen.stages]], [6, ['Attached 6'], ['moving']]);
    assert.equal(account.requests('DELETE').length, 0);
  });

  it('gives up after six lists where another client attaches a policy before each of them, and deletes nothing', async () => {
    const { api, seen } = fixture.apiBesideAttaching(oldId());
    const conflict = { name: 'PolicyConflictError', policyName: 'Attached 6', fields: ['mechanisms'] };
    await assert.rejects(forward(await begin(), { api }), conflict);
    assert.deepEqual([seen.attached, account.users(oldId())], [6, ['Attached 6']]);
    assert.equal(account.requests('DELETE').length, 0);
  });

  it('deletes neither destination while policies could not be read, one of which may use it', async () => {
    let isPartial = true;
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        const all = await real.listPolicies(...given);
        return isPartial ? decodePolicies(all.map(({ whole, name }) => (name === 'Two' ? {} : whole))) : all;
      },
    }));
    await assert.rejects(forward(await begin(), { api }), { name: 'UnreadPoliciesError', destinationName: 'Ops' });
    assert.deepEqual([account.users(oldId()), account.requests('DELETE').length], [['Two'], 0]);
    await assert.rejects(undo(last(), { api }), { name: 'UnreadPoliciesError' });
    assert.deepEqual([account.users(oldId()), account.requests('DELETE').length], [['One', 'Two'], 0]);
    isPartial = false;
    const { state } = await forward(last(), { api });
    await assertReplaced(state.newId);
  });

  it('skips a policy that was deleted meanwhile', async () => {
    const api = fixture.apiWith((real) => ({
      async getPolicy(accountId, id) {
        const one = account.policies().find(({ name }) => name === 'One');
        if (one?.id === id) {
          account.removePolicy(id);
        }
        return real.getPolicy(accountId, id);
      },
    }));
    const { ending, state } = await forward(await begin(), { api });
    assert.deepEqual([ending, account.users(state.newId ?? '')], ['done', ['Two']]);
  });

  it('sends nothing once it no longer owns the replacement', async () => {
    const lost = async (): Promise<never> => {
      throw new Error('lease lost');
    };
    await assert.rejects(forward(await begin(), { persist: lost }), /lease lost/);
    assert.deepEqual([account.posts(), account.requests('PUT').length], [0, 0]);
  });
});

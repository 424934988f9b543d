import assert from 'node:assert/strict';
import { SETTLING_TIME } from '../../../../src/core/api/deadlines.ts';
import type { SharedFiles } from '../../../../src/core/async/shared-files.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import { createReplacementController } from '../../../../src/core/replacement/controller.ts';
import { createReplacementRecords } from '../../../../src/core/replacement/records.ts';
import {
  keyOfReplacement,
  type Replacement,
  type Stage,
  type Step,
  TRANSITIONS,
} from '../../../../src/core/replacement/state.ts';
import { failWith } from '../api/fake-api.ts';
import { createMemoryFiles } from '../async/memory-files.ts';
import { ACCOUNT, makeLeases, useFakeAccount } from '../destinations/fake-account.ts';
import { useReplacement } from './replacement-fixture.ts';

describe('replacement controller, against the fake', () => {
  const account = useFakeAccount();
  const fixture = useReplacement(account);
  let files: ReturnType<typeof createMemoryFiles>;
  beforeEach(() => {
    files = createMemoryFiles();
  });

  const key = () => keyOfReplacement({ accountId: ACCOUNT, oldId: fixture.old().id });
  const records = () => createReplacementRecords(files);
  const open = (window: string, shared: SharedFiles = files) =>
    createReplacementController({
      records: createReplacementRecords(shared),
      leases: makeLeases(fixture.host().now, shared, window),
      host: fixture.host(),
      makeSalt: () => 'salt',
    });
  const start = async (api: Api = account.api(), onState?: (state: Replacement) => Promise<void>) =>
    open('A').start({
      api,
      accountId: ACCOUNT,
      old: fixture.old(),
      draft: fixture.draft(),
      ...(onState ? { onState } : {}),
    });
  const take = async (step: Exclude<Step, 'retry'>, window = 'B', api: Api = account.api()) =>
    open(window).take(step, { api, key: key(), draft: fixture.draft() });
  const steps = async (api: Api = account.api()) => (await open('B').look(api, key()))?.steps;
  const stop = async () => {
    account.fail({ method: 'DELETE', fault: { kind: 'status', status: 403 }, times: 1 });
    await assert.rejects(start(), { kind: 'forbidden' });
  };

  it('leaves no record after success', async () => {
    const { ending } = await start();
    assert.deepEqual([ending, await open('A').unfinished(), await files.names()], ['done', [], []]);
  });

  it('leaves nothing behind after a plain refusal of the creation (422), and can start again', async () => {
    account.fail({ method: 'POST', fault: { kind: 'status', status: 422 }, times: 1 });
    await assert.rejects(start(), { kind: 'rejected' });
    assert.deepEqual([await open('B').unfinished(), await files.names()], [[], []]);
    assert.equal((await start()).ending, 'done');
  });

  for (const [what, change] of [
    ['renamed', { name: 'Ops EU' }],
    ['pointed elsewhere', { url: 'https://eu.example/hook' }],
  ] as const) {
    it(`creates and deletes nothing where a colleague ${what} the destination since the user saw it`, async () => {
      const real = account.api();
      const listDestinations: Api['listDestinations'] = async (...given) =>
        (await real.listDestinations(...given)).map((each) => ({ ...each, ...change }));
      await assert.rejects(start({ ...real, listDestinations }), { name: 'DestinationConflictError' });
      assert.deepEqual([account.requests('POST').length, account.names(), await files.names()], [0, ['Ops'], []]);
    });
  }

  it('does not start over one whose record cannot be read', async () => {
    await stop();
    const read: SharedFiles['read'] = async (name) => {
      if (name.endsWith('.replacement.json')) {
        throw new Error('EBUSY');
      }
      return files.read(name);
    };
    const again = open('B', { ...files, read });
    const given = { api: account.api(), accountId: ACCOUNT, old: fixture.old(), draft: fixture.draft() };
    await assert.rejects(again.start(given), /EBUSY/);
    await assert.rejects(again.checkFree(account.api(), ACCOUNT, fixture.old().id), /EBUSY/);
    assert.deepEqual([account.requests('POST').length, await steps()], [1, ['resume', 'undo', 'keepBoth']]);
  });

  it('ends also where its lease cannot be released', async () => {
    const remove: SharedFiles['remove'] = async (name) => {
      if (!name.endsWith('.replacement.json')) {
        throw new Error('EBUSY');
      }
      await files.remove(name);
    };
    const rename: SharedFiles['rename'] = async () => {
      throw new Error('EBUSY');
    };
    const { ending } = await open('A', { ...files, remove, rename }).start({
      api: account.api(),
      accountId: ACCOUNT,
      old: fixture.old(),
      draft: fixture.draft(),
    });
    assert.equal(ending, 'done');
  });

  it('keeps the record of one whose creation was not answered', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(start(), { kind: 'network' });
    assert.deepEqual(await steps(), ['resume', 'undo']);
  });

  it('stops when canceled, forward and back, and offers to go on', async () => {
    const cancelAt = (stage: Stage) => {
      const cancel = new AbortController();
      const onState = async (state: Replacement): Promise<void> => {
        if (state.stage === stage) {
          cancel.abort(new Error('canceled'));
        }
      };
      return { signal: cancel.signal, onState };
    };
    const [api, draft] = [account.api(), fixture.draft()];
    const forward = open('A').start({ api, accountId: ACCOUNT, old: fixture.old(), draft, ...cancelAt('moving') });
    await assert.rejects(forward, /canceled/);
    assert.deepEqual(
      [account.users(fixture.old().id), await steps()],
      [
        ['One', 'Two'],
        ['resume', 'undo', 'keepBoth'],
      ],
    );
    account.fail({ method: 'DELETE', fault: { kind: 'status', status: 403 }, times: 1 });
    await assert.rejects(take('resume'), { kind: 'forbidden' });
    const back = open('B').take('undo', { api, key: key(), ...cancelAt('undoing') });
    await assert.rejects(back, /canceled/);
    assert.deepEqual([account.users(fixture.old().id), await steps()], [[], ['undo', 'resume', 'keepBoth']]);
    assert.equal((await take('undo')).ending, 'undone');
  });

  it('does not start over one that stopped half-done, and keeps its record', async () => {
    await stop();
    const before = await records().get(key());
    await assert.rejects(start(), { name: 'UnfinishedReplacementError' });
    assert.deepEqual([await records().get(key()), account.posts()], [before, 1]);
  });

  it('offers Resume, Undo and Keep Both for one that stopped, to every window', async () => {
    await stop();
    assert.deepEqual(await steps(), ['resume', 'undo', 'keepBoth']);
  });

  it('refuses Undo where the old one was deleted although the deletion was not answered, and offers to finish', async () => {
    // The story of the issue: the deletion succeeds, its answer and the look at it are lost, and the user presses Undo.
    account.fail({ method: 'DELETE', fault: { kind: 'reset' }, after: true, times: 1 });
    let isDeleted = false;
    const blind = fixture.apiWith((real) => ({
      async deleteDestination(...given) {
        isDeleted = true;
        await real.deleteDestination(...given);
      },
      getDestination: async (...given) => (isDeleted ? failWith({ kind: 'network' })() : real.getDestination(...given)),
    }));
    await assert.rejects(start(blind), { kind: 'network' });
    const newId = (await records().get(key()))?.newId ?? '';
    assert.deepEqual(await steps(), ['finish']);
    await assert.rejects(take('undo'), { name: 'StepUnavailableError', reason: 'changed' });
    assert.deepEqual(account.users(newId), ['One', 'Two']);
    assert.ok(await account.api().getDestination(ACCOUNT, newId));
    assert.equal((await take('finish')).ending, 'done');
  });

  it('a notification that outlived its state does nothing but say so', async () => {
    await stop();
    await take('resume');
    const before = account.policies();
    for (const step of ['resume', 'undo', 'keepBoth', 'finish', 'close', 'adopt'] as const) {
      await assert.rejects(take(step, 'A'), { name: 'StepUnavailableError', reason: 'ended' });
    }
    assert.deepEqual(account.policies(), before);
  });

  it('gives the error of reading where Cloudflare cannot be read, and takes no step', async () => {
    await stop();
    const offline = fixture.apiWith(() => ({ listPolicies: failWith({ kind: 'network' }) }));
    assert.deepEqual(await steps(offline), ['retry']);
    await assert.rejects(take('undo', 'B', offline), { kind: 'network' });
  });

  it('does not say that the destinations changed where only a destination cannot be read', async () => {
    await stop();
    const blind = fixture.apiWith(() => ({ getDestination: failWith({ kind: 'timeout' }) }));
    assert.deepEqual(await steps(blind), ['retry']);
    await assert.rejects(take('undo', 'B', blind), { kind: 'timeout' });
    assert.equal((await take('undo')).ending, 'undone');
  });

  describe('where Cloudflare takes a destination that a colleague deletes out of the policies', () => {
    const deleteAndClean = (id: string): void => {
      account.remove(id);
      for (const policy of account.policies()) {
        const webhooks = policy.mechanisms.webhooks?.filter((each) => each.id !== id);
        account.changePolicy({ ...policy, mechanisms: { ...policy.mechanisms, ...(webhooks ? { webhooks } : {}) } });
      }
    };
    /** Stops after the first policy has moved. Returns the ID of the new destination. */
    const stopHalfway = async (): Promise<string> => {
      const { id } = account.policies().find(({ name }) => name === 'Two') ?? assert.fail();
      const path = `/accounts/*/alerting/v3/policies/${id}`;
      account.fail({ method: 'PUT', path, fault: { kind: 'status', status: 403 }, times: 1 });
      await assert.rejects(start(), { kind: 'forbidden' });
      const [state] = await open('A').unfinished();
      assert.deepEqual(
        state?.policies.map(({ moved }) => moved),
        [true, false],
      );
      return state?.newId ?? assert.fail();
    };

    it('gives its policies the new one at Finish', async () => {
      const newId = await stopHalfway();
      deleteAndClean(fixture.old().id);
      const { ending, state } = await take('finish');
      const moved = state.policies.filter((each) => each.moved).map(({ name }) => name);
      assert.deepEqual([ending, account.users(newId), moved], ['done', ['One', 'Two'], ['One', 'Two']]);
    });

    it('offers Undo, which gives the policies that had moved the old one', async () => {
      deleteAndClean(await stopHalfway());
      assert.deepEqual(await steps(), ['undo', 'close']);
      assert.equal((await take('undo')).ending, 'undone');
      assert.deepEqual(account.users(fixture.old().id), ['One', 'Two']);
    });

    it('gives its policies the old one where the new one goes during Undo', async () => {
      const newId = await stopHalfway();
      const real = account.api();
      const api: Api = {
        ...real,
        async updatePolicy(...given) {
          deleteAndClean(newId);
          return real.updatePolicy(...given);
        },
      };
      await take('undo', 'B', api);
      assert.deepEqual(account.users(fixture.old().id), ['One', 'Two']);
    });

    it('leaves a policy alone that was never on the deleted one, and can be closed', async () => {
      const newId = await stopHalfway();
      const two = account.policies().find(({ name }) => name === 'Two') ?? assert.fail();
      account.changePolicy({ ...two, mechanisms: { webhooks: [], email: [{ id: 'a@example.com' }] } });
      const one = account.policies().find(({ name }) => name === 'One') ?? assert.fail();
      account.changePolicy({ ...one, mechanisms: { ...one.mechanisms, webhooks: [{ id: fixture.old().id }] } });
      account.remove(newId);
      assert.deepEqual(await steps(), ['close']);
      assert.deepEqual(account.webhooksOf('Two'), []);
    });

    it('adds nothing at Finish to a policy that a colleague took the new one out of', async () => {
      const from = await fixture.begin();
      const { state } = await fixture.forward(from);
      await records().put({ ...state, stage: 'finishing' });
      const two = account.policies().find(({ name }) => name === 'Two') ?? assert.fail();
      account.changePolicy({ ...two, mechanisms: { webhooks: [], email: [{ id: 'a@example.com' }] } });
      assert.equal((await take('finish')).ending, 'done');
      assert.deepEqual(account.webhooksOf('Two'), []);
    });

    it('leaves a policy alone that a colleague took the old one out of, and does not count it as moved', async () => {
      await stopHalfway();
      const two = account.policies().find(({ name }) => name === 'Two') ?? assert.fail();
      account.changePolicy({ ...two, mechanisms: { webhooks: [], email: [{ id: 'a@example.com' }] } });
      const { ending, state } = await take('resume');
      const names = state.policies.map(({ name, moved, mark }) => [name, moved, mark]);
      const expected = [
        ['One', true, undefined],
        ['Two', false, 'detached'],
      ];
      assert.deepEqual([ending, names, account.webhooksOf('Two')], ['done', expected, []]);
    });
  });

  it('offers nothing in a second window while the first one works, and sends nothing there', async () => {
    let seen: unknown;
    await start(account.api(), async ({ stage, pending }) => {
      if (stage === 'moving' && !pending && seen === undefined) {
        const look = await open('B').look(account.api(), key());
        seen = [look?.isBusy, look?.steps];
        await assert.rejects(take('resume'), { name: 'LeaseTakenError' });
        await assert.rejects(take('undo'), { name: 'LeaseTakenError' });
      }
    });
    assert.deepEqual(seen, [true, []]);
    assert.equal(account.posts(), 1);
  });

  it('sends nothing after another window took over the lease of a suspended one, and keeps its record', async () => {
    let taken = false;
    const running = start(account.api(), async ({ stage }) => {
      if (stage === 'moving' && !taken) {
        taken = true;
        // The machine was suspended: no heartbeat came for longer than a lease lasts.
        await fixture.host().sleep(60_000);
        account.fail({ method: 'DELETE', fault: { kind: 'status', status: 403 }, times: 1 });
        await assert.rejects(take('resume'), { kind: 'forbidden' });
        await makeLeases(fixture.host().now, files, 'B').acquire(key());
      }
    });
    await assert.rejects(running, { name: 'LeaseTakenError' });
    assert.equal((await records().get(key()))?.stage, 'deleting');
    assert.equal(account.requests('DELETE').length, 1);
  });

  it('a window that lost its lease before it sent anything removes no record of the new owner', async () => {
    const theirs = await fixture.begin({ stage: 'moving', newId: 'n'.repeat(32), origin: 'created' });
    const api = fixture.apiWith((real) => ({
      async getDestination(...given) {
        await fixture.host().sleep(60_000);
        await makeLeases(fixture.host().now, files, 'B').acquire(key());
        await records().put(theirs);
        return real.getDestination(...given);
      },
    }));
    await assert.rejects(start(api), { name: 'LeaseTakenError' });
    assert.deepEqual(await records().get(key()), theirs);
  });

  it('a look that another window takes right after the start says busy, and keeps the record', async () => {
    const seen: unknown[] = [];
    const { ending } = await start(account.api(), async ({ stage, pending }) => {
      if (stage === 'creating' && !pending) {
        const look = await open('B').look(account.api(), key());
        seen.push(look?.isBusy, look?.steps, (await records().get(key()))?.stage);
      }
    });
    assert.deepEqual([seen, ending], [[true, [], 'creating'], 'done']);
  });

  it('has nothing to look at where no replacement was started, and asks Cloudflare nothing', async () => {
    const api = fixture.apiWith(() => ({ listPolicies: failWith({ kind: 'network' }) }));
    assert.equal(await open('B').look(api, key()), undefined);
  });

  it('a look at one that stopped reads Cloudflare once', async () => {
    let lists = 0;
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        lists += 1;
        return real.listPolicies(...given);
      },
    }));
    await stop();
    const { newId = '' } = (await records().get(key())) ?? assert.fail();
    assert.deepEqual([await steps(api), lists], [['resume', 'undo', 'keepBoth'], 1]);
    account.remove(fixture.old().id);
    account.remove(newId);
    assert.deepEqual([await steps(api), lists], [['close'], 2]);
  });

  it('keeps the record of one that touched nothing while Cloudflare cannot be read', async () => {
    await records().put(await fixture.begin());
    const offline = fixture.apiWith(() => ({ listPolicies: failWith({ kind: 'network' }) }));
    assert.deepEqual(await steps(offline), ['retry']);
    assert.ok(await records().get(key()));
  });

  it('a look says why a record could not be removed', async () => {
    const fail = async () => Promise.reject(new Error('disk is full'));
    await records().put(await fixture.begin());
    const memory = files;
    files = { ...memory, remove: async (name) => (name.endsWith('.lock') ? memory.remove(name) : fail()) };
    await assert.rejects(open('B').look(account.api(), key()), /disk is full/);
    files = memory;
    assert.equal(await open('B').look(account.api(), key()), undefined);
  });

  it('ends one that touched nothing when it is looked at', async () => {
    await records().put(await fixture.begin());
    assert.equal(await open('B').look(account.api(), key()), undefined);
    assert.deepEqual(await files.names(), []);
  });

  it('a look does not remove the record of a replacement that another window started meanwhile', async () => {
    await records().put(await fixture.begin());
    const theirs = await fixture.begin({ pending: { kind: 'create', sentAt: fixture.host().now() } });
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        await records().put(theirs);
        return real.listPolicies(...given);
      },
    }));
    const look = await open('B').look(api, key());
    assert.deepEqual([look?.state, look?.steps, look?.isBusy], [theirs, ['resume', 'undo'], false]);
    assert.deepEqual(await records().get(key()), theirs);
  });

  it('a look does not throw where another window starts meanwhile', async () => {
    await records().put(await fixture.begin());
    const api = fixture.apiWith((real) => ({
      async listPolicies(...given) {
        await makeLeases(fixture.host().now, files, 'C').acquire(key());
        return real.listPolicies(...given);
      },
    }));
    const look = await open('B').look(api, key());
    assert.deepEqual([look?.isBusy, look?.steps], [true, []]);
  });

  it('keeps both where the user says so, and changes nothing', async () => {
    await stop();
    const before = account.policies();
    assert.equal((await take('keepBoth')).ending, 'kept');
    assert.deepEqual([account.policies(), account.names(), await files.names()], [before, ['Ops', 'Ops'], []]);
  });

  it('keeps both where the creation was not answered and its destination is found later', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, after: true, times: 1 });
    let isCreated = false;
    const blind = fixture.apiWith((real) => ({
      async createDestination(...given) {
        isCreated = true;
        return real.createDestination(...given);
      },
      listDestinations: async (...given) =>
        isCreated ? failWith({ kind: 'network' })() : real.listDestinations(...given),
    }));
    await assert.rejects(start(blind), { kind: 'network' });
    assert.deepEqual([(await records().get(key()))?.stage, account.names()], ['creating', ['Ops', 'Ops']]);
    await fixture.host().sleep(SETTLING_TIME);
    assert.deepEqual(await steps(), ['resume', 'undo', 'keepBoth']);
    const { ending, state } = await take('keepBoth');
    const [, created] = await account.api().listDestinations(ACCOUNT);
    assert.deepEqual([ending, state.newId], ['kept', created?.id]);
    assert.deepEqual([account.names(), await files.names()], [['Ops', 'Ops'], []]);
  });

  for (const [when, sleepsFirst] of [
    ['whose look is under way', false],
    ['that looks afterwards', true],
  ] as const) {
    it(`makes no orphan if the machine sleeps while a start is persisted, beside a window ${when}`, async () => {
      const sleep = async () => fixture.host().sleep(60_000);
      const [isWriting, mayWrite] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const slow: SharedFiles = {
        ...files,
        async write(name, text) {
          if (text.includes('"kind":"create"')) {
            isWriting.resolve();
            await mayWrite.promise;
          }
          await files.write(name, text);
        },
      };
      const started = open('A', slow).start({
        api: account.api(),
        accountId: ACCOUNT,
        old: fixture.old(),
        draft: fixture.draft(),
      });
      await isWriting.promise;
      // The other window is about to remove the record, which was untouched when it looked, when the write goes on.
      const other: SharedFiles = {
        ...files,
        async remove(name) {
          if (name.includes('replacement')) {
            mayWrite.resolve();
            await started.catch(() => undefined);
          }
          await files.remove(name);
        },
      };
      const slowApi = fixture.apiWith((real) => ({
        async listPolicies(...given) {
          if (!sleepsFirst) {
            await sleep();
          }
          return real.listPolicies(...given);
        },
      }));
      if (sleepsFirst) {
        await sleep();
      }
      await open('B', other).look(slowApi, key());
      mayWrite.resolve();
      await started.catch(() => undefined);
      // Either nothing was sent, or it ended, or its record is there.
      const isRecorded = (await records().get(key())) !== undefined;
      assert.ok(account.posts() === 0 || account.names().length === 1 || isRecorded, `${account.posts()} were sent`);
    });
  }

  it('does not end as kept once the old one was seen to be gone, and keeps the record', async () => {
    await stop();
    await records().put({ ...((await records().get(key())) ?? assert.fail()), stage: 'finishing' });
    await assert.rejects(take('keepBoth'), { name: 'StepUnavailableError' });
    assert.equal((await records().get(key()))?.stage, 'finishing');
  });

  for (const stage of Object.keys(TRANSITIONS) as readonly Stage[]) {
    it(`can be closed in the stage ${stage} where nothing is left to do`, async () => {
      const state = await fixture.begin(
        stage === 'creating'
          ? { pending: { kind: 'create', sentAt: 0 } }
          : { stage, newId: 'n'.repeat(32), origin: 'created' },
      );
      await records().put(state);
      account.remove(fixture.old().id);
      const before = account.policies();
      assert.deepEqual(await steps(), ['close']);
      assert.equal((await take('close')).ending, 'closed');
      assert.deepEqual([await files.names(), account.policies()], [[], before]);
    });
  }

  it('goes on with the candidate that the user took, and Undo then does not delete it', async () => {
    const state = await fixture.begin({
      fingerprint: { salt: 'salt', url: 'unknown', isCut: true },
      pending: { kind: 'create', sentAt: fixture.host().now() },
    });
    await records().put(state);
    const candidate = await account.put('Ops', account.hook('new'));
    const look = await open('B').look(account.api(), key());
    assert.deepEqual(look?.observed.candidates, [{ id: candidate.id, host: state.host }]);
    assert.deepEqual(look.steps, ['adopt', 'close']);
    await assert.rejects(take('adopt'), { name: 'StepUnavailableError', reason: 'changed' });
    account.fail({ method: 'DELETE', fault: { kind: 'status', status: 403 }, times: 1 });
    const options = { api: account.api(), key: key(), candidateId: candidate.id };
    await assert.rejects(open('B').take('adopt', options), { kind: 'forbidden' });
    assert.equal((await records().get(key()))?.origin, 'confirmed');
    assert.equal((await take('undo')).ending, 'undone');
    assert.ok(await account.api().getDestination(ACCOUNT, candidate.id));
    assert.deepEqual(account.users(fixture.old().id), ['One', 'Two']);
  });

  describe('the check before a deletion', () => {
    const check = async (destinationId: string) => open('B').checkFree(account.api(), ACCOUNT, destinationId);
    const refused = { name: 'UnfinishedReplacementError', oldName: 'Ops' };
    const newId = async () => (await records().get(key()))?.newId ?? assert.fail();

    it('refuses the old and the new destination of one that stopped, and allows others', async () => {
      await stop();
      const other = await account.put('Other');
      await assert.rejects(check(fixture.old().id), refused);
      await assert.rejects(check(await newId()), refused);
      await check(other.id);
      await open('B').checkFree(account.api(), 'another account', fixture.old().id);
    });

    it('allows each after an end', async () => {
      await stop();
      const made = await newId();
      await take('keepBoth');
      await check(fixture.old().id);
      await check(made);
    });

    it('allows the one that is left if the other one is gone', async () => {
      await stop();
      account.remove(fixture.old().id);
      await check(await newId());
    });

    it('allows the old one if the new one is gone', async () => {
      await stop();
      account.remove(await newId());
      await check(fixture.old().id);
    });

    it('refuses the old one while the new one may still appear, or if Cloudflare cannot be read', async () => {
      account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
      await assert.rejects(start(), { kind: 'network' });
      await assert.rejects(check(fixture.old().id), refused);
      await stop().catch(() => undefined);
      const blind = fixture.apiWith(() => ({ getDestination: failWith({ kind: 'network' }) }));
      await assert.rejects(open('B').checkFree(blind, ACCOUNT, fixture.old().id), refused);
    });

    it('allows the old one once a creation can no longer take effect, and refuses it while it may be a candidate', async () => {
      const fingerprint = { salt: 'salt', url: 'unknown', isCut: true };
      await records().put(await fixture.begin({ fingerprint, pending: { kind: 'create', sentAt: 0 } }));
      await check(fixture.old().id);
      await account.put('Ops', account.hook('new'));
      await assert.rejects(check(fixture.old().id), refused);
    });

    it('recognizes an ID with dashes', async () => {
      await stop();
      const { id } = fixture.old();
      const dashed = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
      await assert.rejects(check(dashed), refused);
    });
  });

  it('releases its lease after every end and every failure', async () => {
    await stop();
    assert.equal(await makeLeases(fixture.host().now, files, 'C').isTaken(key()), false);
    await take('resume');
    assert.equal(await makeLeases(fixture.host().now, files, 'C').isTaken(key()), false);
  });
});

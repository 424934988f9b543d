import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { testThroughPolicy } from '../../../../src/core/testing/test-through-policy.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { type FakeCloudflare, startFakeCloudflare } from '../../../fake-cloudflare/server.ts';
import { failWith, makeApi, makeDestination, noteSignals } from '../api/fake-api.ts';
import { connectTo } from '../accounts/fake-connection.ts';

const ACCOUNT = 'a'.repeat(32);
const BEFORE = '2026-01-01T00:00:00.000001Z';
const AFTER = '2026-01-01T00:00:00.000002Z';

/** Returns these destinations in order, one for each fetch, then repeats the last one. */
function makePolledApi(...answers: readonly (Partial<Destination> | 'fails')[]) {
  let reads = 0;
  const tests: string[] = [];
  const api = makeApi({
    async getDestination() {
      const answer = answers[Math.min(reads, answers.length - 1)] ?? assert.fail();
      reads += 1;
      return answer === 'fails' ? failWith({ kind: 'network' })() : makeDestination('d', answer);
    },
    testPolicy: async (_account, policy) => void tests.push(policy),
  });
  return { api, tests, reads: () => reads };
}

async function run(api: Api, signal?: AbortSignal) {
  const slept: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => void slept.push(milliseconds);
  const seen: Destination[] = [];
  const test = await testThroughPolicy(
    api,
    { sleep },
    ACCOUNT,
    'p',
    'd',
    { onRead: (read) => seen.push(read) },
    signal,
  );
  return { ...test, seen, waited: slept.reduce((sum, each) => sum + each, 0) };
}

describe('test through a policy', () => {
  for (const [what, before, after, expected] of [
    ['the last success advances', { lastSuccess: BEFORE }, { lastSuccess: AFTER }, 'success'],
    ['the first success appears', {}, { lastSuccess: AFTER }, 'success'],
    ['the last failure advances', { lastFailure: BEFORE }, { lastFailure: AFTER }, 'failure'],
    ['both advance and the success is later', {}, { lastSuccess: AFTER, lastFailure: BEFORE }, 'success'],
    ['both advance and the failure is later', {}, { lastSuccess: BEFORE, lastFailure: AFTER }, 'failure'],
    ['both advance to the same time', {}, { lastSuccess: AFTER, lastFailure: AFTER }, 'success'],
  ] as const) {
    it(`reports ${expected} if ${what} by one microsecond`, async () => {
      const { api, tests } = makePolledApi(before, before, after);
      const { moved, seen } = await run(api);
      assert.deepEqual([moved, tests, seen.length], [expected, ['p'], 2]);
    });
  }

  it('is unverifiable if no time advances within a minute', async () => {
    for (const after of [{ lastSuccess: AFTER }, { lastSuccess: BEFORE }, { lastSuccess: 'nonsense' }]) {
      const { api, tests } = makePolledApi({ lastSuccess: AFTER }, after);
      const { moved, waited } = await run(api);
      assert.deepEqual([moved, waited, tests.length], ['nothing', 60_000, 1]);
    }
  });

  it('proves nothing by a time that can be read only after the test', async () => {
    const { api } = makePolledApi({ lastSuccess: 'nonsense' }, { lastSuccess: BEFORE });
    assert.equal((await run(api)).moved, 'nothing');
  });

  it('cannot be cut off once the test is requested', async () => {
    const { api, handed } = noteSignals(makePolledApi({}, { lastSuccess: AFTER }).api);
    await run(api, new AbortController().signal);
    assert.ok(handed.length > 0 && handed.every((name) => name === 'getDestination'), handed.join());
  });

  it('polls again after a fetch fails', async () => {
    const { api } = makePolledApi({}, 'fails', 'fails', { lastSuccess: AFTER });
    assert.equal((await run(api)).moved, 'success');
  });

  it('polls after the test call times out, and returns the timeout if no time advances', async () => {
    const lost = { testPolicy: failWith({ kind: 'timeout' }) };
    assert.equal((await run({ ...makePolledApi({}, { lastSuccess: AFTER }).api, ...lost })).moved, 'success');
    const unclear = await run({ ...makePolledApi({}).api, ...lost });
    assert.deepEqual([unclear.moved, unclear.lost?.kind], ['nothing', 'timeout']);
  });

  it('says nothing of times that it could not read after the test', async () => {
    const lost = { testPolicy: failWith({ kind: 'timeout' }) };
    for (const given of [{}, lost]) {
      const { moved, isUnread } = await run({ ...makePolledApi({}, {}, 'fails').api, ...given });
      assert.deepEqual([moved, isUnread], ['nothing', true]);
    }
    assert.equal((await run(makePolledApi({}, 'fails', {}).api)).isUnread, false);
  });

  it('polls once after Cloudflare refused the test, because another recipient may be why', async () => {
    const refused = { testPolicy: failWith({ kind: 'rejected', status: 400 }) };
    const delivered = await run({ ...makePolledApi({}, { lastSuccess: AFTER }).api, ...refused });
    assert.deepEqual([delivered.moved, delivered.refusal?.kind], ['success', 'rejected']);
    const { api, reads } = makePolledApi({}, {}, { lastSuccess: AFTER });
    await assert.rejects(run({ ...api, ...refused }), { kind: 'rejected' });
    assert.equal(reads(), 2);
  });

  it('has a refusal only if Cloudflare refused the test', async () => {
    for (const testPolicy of [async () => {}, failWith({ kind: 'timeout' })]) {
      const { moved, ...rest } = await run({ ...makePolledApi({}, { lastSuccess: AFTER }).api, testPolicy });
      assert.equal(moved, 'success');
      assert.ok(!('refusal' in rest));
    }
  });

  it('does not poll if no test was sent', async () => {
    for (const [testPolicy, expected] of [
      [failWith({ kind: 'forbidden' }), { kind: 'forbidden' }],
      [failWith({ kind: 'network', isUnsent: true }), { kind: 'network' }],
      [() => Promise.reject(new Error('closed')), { message: 'closed' }],
    ] as const) {
      const { api, reads } = makePolledApi({}, { lastSuccess: AFTER });
      await assert.rejects(run({ ...api, testPolicy }), expected);
      assert.equal(reads(), 1);
    }
  });

  it('does not start a test if the destination cannot be fetched first', async () => {
    const { api, tests } = makePolledApi('fails');
    await assert.rejects(run(api), { kind: 'network' });
    assert.deepEqual(tests, []);
  });

  it('stops polling when the user cancels', async () => {
    const cancel = new AbortController();
    const { api, reads } = makePolledApi({});
    const counting: Api = {
      ...api,
      async getDestination(...args) {
        if (reads() === 3) {
          cancel.abort(new Error('enough'));
        }
        return api.getDestination(...args);
      },
    };
    await assert.rejects(run(counting, cancel.signal), /enough/);
    assert.equal(reads(), 4);
  });

  it('ends where the destination is gone, and never reports what was read before', async () => {
    let reads = 0;
    const { api } = makePolledApi({});
    const gone: Api = {
      ...api,
      async getDestination(...given) {
        reads += 1;
        return reads > 2 ? failWith({ kind: 'notFound', status: 404 })() : api.getDestination(...given);
      },
    };
    const seen: Destination[] = [];
    const events = { onRead: (read: Destination) => void seen.push(read) };
    await assert.rejects(testThroughPolicy(gone, { sleep: async () => {} }, ACCOUNT, 'p', 'd', events), {
      kind: 'notFound',
    });
    assert.equal(seen.length, 1);
  });

  it('reports nothing for a poll that failed', async () => {
    const { api } = makePolledApi({}, 'fails', { name: 'Renamed' }, 'fails', { name: 'Renamed', lastSuccess: AFTER });
    const { seen } = await run(api);
    assert.deepEqual(
      seen.map(({ name }) => name),
      ['Renamed', 'Renamed'],
    );
  });

  it('says when it sends, which is not before the first fetch has ended', async () => {
    const log: string[] = [];
    const { api } = makePolledApi({}, { lastSuccess: AFTER });
    const noting: Api = {
      ...api,
      getDestination: async (...given) => {
        log.push('fetch');
        return api.getDestination(...given);
      },
      testPolicy: async () => void log.push('test'),
    };
    const events = { onSend: () => void log.push('sends'), onRead() {} };
    await testThroughPolicy(noting, { sleep: async () => {} }, ACCOUNT, 'p', 'd', events);
    assert.deepEqual(log, ['fetch', 'sends', 'test', 'fetch']);
  });

  it('hands the signal to every fetch and every pause, so that the user can end each of them', async () => {
    const { signal } = new AbortController();
    const { api } = makePolledApi({}, {}, { lastSuccess: AFTER });
    const handed: (readonly [string, AbortSignal | undefined])[] = [];
    const noting: Api = {
      ...api,
      async getDestination(accountId, id, given) {
        handed.push(['fetch', given]);
        return api.getDestination(accountId, id);
      },
    };
    const sleep = async (_milliseconds: number, given?: AbortSignal): Promise<void> =>
      void handed.push(['pause', given]);
    await testThroughPolicy(noting, { sleep }, ACCOUNT, 'p', 'd', { onRead() {} }, signal);
    assert.deepEqual(
      handed.map(([what, given]) => [what, given === signal]),
      ['fetch', 'pause', 'fetch', 'pause', 'fetch'].map((what) => [what, true]),
    );
  });

  describe('against the fake Cloudflare', () => {
    let fake: FakeCloudflare;
    let api: Api;
    before(async () => {
      fake = await startFakeCloudflare();
      api = connectTo(fake);
    });
    after(() => fake.close());

    for (const [what, answer, expected] of [
      ['is delivered', undefined, 'success'],
      ['is rejected by the receiver', 'internal_error', 'failure'],
    ] as const) {
      it(`reports ${expected} if the test ${what}`, async () => {
        controls.reset(fake.world, { seed: 'empty' });
        controls.putToken(fake.world, { value: 'cfut_demo00000000000000000000000000000000000all' });
        controls.putAccount(fake.world, { id: ACCOUNT, name: 'Acme' });
        const url = `${fake.receiversUrl}/generic/hook`;
        const { id } = controls.putDestination(fake.world, { account: ACCOUNT, name: 'Ops', url });
        const mechanisms = { webhooks: [{ id }] };
        const policy = controls.putPolicy(fake.world, { account: ACCOUNT, name: 'P', mechanisms });
        if (answer) {
          controls.addReceiverRule(fake.world, { type: 'generic', answer });
        }
        const sleep = async (): Promise<void> => {};
        const test = await testThroughPolicy(api, { sleep }, ACCOUNT, policy.id, id, { onRead() {} });
        assert.equal(test.moved, expected);
        assert.equal(controls.received(fake.world).length, 1);
      });
    }
  });
});

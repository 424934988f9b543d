import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { testThroughPolicy } from '../../../../src/core/testing/test-through-policy.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { type FakeCloudflare, startFakeCloudflare } from '../../../fake-cloudflare/server.ts';
import { failWith, makeApi, makeDestination } from '../api/fake-api.ts';
import { connectTo } from '../accounts/fake-connection.ts';

const ACCOUNT = 'a'.repeat(32);
const BEFORE = '2026-01-01T00:00:00.000001Z';
const AFTER = '2026-01-01T00:00:00.000002Z';

/** Answers the reading before the test, then these, the last of them for ever. */
function makeReading(...readings: readonly (Partial<Destination> | 'fails')[]) {
  let reads = 0;
  const tests: string[] = [];
  const api = makeApi({
    async getDestination() {
      const reading = readings[Math.min(reads, readings.length - 1)] ?? assert.fail();
      reads += 1;
      return reading === 'fails' ? failWith({ kind: 'network' })() : makeDestination('d', reading);
    },
    testPolicy: async (_account, policy) => void tests.push(policy),
  });
  return { api, tests, reads: () => reads };
}

async function run(api: Api, signal?: AbortSignal) {
  const slept: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => void slept.push(milliseconds);
  const seen: Destination[] = [];
  const test = await testThroughPolicy(api, { sleep }, ACCOUNT, 'p', 'd', (read) => seen.push(read), signal);
  return { ...test, seen, waited: slept.reduce((sum, each) => sum + each, 0) };
}

describe('a test through a policy', () => {
  for (const [what, before, after, expected] of [
    ['the last success moves', { lastSuccess: BEFORE }, { lastSuccess: AFTER }, 'success'],
    ['the first success ever comes', {}, { lastSuccess: AFTER }, 'success'],
    ['the last failure moves', { lastFailure: BEFORE }, { lastFailure: AFTER }, 'failure'],
    ['both move, the success last', {}, { lastSuccess: AFTER, lastFailure: BEFORE }, 'success'],
    ['both move, the failure last', {}, { lastSuccess: BEFORE, lastFailure: AFTER }, 'failure'],
  ] as const) {
    it(`ends with ${expected} where ${what}, by a microsecond`, async () => {
      const { api, tests } = makeReading(before, before, after);
      const { moved, seen } = await run(api);
      assert.deepEqual([moved, tests, seen.length], [expected, ['p'], 2]);
    });
  }

  it('proves nothing where for a minute nothing moves, or it moves backwards', async () => {
    for (const after of [{ lastSuccess: AFTER }, { lastSuccess: BEFORE }, { lastSuccess: 'nonsense' }]) {
      const { api, tests } = makeReading({ lastSuccess: AFTER }, after);
      const { moved, waited } = await run(api);
      assert.deepEqual([moved, waited, tests.length], ['nothing', 60_000, 1]);
    }
  });

  it('looks again where a reading fails', async () => {
    const { api } = makeReading({}, 'fails', 'fails', { lastSuccess: AFTER });
    assert.equal((await run(api)).moved, 'success');
  });

  it('watches also where the answer to the call is lost, and tells of that where nothing moves', async () => {
    const lost = { testPolicy: failWith({ kind: 'timeout' }) };
    assert.equal((await run({ ...makeReading({}, { lastSuccess: AFTER }).api, ...lost })).moved, 'success');
    await assert.rejects(run({ ...makeReading({}).api, ...lost }), { kind: 'timeout' });
  });

  it('asks Cloudflare for nothing where the destination cannot be read before', async () => {
    const { api, tests } = makeReading('fails');
    await assert.rejects(run(api), { kind: 'network' });
    assert.deepEqual(tests, []);
  });

  it('stops looking where the user cancels', async () => {
    const cancel = new AbortController();
    const { api, reads } = makeReading({});
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

  describe('at the fake', () => {
    let fake: FakeCloudflare;
    let api: Api;
    before(async () => {
      fake = await startFakeCloudflare();
      api = connectTo(fake);
    });
    after(() => fake.close());

    for (const [what, answer, expected] of [
      ['delivers', undefined, 'success'],
      ['is refused by the receiver', 'internal_error', 'failure'],
    ] as const) {
      it(`tells what became of it where it ${what}`, async () => {
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
        const test = await testThroughPolicy(api, { sleep }, ACCOUNT, policy.id, id, () => {});
        assert.equal(test.moved, expected);
        assert.equal(controls.received(fake.world).length, 1);
      });
    }
  });
});

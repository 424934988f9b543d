import assert from 'node:assert/strict';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { decodePolicy } from '../../../../src/core/api/decode.ts';
import { createLastTests } from '../../../../src/ui/tree/last-tests.ts';
import { failWith, makeApi, makeDestination } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { testThroughCloudflare, stub } = await loadScripted(async () => import('../../../../src/ui/testing/testing.ts'));

describe('a test through Cloudflare', () => {
  const target = makeDestination('d1', { type: 'generic', url: 'https://a.example/' });
  let webhooks: readonly string[];
  let all: readonly (typeof target)[];
  let tests: number;
  const api = makeApi({
    listDestinations: async () => all,
    listPolicies: async () => [
      decodePolicy({ id: 'p', name: 'P', enabled: true, mechanisms: { webhooks: webhooks.map((id) => ({ id })) } }),
    ],
    listAlertNames: async () => new Map(),
    getDestination: async () => ({ ...target, lastSuccess: `2026-01-01T00:00:0${tests}Z` }),
    testPolicy: async () => void (tests += 1),
  });
  const start = (given = api) => {
    const services = {
      ...makeUiServices(given),
      logger: { log: () => {} },
      lastTests: { set() {}, get: () => undefined },
      state: undefined,
      userAgent: '',
    };
    return { services, located: { connection: services.connection, destination: target } };
  };
  beforeEach(() => {
    startOver(stub);
    [webhooks, all, tests] = [['d1'], [target], 0];
  });

  it('names a webhook that was created after the last refresh', async () => {
    const { services, located } = start();
    await services.store.refresh();
    [webhooks, all] = [
      ['d1', 'd2', 'gone'],
      [target, makeDestination('d2', { name: 'New' })],
    ];
    let detail = '';
    Object.assign(stub.window, {
      showQuickPick: async ([item]: readonly { readonly detail: string }[]) => void (detail = item?.detail ?? ''),
    });
    await testThroughCloudflare(located, services as never);
    assert.equal(detail, 'Also notifies the webhook “New”, a webhook that is not in the list');
  });

  it('asks again before Test Again notifies a recipient that no question has named', async () => {
    const { services, located } = start();
    stub.user.presses.push('Send', 'Test Again');
    await testThroughCloudflare(located, services as never, 'p');
    await until(() => stub.user.told.length === 3);
    assert.equal(tests, 2);
    const { promise, resolve } = Promise.withResolvers<string>();
    stub.user.presses.push('Send', promise);
    await testThroughCloudflare(located, services as never, 'p');
    await until(() => stub.user.told.length === 5);
    webhooks = ['d1', 'd2'];
    resolve('Test Again');
    await until(() => stub.user.told.length === 6);
    assert.deepEqual([tests, stub.user.told.at(-1)], [3, 'Test the policy “P” through Cloudflare?']);
  });

  it('may have been sent if its answer was lost', async () => {
    const lastTests = createLastTests();
    const { services, located } = start({ ...api, testPolicy: failWith({ kind: 'timeout' }) });
    stub.user.presses.push('Send');
    await testThroughCloudflare(located, { ...services, lastTests } as never, 'p');
    await until(() => stub.user.told.length === 2);
    assert.match(
      stub.user.told[1] ?? '',
      /^Cloudflare did not confirm the test of the policy “P”, and may have sent it\./,
    );
    const { result, reason } = lastTests.get(services.connection.account.id, target.id) ?? {};
    assert.deepEqual([result, reason], ['undecided', 'Request timed out']);
  });

  it('does not say that nothing happened where the destination could not be loaded after the test', async () => {
    let isDown = false;
    const breaking = {
      ...api,
      getDestination: async (...given: Parameters<typeof api.getDestination>) =>
        isDown ? failWith({ kind: 'network' })() : api.getDestination(...given),
    };
    for (const [testPolicy, words] of [
      [async () => {}, /^Cloudflare accepted the test of the policy “P”\. “Destination d1” could not be loaded/],
      [failWith({ kind: 'network' }), /, and may have sent it\. “Destination d1” could not be loaded/],
    ] as const) {
      isDown = false;
      stub.user.told.length = 0;
      const { services, located } = start({
        ...breaking,
        async testPolicy() {
          isDown = true;
          await testPolicy();
        },
      });
      stub.user.presses.push('Send');
      await testThroughCloudflare(located, services as never, 'p');
      await until(() => stub.user.told.length === 2);
      assert.match(stub.user.told[1] ?? '', words);
      assert.doesNotMatch(stub.user.told[1] ?? '', /no new success/);
    }
  });

  it('does not say that no policy uses the destination while a policy could not be read', async () => {
    const { services, located } = start({ ...api, listPolicies: async () => noteSkipped([], 1) });
    await testThroughCloudflare(located, services as never);
    assert.deepEqual(stub.user.told, [
      'Cloudflare’s list of policies has entries that could not be read. A policy that uses “Destination d1” may be one of them.',
    ]);
  });

  it('asks again if the policy got another recipient while the question was open', async () => {
    const { services, located } = start();
    const { promise, resolve } = Promise.withResolvers<string>();
    stub.user.presses.push(promise);
    const testing = testThroughCloudflare(located, services as never, 'p');
    await until(() => stub.user.told.length === 1);
    webhooks = ['d1', 'd2'];
    resolve('Send');
    await testing;
    assert.deepEqual([tests, stub.user.told.length], [0, 2]);
    assert.match(stub.user.details[1] ?? '', /including:\na webhook that is not in the list$/);
  });

  it('is sent with the token that the account has when the question is answered, and not for a removed account', async () => {
    const sent: string[] = [];
    const apiOf = (token: string) => ({
      ...api,
      async testPolicy() {
        sent.push(token);
        tests += 1;
      },
    });
    const testDuring = async (change: 'replaced' | 'removed'): Promise<void> => {
      const { services, located } = start(apiOf('old'));
      const { promise, resolve } = Promise.withResolvers<string>();
      stub.user.presses.push(promise);
      const testing = testThroughCloudflare(located, services as never, 'p');
      const asked = stub.user.told.length + 1;
      await until(() => stub.user.told.length === asked);
      services.store.setConnections(change === 'removed' ? [] : [{ ...services.connection, api: apiOf('new') }]);
      resolve('Send');
      await testing;
    };
    await testDuring('replaced');
    await assert.rejects(testDuring('removed'), { name: 'AccountRemovedError' });
    assert.deepEqual(sent, ['new']);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !isTrue(); turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(isTrue(), stub.user.told.join('\n'));
}

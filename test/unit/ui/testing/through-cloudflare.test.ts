import assert from 'node:assert/strict';
import { decodePolicy } from '../../../../src/core/api/decode.ts';
import { makeApi, makeDestination } from '../../core/api/fake-api.ts';
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
  const start = () => {
    const services = {
      ...makeUiServices(api),
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
    const pressed = Promise.resolve('Test Again').then((button) => {
      webhooks = ['d1', 'd2'];
      return button;
    });
    stub.user.presses.push('Send', pressed);
    await testThroughCloudflare(located, services as never, 'p');
    await until(() => stub.user.told.length === 6);
    assert.deepEqual([tests, stub.user.told.at(-1)], [3, 'Test the policy “P” through Cloudflare?']);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !isTrue(); turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(isTrue(), stub.user.told.join('\n'));
}

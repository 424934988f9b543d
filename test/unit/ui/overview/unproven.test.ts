import assert from 'node:assert/strict';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { makeApi, makeDestination } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { readPlans, stub } = await loadScripted(async () => import('../../../../src/ui/overview/unproven-plans.ts'));
const { confirm, tellDone, tellNone } = await loadScripted(
  async () => import('../../../../src/ui/overview/unproven-messages.ts'),
);

const workspace = stub.workspace as { getConfiguration: unknown };
const { createUnprovenTest } = await loadScripted(async () => import('../../../../src/ui/overview/test-unproven.ts'));

const now = new Date().toISOString();

describe('Test All Unproved', () => {
  for (const [what, times, skipped, words] of [
    ['where each destination has just delivered', { lastSuccess: now }, 0, /^Every destination has had a success/],
    ['of a new destination that never delivered', { createdAt: now }, 0, /^No destination is marked as not proved\.$/],
    ['of a destination without any time', {}, 0, /^No destination is marked as not proved\.$/],
    [
      'of a list with an entry that cannot be read',
      { lastSuccess: now },
      1,
      /^The state of 1 account is unknown\. No destination is marked/,
    ],
  ] as const) {
    it(`says only what is known ${what}`, async () => {
      startOver(stub);
      const services = makeUiServices(
        makeApi({ listDestinations: async () => [makeDestination('1', times)] }),
        skipped,
      );
      const found = await readPlans(30, { ...services, host: { ...services.host, now: Date.now } });
      assert.deepEqual(found.plans, []);
      tellNone(found, 30, 1);
      assert.match(stub.user.told.join('|'), words);
    });
  }

  /** Asks for the tests of a destination that delivered long ago. `beforeSending` runs while the question is open. */
  async function testAll(policies: readonly Policy[], beforeSending: (connections: () => void) => void = () => {}) {
    startOver(stub);
    const sent: string[] = [];
    const services = makeUiServices(
      makeApi({
        listDestinations: async () => [makeDestination('1', { lastSuccess: '2020-01-01T00:00:00Z' })],
        getDestination: async () => makeDestination('1', { lastSuccess: '2020-01-01T00:00:00Z' }),
        listPolicies: async () => policies,
        listAlertNames: async () => new Map(),
        request: async () => [],
        testPolicy: async (_account, id) => void sent.push(id),
      }),
    );
    const { getConfiguration } = workspace;
    workspace.getConfiguration = () =>
      ({
        get: (key: string, fallback: unknown) => (key === 'unprovenAfterDays' ? 30 : fallback),
        inspect: () => ({}),
      }) as never;
    try {
      const answer = Promise.withResolvers<string | undefined>();
      stub.user.presses.push(answer.promise);
      const done = createUnprovenTest({
        ...services,
        host: { ...services.host, now: Date.now },
        lastTests: { set() {} } as never,
        logger: { log() {}, show() {} },
      })();
      while (stub.user.told.length === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      beforeSending(() => services.store.setConnections([]));
      answer.resolve(policies.length > 0 ? 'Send Tests' : undefined);
      await done;
    } finally {
      workspace.getConfiguration = getConfiguration;
    }
    return { sent, told: stub.user.told };
  }

  it('does not say that no policy uses a destination where policies could not be read', async () => {
    const { told } = await testAll(noteSkipped([], 1));
    assert.match(told.join('|'), /^Cloudflare’s list of policies has entries that could not be read\./);
    assert.match((await testAll([])).told.join('|'), /^No policy uses the destinations/);
  });

  it('does not say so beside a policy that is tested either', async () => {
    const policy = { id: 'p', name: 'P', enabled: true, alertType: 'x', mechanisms: { webhooks: ['1'] }, whole: {} };
    const unread = /Cloudflare’s list of policies has entries that could not be read\. .*“Destination 2” may be one/;
    for (const [skipped, question, result] of [
      [0, /^No policy uses these destinations.*: Destination 2$/m, /because no policy uses them: Destination 2\./],
      [1, unread, unread],
    ] as const) {
      startOver(stub);
      const services = makeUiServices(
        makeApi({
          listDestinations: async () =>
            ['1', '2'].map((id) => makeDestination(id, { lastSuccess: '2020-01-01T00:00:00Z' })),
          listPolicies: async () => noteSkipped([policy], skipped),
          listAlertNames: async () => new Map(),
          request: async () => [],
        }),
      );
      const found = await readPlans(30, { ...services, host: { ...services.host, now: Date.now } });
      await confirm(found);
      const [plan = assert.fail()] = found.plans;
      const tests = { moved: new Map([['1', 'success' as const]]), problems: [], unsent: [], isCanceled: false };
      tellDone([{ plan, result: tests, changed: [] }], found.plans, 0);
      const shown = [stub.user.details[0] ?? '', stub.user.told[1] ?? ''] as const;
      assert.match(shown[0], question);
      assert.match(shown[1], result);
      assert.equal(shown.join().toLowerCase().includes('no policy uses'), skipped === 0);
    }
  });

  it('sends nothing for an account that was removed while the question was open', async () => {
    const whole = { name: 'P', mechanisms: { webhooks: [{ id: '1' }] } };
    const policy = { id: 'p', name: 'P', enabled: true, alertType: 'x', mechanisms: { webhooks: ['1'] }, whole };
    const removed = await testAll([policy], (remove) => remove());
    assert.deepEqual(removed.sent, []);
    assert.match(removed.told.join('|'), /was removed from VS Code/);
    assert.deepEqual((await testAll([policy])).sent, ['p']);
  });
});

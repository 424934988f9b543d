import assert from 'node:assert/strict';
import type { Policy } from '../../../../src/core/model/policy.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import { JOBS_AT_ONCE, USER_CALLS } from '../../../../src/core/monitoring/call-budget.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { asUnsent } from '../../../../src/core/testing/unproven-tests.ts';
import { failWith, makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { readPlans, stub } = await loadScripted(async () => import('../../../../src/ui/overview/unproven-plans.ts'));
const { confirm, tellDone, tellNone } = await loadScripted(
  async () => import('../../../../src/ui/overview/unproven-messages.ts'),
);

const workspace = stub.workspace as { getConfiguration: unknown };
const { createUnprovenTest } = await loadScripted(async () => import('../../../../src/ui/overview/test-unproven.ts'));

const now = new Date().toISOString();
const { signal } = new AbortController();

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
      const found = await readPlans(30, { ...services, host: { ...services.host, now: Date.now } }, { signal });
      assert.deepEqual(found.plans, []);
      tellNone(found, 30, 1);
      assert.match(stub.user.told.join('|'), words);
    });
  }

  /** Asks for the tests of a destination that delivered long ago. `beforeSending` runs while the question is open. */
  async function testAll(policies: readonly Policy[], beforeSending: (connections: () => void) => void = () => {}) {
    const sent: string[] = [];
    const services = makeUiServices({
      ...quietApi(policies),
      testPolicy: async (_account, id) => void sent.push(id),
    });
    const told = await runTests(services, policies.length > 0 ? 'Send Tests' : undefined, () =>
      beforeSending(() => services.store.setConnections([])),
    );
    return { sent, told };
  }

  /** An API with a destination that delivered long ago, and on which no test shows. */
  const quietApi = (policies: readonly Policy[]): Api =>
    makeApi({
      listDestinations: async () => [makeDestination('1', { lastSuccess: '2020-01-01T00:00:00Z' })],
      getDestination: async () => makeDestination('1', { lastSuccess: '2020-01-01T00:00:00Z' }),
      listPolicies: async () => policies,
      listAlertNames: async () => new Map(),
      request: async () => [],
      testPolicy: async () => {},
    });

  async function runTests(
    services: ReturnType<typeof makeUiServices>,
    button: string | undefined,
    beforeAnswer: () => void = () => {},
  ): Promise<readonly string[]> {
    startOver(stub);
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
      beforeAnswer();
      answer.resolve(button);
      await done;
    } finally {
      workspace.getConfiguration = getConfiguration;
    }
    return stub.user.told;
  }

  const whole = { name: 'P', mechanisms: { webhooks: [{ id: '1' }] } };
  const used: Policy = {
    id: 'p',
    name: 'P',
    enabled: true,
    alertType: 'x',
    mechanisms: { webhooks: ['1'] },
    whole,
  };

  it('does not say that nothing was seen where no destination could be loaded after the tests', async () => {
    let isSent = false;
    const api = quietApi([used]);
    const told = await runTests(
      makeUiServices({
        ...api,
        testPolicy: async () => void (isSent = true),
        listDestinations: async (...given) =>
          isSent ? failWith({ kind: 'network' })() : api.listDestinations(...given),
      }),
      'Send Tests',
    );
    assert.equal(told.at(-1), 'Could not be loaded after the test, so the test is inconclusive: Destination 1.');
    assert.equal((await testAll([used])).told.at(-1), 'Nothing seen within a minute: Destination 1.');
  });

  /** Many accounts of one token. `most`: how many policies are read, tests sent or destinations polled at the same time. */
  function makeAccounts(count: number) {
    const calls: { readonly name: string; readonly at: number }[] = [];
    let inFlight = 0;
    let most = 0;
    const note = async (name: string): Promise<void> => {
      calls.push({ name, at: services.host.now() });
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
    };
    const quiet = quietApi([used]);
    const api: Api = {
      ...quiet,
      listPolicies: async (...given) => note('policies').then(async () => quiet.listPolicies(...given)),
      testPolicy: async (...given) => note('test').then(async () => quiet.testPolicy(...given)),
      listDestinations: async (...given) => note('destinations').then(async () => quiet.listDestinations(...given)),
    };
    const services = makeUiServices(api);
    services.store.setConnections(Array.from({ length: count }, (_, index) => makeConnection(`${index}`, api)));
    return { services, calls, most: () => most };
  }

  it('works on few accounts of a token at a time', async () => {
    const { services, calls, most } = makeAccounts(100);
    await services.store.refresh();
    // The refresh has a limit of its own.
    const refreshing = most();
    await runTests(services, 'Send Tests');
    const count = (name: string): number => calls.filter((each) => each.name === name).length;
    assert.deepEqual([count('policies'), count('test')], [200, 100]);
    assert.ok(count('destinations') >= 200 + 100 * 11);
    assert.ok(most() <= Math.max(JOBS_AT_ONCE, refreshing), `${most()} at the same time`);
  });

  it('waits until the calls fit into the budget of the token', async () => {
    const { services, calls } = makeAccounts(2);
    const { budgets, host } = services;
    const from = host.now();
    for (let index = 0; index < USER_CALLS; index += 1) {
      budgets.of('token').sent();
    }
    await runTests(services, 'Send Tests');
    assert.equal(calls.filter(({ name }) => name === 'test').length, 2);
    assert.ok(calls.every(({ name, at }) => name === 'destinations' || at - from >= 5 * 60_000));
  });

  it('reads policies with the token that the account has after the wait, and none of an account that was removed', async () => {
    for (const isRemoved of [false, true]) {
      const calls: string[] = [];
      const apiOf = (token: string): Api => ({
        ...quietApi([]),
        async listPolicies() {
          calls.push(token);
          return [];
        },
      });
      const { connection, ...services } = makeUiServices(apiOf('old'));
      const { budgets, host, store } = services;
      for (let index = 0; index < USER_CALLS; index += 1) {
        budgets.of(undefined).sent();
      }
      const sleep: typeof host.sleep = async (milliseconds, aborting) => {
        store.setConnections(isRemoved ? [] : [{ ...connection, api: apiOf('new') }]);
        await host.sleep(milliseconds, aborting);
      };
      const { plans, missing } = await readPlans(
        30,
        { ...services, host: { ...host, now: Date.now, sleep } },
        { signal },
      );
      assert.deepEqual([plans.length, missing, calls], isRemoved ? [0, [], []] : [1, [], ['new']]);
    }
  });

  it('reads nothing more once it is canceled', async () => {
    const { services, calls } = makeAccounts(100);
    const cancel = new AbortController();
    const { api } = services.store.entries()[0]?.connection ?? assert.fail();
    const stopping: Api = {
      ...api,
      async listPolicies(...given) {
        cancel.abort();
        return api.listPolicies(...given);
      },
    };
    services.store.setConnections(services.store.entries().map(({ connection }) => ({ ...connection, api: stopping })));
    const read = readPlans(30, { ...services, host: { ...services.host, now: Date.now } }, { signal: cancel.signal });
    await assert.rejects(read, { name: 'AbortError' });
    const canceled = readPlans(30, services, { signal: cancel.signal });
    await assert.rejects(canceled, { name: 'AbortError' });
    const count = (name: string): number => calls.filter((each) => each.name === name).length;
    assert.ok(count('policies') <= JOBS_AT_ONCE, `${count('policies')}`);
    assert.equal(count('destinations'), 100);
  });

  it('sends no further test for an account that is removed in between, and tells what the sent ones showed', async () => {
    const sent: string[] = [];
    const other: Policy = {
      ...used,
      id: 'q',
      mechanisms: { webhooks: ['2'] },
      whole: { name: 'Q', mechanisms: { webhooks: [{ id: '2' }] } },
    };
    const services = makeUiServices({
      ...quietApi([used, other]),
      listDestinations: async () =>
        ['1', '2'].map((id) => makeDestination(id, { lastSuccess: '2020-01-01T00:00:00Z' })),
      async testPolicy(_account, id) {
        sent.push(id);
        services.store.setConnections([]);
      },
    });
    const before = services.host.now();
    const told = await runTests(services, 'Send Tests');
    assert.equal(sent.length, 1);
    assert.equal(
      told.at(-1),
      'Canceled before a result was seen: Destination 1. Canceled before the test of these policies was sent: P. ' +
        'The account Acme was removed from VS Code.',
    );
    assert.equal(services.host.now(), before);
  });

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
      const found = await readPlans(30, { ...services, host: { ...services.host, now: Date.now } }, { signal });
      await confirm(found);
      const [plan = assert.fail()] = found.plans;
      const tests = { ...asUnsent([]), moved: new Map([['1', 'success' as const]]), isCanceled: false };
      tellDone([{ plan, result: tests, changed: [] }], found.plans, 0);
      const shown = [stub.user.details[0] ?? '', stub.user.told[1] ?? ''] as const;
      assert.match(shown[0], question);
      assert.match(shown[1], result);
      assert.equal(shown.join().toLowerCase().includes('no policy uses'), skipped === 0);
    }
  });

  it('sends nothing for an account that was removed while the question was open', async () => {
    const removed = await testAll([used], (remove) => remove());
    assert.deepEqual(removed.sent, []);
    assert.match(removed.told.join('|'), /was removed from VS Code/);
    assert.deepEqual((await testAll([used])).sent, ['p']);
  });
});

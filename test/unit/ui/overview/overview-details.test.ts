import assert from 'node:assert/strict';
import { createCallBudgets } from '../../../../src/core/monitoring/call-budget.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import type { OverviewDetails } from '../../../../src/core/overview-protocol.ts';
import { createPolicyStore } from '../../../../src/core/policies/policy-store.ts';
import { standInForVscode } from '../vscode.ts';
import { makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';

await standInForVscode();
const { createDetailLoader } = await import('../../../../src/ui/overview/overview-details.ts');

const ACCOUNT = 'a'.repeat(32);

describe('details of the overview', () => {
  it('counts the alerts of a destination that was not listed yet when the alerts were fetched', async () => {
    const [known, fresh] = [
      makeDestination('a', { url: 'https://a.example/' }),
      makeDestination('b', { url: 'https://b.example/' }),
    ];
    let fetched = 0;
    const sent = { policyId: 'p', policyName: 'P', alertType: 'x', sent: '2026-01-01T00:00:00Z' };
    const api = makeApi({
      listDestinations: async () => [known, fresh],
      async listSentAlerts() {
        fetched += 1;
        return [
          { ...sent, mechanism: 'b', mechanismKind: 'webhook' },
          { ...sent, mechanism: 'https://a.example/', mechanismKind: 'webhook' },
        ];
      },
      listPolicies: async () => [],
      listAlertNames: async () => new Map(),
    });
    const now = () => 1000;
    const store = createStore({ now, toApiError: () => new ApiError({ kind: 'protocol' }), defer: () => {}, log() {} });
    store.setConnections([makeConnection(ACCOUNT, api)]);
    // The snapshot of another window: without URLs, and older than the second destination.
    const { id, name, type } = known;
    store.adopt(ACCOUNT, { at: 1, destinations: [{ id, name, type, host: 'a.example' }] });
    const posted = new Map<string, OverviewDetails['alerts']>();
    const loader = createDetailLoader(
      {
        store,
        policies: createPolicyStore(),
        timelines: { of: async () => Promise.reject(new Error('no timeline')), onChanged: () => () => {} },
        budgets: createCallBudgets(now),
        host: { now, sleep: async () => {} },
      } as never,
      (_, details) => {
        for (const each of details) {
          if ('alerts' in each) {
            posted.set(each.destinationId, each.alerts);
          }
        }
      },
    );
    await loader.load(ACCOUNT, ['a']).catch(() => {});
    await store.refresh([ACCOUNT]);
    await loader.load(ACCOUNT, ['a', 'b']).catch(() => {});
    while (!posted.has('b')) {
      await new Promise(setImmediate);
    }
    assert.deepEqual([posted.get('a'), posted.get('b'), fetched], [1, 1, 1]);
  });

  it('does not count the policies where some could not be read', async () => {
    const policy: Policy = { id: 'p', name: 'P', enabled: true, alertType: 'x', mechanisms: {}, whole: {} };
    let skipped = 0;
    const api = makeApi({
      listDestinations: async () => [makeDestination('d')],
      listPolicies: async () => noteSkipped([policy], skipped),
      listAlertNames: async () => new Map(),
      listSentAlerts: async () => [],
    });
    const now = () => 1000;
    const store = createStore({ now, toApiError: () => new ApiError({ kind: 'protocol' }), defer: () => {}, log() {} });
    store.setConnections([makeConnection(ACCOUNT, api)]);
    await store.refresh();
    const policies = createPolicyStore();
    let count: OverviewDetails['policies'];
    const loader = createDetailLoader(
      {
        store,
        policies,
        timelines: {
          of: async () => ({ destination: () => ({ success: [], failure: [] }) }),
          onChanged: () => () => {},
        },
        budgets: createCallBudgets(now),
        host: { now, sleep: async () => {} },
      } as never,
      (_, [details]) => {
        count = details && 'policies' in details ? details.policies : count;
      },
    );
    await loader.load(ACCOUNT, ['d']);
    assert.equal(count, 0);
    skipped = 1;
    policies.forget();
    await loader.load(ACCOUNT, ['d']);
    assert.equal(count, null);
  });

  it('fetches with the token that the account has after a wait, and nothing of a removed account', async () => {
    const used: string[] = [];
    const apiOf = (token: string) =>
      makeApi({
        async listSentAlerts(accountId) {
          used.push(`${accountId} with ${token}`);
          return [];
        },
        async listPolicies(accountId) {
          used.push(`${accountId} with ${token}`);
          return [];
        },
        listAlertNames: async () => new Map(),
      });
    let time = 0;
    const now = () => time;
    const store = createStore({ now, toApiError: () => new ApiError({ kind: 'protocol' }), defer: () => {}, log() {} });
    store.setConnections([makeConnection('a', apiOf('old')), makeConnection('b', apiOf('old'))]);
    const budgets = createCallBudgets(now);
    budgets.of('token').answered({ retryAfter: 1000 });
    const loader = createDetailLoader(
      {
        store,
        policies: createPolicyStore(),
        timelines: {
          of: async () => ({ destination: () => ({ success: [], failure: [] }) }),
          onChanged: () => () => {},
        },
        budgets,
        host: {
          now,
          async sleep(milliseconds: number) {
            store.setConnections([makeConnection('a', apiOf('new'))]);
            await new Promise(setImmediate);
            time += milliseconds;
          },
        },
      } as never,
      () => {},
    );
    await Promise.all([loader.load('a', ['1']), loader.load('b', ['2'])]);
    assert.ok(used.length > 0);
    assert.deepEqual(
      used.filter((each) => each !== 'a with new'),
      [],
    );
  });
});

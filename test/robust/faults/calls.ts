import type * as alertingCalls from '../../../src/core/api/alerting-calls.ts';
import {
  createPolicy,
  listAlertTypes,
  listIneligibleKinds,
  listSilences,
} from '../../../src/core/api/alerting-calls.ts';
import type { Api } from '../../../src/core/api/client.ts';

const A = 'a'.repeat(32);
const D = 'd'.repeat(32);

const DESTINATION = {
  id: D,
  name: 'Ops',
  type: 'slack',
  url: 'https://hooks.slack.com/services/T/B',
  created_at: '2026-01-01T00:00:00.000001Z',
  last_success: '2026-01-02T00:00:00.000001Z',
  last_failure: null,
};
const POLICY = {
  id: 'p'.repeat(32),
  name: 'P',
  enabled: true,
  alert_type: 'universal_ssl_event_type',
  mechanisms: { webhooks: [{ id: D }], email: [{ id: 'a@example.com' }] },
};
const ALERT_TYPES = {
  SSL: [{ type: 'ssl', display_name: 'SSL', filter_options: [{ Key: 'zones', Range: '0-n', AvailableValues: [] }] }],
};
const DRAFT = { name: 'Ops', url: 'https://hooks.slack.com/services/T/B/s', secret: 's3cr3t-of-a-draft' };
const TOKEN = { id: 't', status: 'active', expires_on: '2027-01-01T00:00:00Z', not_before: null };

/** One call of the client, and a good result of it. */
export type CallSpec = {
  readonly run: (api: Api, signal: AbortSignal) => Promise<unknown>;
  /** `mutation`: sent once, with an effect. */
  readonly kind: 'read' | 'mutation';
  readonly result: unknown;
};

type Spec = CallSpec | Readonly<Record<string, CallSpec>>;
const isSpec = (spec: Spec): spec is CallSpec => typeof spec['run'] === 'function';

/** Every call of the client. A new one does not compile until it is here. */
export const apiCalls: Readonly<Record<keyof Api, Spec>> = {
  verifyUserToken: { run: async (api, signal) => api.verifyUserToken(signal), kind: 'read', result: TOKEN },
  verifyAccountToken: { run: async (api, signal) => api.verifyAccountToken(A, signal), kind: 'read', result: TOKEN },
  listAccounts: {
    run: async (api, signal) => api.listAccounts(signal),
    kind: 'read',
    result: [{ id: A, name: 'Acme' }],
  },
  listDestinations: {
    run: async (api, signal) => api.listDestinations(A, signal),
    kind: 'read',
    result: [DESTINATION],
  },
  getDestination: { run: async (api, signal) => api.getDestination(A, D, signal), kind: 'read', result: DESTINATION },
  createDestination: {
    run: async (api, signal) => api.createDestination(A, DRAFT, signal),
    kind: 'mutation',
    result: { id: D },
  },
  updateDestination: {
    run: async (api, signal) => api.updateDestination(A, D, DRAFT, signal),
    kind: 'mutation',
    result: { id: D },
  },
  deleteDestination: {
    run: async (api, signal) => api.deleteDestination(A, D, signal),
    kind: 'mutation',
    result: null,
  },
  listPolicies: { run: async (api, signal) => api.listPolicies(A, signal), kind: 'read', result: [POLICY] },
  getPolicy: { run: async (api, signal) => api.getPolicy(A, POLICY.id, signal), kind: 'read', result: POLICY },
  updatePolicy: {
    run: async (api, signal) => api.updatePolicy(A, POLICY.id, POLICY, signal),
    kind: 'mutation',
    result: { id: POLICY.id },
  },
  testPolicy: { run: async (api, signal) => api.testPolicy(A, POLICY.id, signal), kind: 'mutation', result: null },
  listSentAlerts: {
    run: async (api, signal) => api.listSentAlerts(A, 0, signal),
    kind: 'read',
    result: [
      {
        policy_id: POLICY.id,
        name: 'P',
        alert_type: 'ssl',
        mechanism: D,
        mechanism_type: 'webhook',
        sent: '2026-01-01T00:00:00Z',
      },
    ],
  },
  listAlertNames: { run: async (api, signal) => api.listAlertNames(A, signal), kind: 'read', result: ALERT_TYPES },
  request: {
    get: { run: async (api, signal) => api.request(A, 'silences', { signal }), kind: 'read', result: [] },
    post: { run: async (api, signal) => api.request(A, 'x', { body: { a: 1 }, signal }), kind: 'mutation', result: {} },
  },
};

/** Every exported call of `alerting-calls.ts`, in the same way. */
export const otherCalls: Readonly<Record<keyof typeof alertingCalls, CallSpec>> = {
  listAlertTypes: { run: async (api, signal) => listAlertTypes(api, A, signal), kind: 'read', result: ALERT_TYPES },
  listIneligibleKinds: {
    run: async (api, signal) => listIneligibleKinds(api, A, signal),
    kind: 'read',
    result: { webhooks: [{ eligible: false, ready: true, type: 'webhook' }] },
  },
  listSilences: {
    run: async (api, signal) => listSilences(api, A, signal),
    kind: 'read',
    result: [{ id: 's', policy_id: 'p', start_time: '2026-01-01T00:00:00Z', end_time: '2026-01-02T00:00:00Z' }],
  },
  createPolicy: {
    run: async (api, signal) => createPolicy(api, A, POLICY, signal),
    kind: 'mutation',
    result: { id: POLICY.id },
  },
};

/** All calls by name. */
export function listCalls(): readonly (readonly [string, CallSpec])[] {
  const own = Object.entries(apiCalls).flatMap(([name, spec]: [string, Spec]) =>
    isSpec(spec)
      ? [[name, spec] as const]
      : Object.entries(spec).map(([part, each]) => [`${name} ${part}`, each] as const),
  );
  return [...own, ...Object.entries(otherCalls)];
}

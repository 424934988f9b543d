import { createRedactor } from '../../../src/core/api/redaction.ts';
import { ApiError } from '../../../src/core/api/api-error.ts';
import type { Api } from '../../../src/core/api/client.ts';
import { noteSkipped } from '../../../src/core/api/skipped.ts';
import { createCallBudgets } from '../../../src/core/monitoring/call-budget.ts';
import { createStore } from '../../../src/core/monitoring/store.ts';
import { createPolicyStore } from '../../../src/core/policies/policy-store.ts';
import { createSecretStore } from '../../../src/ui/destinations/secret-store.ts';
import { createMemoryFiles } from '../core/async/memory-files.ts';
import { ACCOUNT, makeLeases, makeVirtualHost } from '../core/destinations/fake-account.ts';

/** A SecretStorage over `stored`. */
export function makeSecretStorage(stored: Map<string, string>) {
  return {
    get: async (key: string) => stored.get(key),
    store: async (key: string, value: string) => void stored.set(key, value),
    delete: async (key: string) => void stored.delete(key),
    keys: async () => [...stored.keys()],
    onDidChange: () => ({ dispose() {} }),
  };
}

/** The services of a window with one account, on virtual time and in memory. `skipped`: how many entries no list shows. */
export function makeUiServices(api: Api, skipped = 0) {
  const host = { ...makeVirtualHost(), log: () => {}, random: () => 0.5, fetch };
  const redactor = createRedactor();
  const listDestinations: Api['listDestinations'] = async (...given) =>
    noteSkipped(await api.listDestinations(...given), skipped);
  const connection = {
    account: { id: ACCOUNT, name: 'Acme' },
    token: undefined,
    api: skipped > 0 ? { ...api, listDestinations } : api,
  };
  const store = createStore({
    now: host.now,
    toApiError: (error) => (error instanceof ApiError ? error : new ApiError({ kind: 'network' })),
    defer: (work) => work(),
    log: () => {},
  });
  store.setConnections([connection]);
  return {
    connection,
    store,
    redactor,
    host,
    policies: createPolicyStore(),
    budgets: createCallBudgets(host.now),
    secrets: createSecretStore(makeSecretStorage(new Map()), redactor, () => {}),
    leases: makeLeases(host.now),
    unansweredCreations: new Map(),
    unansweredUpdates: new Map(),
    sharedFiles: createMemoryFiles(),
  };
}

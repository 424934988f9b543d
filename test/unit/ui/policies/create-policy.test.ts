import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { Api } from '../../../../src/core/api/client.ts';
import { createPolicy as createOnce, type UnansweredPolicies } from '../../../../src/core/policies/create-policy.ts';
import { failWith } from '../../core/api/fake-api.ts';
import { ACCOUNT, makeVirtualHost, useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { createPolicy, stub } = await loadScripted(async () => import('../../../../src/ui/policies/create-policy.ts'));

/** How long to wait for a condition, in milliseconds. */
const MOST_WAITING = 4000;

describe('Create Policy…', () => {
  const account = useFakeAccount();
  beforeEach(() => startOver(stub));

  /** The fake's API with one alert type. `creations`: told of each creation. */
  const withAlert = (creations: () => void): Api => ({
    ...account.api(),
    async request(accountId, path, options) {
      if (path === 'available_alerts') {
        return { SSL: [{ type: 'universal_ssl_event_type', display_name: 'SSL' }] };
      }
      if (options?.body) {
        creations();
      }
      return account.api().request(accountId, path, options);
    },
  });

  /** Answers all questions. `inBetween` happens while the last one is open. Returns the tokens of the creations. */
  async function create(
    inBetween: (services: ReturnType<typeof makeUiServices>, fresh: Api) => void,
    unanswered: UnansweredPolicies = new Map(),
  ) {
    const tokens: string[] = [];
    const services = makeUiServices(withAlert(() => tokens.push('old')));
    stub.user.picks.push(
      (items) => items.slice(-1),
      (items) => {
        inBetween(
          services,
          withAlert(() => tokens.push('new')),
        );
        return items.slice(0, 1);
      },
    );
    stub.user.inputs.push('Ops', 'ops@example.com');
    await createPolicy(services.connection, [], {
      ...services,
      logger: { log: () => {}, show: () => {} },
      unanswered,
      openPolicyDocument: async () => {},
    });
    for (const start = Date.now(); stub.user.told.length === 0 && Date.now() - start < MOST_WAITING;) {
      await setImmediate();
    }
    return tokens;
  }

  it('sends nothing for an account that was removed while a question was open', async () => {
    const tokens = await create(({ store }) => store.setConnections([]));
    assert.deepEqual([tokens, account.policies()], [[], []]);
    assert.deepEqual(stub.user.told, ['The policy “Ops” was not created. The account Acme was removed from VS Code.']);
  });

  it('uses the token that replaced another one while a question was open', async () => {
    const tokens = await create(({ store, connection }, api) => store.setConnections([{ ...connection, api }]));
    assert.deepEqual(tokens, ['new']);
    assert.match(stub.user.told.join('\n'), /^Created the policy “Ops”/);
  });

  it('sends nothing for an account that is removed during the wait for an earlier creation', async () => {
    const unanswered: UnansweredPolicies = new Map();
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await create(() => {}, unanswered);
    startOver(stub);
    const tokens = await create(({ store, host }) => {
      const before = { ...host };
      host.sleep = async (...given) => {
        store.setConnections([]);
        await before.sleep(...given);
      };
    }, unanswered);
    assert.deepEqual([tokens, account.posts()], [[], 1]);
    assert.match(stub.user.told[0] ?? '', /The account Acme was removed from VS Code\.$/);
  });

  it('says why the policy of an earlier attempt could not be changed, and blames no other client', async () => {
    const unanswered: UnansweredPolicies = new Map();
    const mechanisms = { email: [{ id: 'ops@example.com' }] };
    const policy = { name: 'Ops', alert_type: 'universal_ssl_event_type', enabled: false, mechanisms };
    const api = { ...account.api(), request: failWith({ kind: 'timeout' }) };
    await assert.rejects(createOnce({ api, host: makeVirtualHost(), accountId: ACCOUNT, policy, unanswered }));
    await account.api().request(ACCOUNT, 'policies', { body: policy });
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 } });
    await create(() => {}, unanswered);
    assert.match(
      stub.user.told[0] ?? '',
      /^An earlier attempt created the policy “Ops”, and these fields could not be changed: enabled\. .+/,
    );
  });
});

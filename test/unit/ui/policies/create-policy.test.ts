import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
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

  /** Waits until so many messages were shown. */
  async function waitForMessages(count: number): Promise<void> {
    for (const start = Date.now(); stub.user.told.length < count && Date.now() - start < MOST_WAITING;) {
      await setImmediate();
    }
  }

  /**
   * Answers all questions. `inBetween` happens while the last one is open. Returns the tokens of the creations. `around`: makes
   * the API of the account from the one that notes the token.
   */
  async function create(
    inBetween: (services: ReturnType<typeof makeUiServices>, fresh: Api) => void,
    unanswered: UnansweredPolicies = new Map(),
    around: (api: Api) => Api = (api) => api,
  ) {
    const tokens: string[] = [];
    const services = makeUiServices(around(withAlert(() => tokens.push('old'))));
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
    await waitForMessages(1);
    return tokens;
  }

  /** Sends the creation in another way. Only a creation has a body. */
  const withCreation = (api: Api, send: (...given: Parameters<Api['request']>) => Promise<never>) => ({
    request: async (...given: Parameters<Api['request']>) => (given[2]?.body ? send(...given) : api.request(...given)),
  });

  describe('where the creation fails, and the choices cannot be loaded after “Try Again”', () => {
    const LOST = 'Cloudflare did not confirm that it created the policy “Ops”.';
    const LOOKS = '“Try Again” looks for the policy first.';

    /** Returns both messages. */
    async function failTwice(creation: ApiErrorDetails, choices: ApiErrorDetails | 'removed') {
      let isSent = false;
      let removeAccount = (): void => {};
      stub.user.presses.push('Try Again');
      await create(
        ({ store }) => (removeAccount = () => store.setConnections([])),
        new Map(),
        (api) => ({
          ...api,
          ...withCreation(api, async () => {
            isSent = true;
            return failWith(creation)();
          }),
          async listPolicies(...given) {
            if (isSent && choices === 'removed') {
              removeAccount();
            }
            return api.listPolicies(...given);
          },
          listDestinations: async (...given) =>
            isSent && choices !== 'removed' ? failWith(choices)() : api.listDestinations(...given),
        }),
      );
      await waitForMessages(2);
      return stub.user.told;
    }

    it('does not say that a refused creation was not confirmed', async () => {
      const told = await failTwice({ kind: 'rejected', codes: [17004] }, { kind: 'timeout' });
      assert.match(told[0] ?? '', /^The policy “Ops” was not created\. Cloudflare rejected/);
      assert.match(told[1] ?? '', /^The policy “Ops” was not created\. .+ timed out/);
    });

    for (const [what, choices, reason] of [
      ['the rate limit', { kind: 'rateLimited' }, 'The token reached the rate limit of Cloudflare.'],
      ['a refused token', { kind: 'auth' }, 'Cloudflare rejected the token of Acme'],
      ['the removed account', 'removed', 'The account Acme was removed from VS Code.'],
    ] as const) {
      it(`does not say after ${what} that a creation without an answer did not happen`, async () => {
        const told = await failTwice({ kind: 'timeout' }, choices);
        assert.equal(told[0], `${LOST} The request to Cloudflare for Acme timed out. Try again. ${LOOKS}`);
        assert.ok(told[1]?.startsWith(`${LOST} ${reason}`) && told[1].endsWith(LOOKS), told[1]);
      });
    }
  });

  it('says that nothing was created where the policies could not be listed first', async () => {
    const tokens = await create(
      () => {},
      new Map(),
      (api) => ({ ...api, listPolicies: failWith({ kind: 'timeout' }) }),
    );
    assert.deepEqual(
      [tokens, stub.user.told],
      [[], ['The policy “Ops” was not created. The request to Cloudflare for Acme timed out. Try again.']],
    );
  });

  it('says that several policies may be the created one', async () => {
    await create(
      () => {},
      new Map(),
      (api) => ({
        ...api,
        ...withCreation(api, async (...given) => {
          await api.request(...given);
          await api.request(...given);
          return failWith({ kind: 'timeout' })();
        }),
      }),
    );
    assert.match(
      stub.user.told[0] ?? '',
      /^Cloudflare did not confirm the creation\. Several policies with this name have appeared\./,
    );
  });

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
    assert.match(
      stub.user.told[0] ?? '',
      /^Cloudflare did not confirm .+ The account Acme was removed from VS Code\. “Try Again” looks for/,
    );
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

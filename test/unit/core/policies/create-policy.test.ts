import assert from 'node:assert/strict';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import { SETTLING_TIME } from '../../../../src/core/api/deadlines.ts';
import {
  createPolicy,
  type CreatePolicyOptions,
  type UnansweredPolicies,
} from '../../../../src/core/policies/create-policy.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { failAsRemoved, failWith, isUnsettled, noteSignals } from '../api/fake-api.ts';
import { makeCanceledPause } from '../async/canceled-pause.ts';
import { ACCOUNT, makeVirtualHost, useFakeAccount, withUnreadable } from '../destinations/fake-account.ts';

describe('create policy, against the fake', () => {
  const account = useFakeAccount();
  let [first, second] = ['', ''];
  let unanswered: UnansweredPolicies;
  beforeEach(async () => {
    first = (await account.put('first')).id;
    second = (await account.put('second')).id;
    unanswered = new Map();
  });

  const draft = (changes: object = {}) => ({
    name: 'New',
    alert_type: 'dos_attack_l7',
    enabled: true,
    mechanisms: { webhooks: [{ id: first }, { id: second }], email: [{ id: 'ops@example.com' }] },
    ...changes,
  });
  const create = async (changes: Partial<CreatePolicyOptions> = {}) =>
    createPolicy({
      api: account.api(),
      host: makeVirtualHost(),
      accountId: ACCOUNT,
      policy: draft(),
      unanswered,
      ...changes,
    });
  const names = () => account.policies().map(({ name }) => name);
  /** An API that runs `instead` in place of the creation. */
  const meddle = (instead: (body: ReturnType<typeof draft>) => Promise<unknown>): Api => ({
    ...account.api(),
    request: async (accountId, path, options) =>
      options?.body ? instead(draft(options.body)) : account.api().request(accountId, path, options),
  });
  const post = async (body: object) => account.api().request(ACCOUNT, 'policies', { body: { ...body } });
  /** Creations get no answer and take effect only just before the nth list call after them. */
  const createLate = (lists: number): Api => {
    let left = 0;
    let sent: object | undefined;
    return {
      ...meddle(async (body) => {
        [left, sent] = [lists, body];
        return failWith({ kind: 'timeout' })();
      }),
      async listPolicies(accountId) {
        left -= 1;
        if (sent && left === 0) {
          await post(sent);
        }
        return account.api().listPolicies(accountId);
      },
    };
  };

  it('sends one request with what was given, and reads the policy back', async () => {
    const { id, policy } = await create();
    const [stored] = account.policies();
    assert.ok(stored);
    assert.deepEqual([stored.id, policy?.id, policy?.name, policy?.enabled], [id, id, 'New', true]);
    const { created: _, modified: __, id: ___, ...sent } = stored;
    assert.deepEqual(sent, draft());
    assert.deepEqual([account.posts(), unanswered.size], [1, 0]);
  });

  for (const [what, fault] of [
    ['a broken connection', { kind: 'reset' }],
    ['a 500', { kind: 'status', status: 500 }],
    ['a page of a proxy', { kind: 'html' }],
    ['half an answer', { kind: 'truncated' }],
  ] as const) {
    it(`recognizes what it created where the answer was ${what}, and sends once`, async () => {
      account.fail({ method: 'POST', fault, after: true, times: 1 });
      const { id } = await create();
      assert.deepEqual([account.policies()[0]?.id, names(), account.posts()], [id, ['New'], 1]);
    });
  }

  it('recognizes what it created where Cloudflare trims the name', async () => {
    const api = meddle(async ({ name, ...body }) => {
      await post({ ...body, name: name.trim() });
      return failWith({ kind: 'timeout' })();
    });
    await create({ api, policy: draft({ name: 'New ' }) });
    assert.deepEqual([names(), account.posts(), unanswered.size], [['New'], 1, 0]);
  });

  it('throws the loss where nothing was created, after a few looks, and sends once', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    const host = makeVirtualHost();
    await assert.rejects(create({ host }), isUnsettled);
    assert.deepEqual([account.posts(), names(), host.slept], [1, [], [1000, 2000, 3000]]);
  });

  it('finds a creation that takes effect late', async () => {
    const { policy } = await create({ api: createLate(3) });
    assert.deepEqual([policy?.name, names(), account.posts()], ['New', ['New'], 1]);
  });

  it('looks for an earlier creation before it sends a second one, and finds it', async () => {
    const host = makeVirtualHost();
    const api = createLate(7);
    await assert.rejects(create({ api, host }), { kind: 'timeout' });
    assert.deepEqual([names(), unanswered.size], [[], 1]);
    // The user may select the same recipients in another order.
    const { webhooks, email } = draft().mechanisms;
    const again = draft({ mechanisms: { email, webhooks: webhooks.toReversed() } });
    const { policy } = await create({ api, host, policy: again });
    assert.deepEqual([policy?.name, names(), account.posts(), unanswered.size], ['New', ['New'], 1, 0]);
  });

  it('changes an earlier creation to what the next attempt is to be, and nothing else of it', async () => {
    const host = makeVirtualHost();
    const api = createLate(6);
    await assert.rejects(create({ api, host, policy: draft({ description: 'First' }) }), { kind: 'timeout' });
    const { differing } = await create({ api, host, policy: draft({ enabled: false }) });
    const [stored] = account.policies();
    assert.deepEqual([differing, stored?.enabled, stored?.description], [[], false, undefined]);
    assert.deepEqual([names(), account.posts(), account.requests('PUT').length], [['New'], 1, 1]);
  });

  it('says that an earlier creation differs where it cannot be changed', async () => {
    const host = makeVirtualHost();
    const api = createLate(6);
    const filtered = draft({ filters: { zones: ['z'] } });
    await assert.rejects(create({ api, host, policy: filtered }), { kind: 'timeout' });
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 403 } });
    // The next attempt has no filters.
    const { differing, failure } = await create({ api, host, policy: draft({ enabled: false }) });
    assert.ok(failure instanceof ApiError && failure.kind === 'forbidden');
    assert.deepEqual([new Set(differing), names(), account.posts()], [new Set(['enabled', 'filters']), ['New'], 1]);
  });

  it('sends again only once the earlier creation can no longer take effect', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    const host = makeVirtualHost();
    await assert.rejects(create({ host }), { kind: 'network' });
    const sentAt = [...unanswered.values()][0]?.sentAt ?? 0;
    await create({ host });
    assert.deepEqual([names(), account.posts(), unanswered.size], [['New'], 2, 0]);
    assert.ok(host.now() - sentAt >= SETTLING_TIME);
  });

  describe('for an account whose client changes during the operation', () => {
    /** Loses the answer of a creation, and creates again with the client that `present` returns at each read. */
    async function createAgain(present: (hasWaited: boolean) => Api) {
      account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
      const host = makeVirtualHost();
      await assert.rejects(create({ host }), { kind: 'network' });
      const from = host.now();
      return createPolicy({
        get api() {
          return present(host.now() > from);
        },
        host,
        accountId: ACCOUNT,
        policy: draft({ enabled: false }),
        unanswered,
      });
    }

    it('sends nothing if the account is removed during the wait for an earlier creation', async () => {
      const again = createAgain((hasWaited) => (hasWaited ? failAsRemoved() : account.api()));
      await assert.rejects(again, { name: 'AccountRemovedError' });
      assert.deepEqual([account.posts(), names()], [1, []]);
    });

    it('sends with the token that replaced the one of before that wait', async () => {
      const rolled = meddle(failWith({ kind: 'auth' }));
      await createAgain((hasWaited) => (hasWaited ? account.api() : rolled));
      assert.deepEqual([account.posts(), names()], [2, ['New']]);
    });

    it('does not change what an earlier attempt created in an account that was removed', async () => {
      let isRemoved = false;
      const { id, policy, failure } = await createAgain(() => {
        if (isRemoved) {
          return failAsRemoved();
        }
        return {
          ...account.api(),
          async listPolicies(...given) {
            isRemoved = true;
            await post(draft());
            return account.api().listPolicies(...given);
          },
        };
      });
      assert.deepEqual([account.policies()[0]?.id, policy, failure], [id, undefined, undefined]);
      assert.equal(account.requests('PUT').length, 0);
    });

    it('expects no creation where the account is removed right before it is sent', async () => {
      let isRemoved = false;
      const removed = createPolicy({
        get api() {
          return isRemoved
            ? failAsRemoved()
            : {
                ...account.api(),
                async listDestinations(accountId: string) {
                  isRemoved = true;
                  return account.api().listDestinations(accountId);
                },
              };
        },
        host: makeVirtualHost(),
        accountId: ACCOUNT,
        policy: draft(),
        unanswered,
      });
      await assert.rejects(removed, { name: 'AccountRemovedError' });
      assert.deepEqual([account.posts(), unanswered.size], [0, 0]);
    });
  });

  it('can be canceled while the next attempt waits for it, and still looks at the one after that', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(create(), { kind: 'network' });
    const { signal, sleep, paused } = makeCanceledPause();
    await assert.rejects(create({ host: { ...makeVirtualHost(), sleep }, signal }), /canceled/);
    assert.deepEqual([paused, account.posts(), unanswered.size], [[], 1, 1]);
  });

  it('hands the signal to every call before the policy is created, and to the creation', async () => {
    const { api, handed } = noteSignals(account.api());
    const { signal } = new AbortController();
    await create({ api, signal });
    assert.deepEqual(handed, ['listPolicies', 'listDestinations', 'request']);
  });

  it('still looks at the attempt after the next one where the policies could not be listed', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    await assert.rejects(create(), { kind: 'network' });
    account.fail({ method: 'GET', path: '**/policies', fault: { kind: 'status', status: 403 }, times: 1 });
    await assert.rejects(create(), { kind: 'forbidden' });
    assert.deepEqual([account.posts(), unanswered.size], [1, 1]);
  });

  for (const [what, changes, accountId] of [
    ['another name', { name: 'Other' }, ACCOUNT],
    ['another alert type', { alert_type: 'dos_attack_l4' }, ACCOUNT],
    ['other recipients', { mechanisms: { email: [{ id: 'ops@example.com' }] } }, ACCOUNT],
    ['another account', {}, 'b'.repeat(32)],
  ] as const) {
    it(`sends at once where the creation without an answer had ${what}`, async () => {
      account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
      await assert.rejects(create(), { kind: 'network' });
      controls.putAccount(account.world(), { id: accountId, name: 'Acme' });
      const host = makeVirtualHost();
      const api: Api = { ...account.api(), listDestinations: async () => account.api().listDestinations(ACCOUNT) };
      await create({ api, host, accountId, policy: draft(changes) });
      assert.deepEqual([account.posts(), host.slept, unanswered.size], [2, [], 1]);
    });
  }

  describe('does not adopt a policy', () => {
    const rejects = async (instead: () => Promise<unknown>): Promise<void> => {
      const api = meddle(async () => {
        await instead();
        return failWith({ kind: 'timeout' })();
      });
      await assert.rejects(create({ api }), { kind: 'timeout' });
    };

    it('that was there before', async () => {
      await post(draft());
      account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
      await assert.rejects(create(), { kind: 'network' });
      assert.equal(account.posts(), 2);
    });
    it('with another name', async () => rejects(async () => post(draft({ name: 'Theirs' }))));
    it('about another alert', async () => rejects(async () => post(draft({ alert_type: 'dos_attack_l4' }))));
    it('with other destinations', async () =>
      rejects(async () => post(draft({ mechanisms: { ...draft().mechanisms, webhooks: [{ id: first }] } }))));
    it('with other e-mail addresses', async () =>
      rejects(async () => post(draft({ mechanisms: { ...draft().mechanisms, email: [{ id: 'boss@example.com' }] } }))));
    it('where two match, and the next attempts send nothing either until one of them is deleted', async () => {
      const api = meddle(async () => {
        await post(draft());
        await post(draft());
        return failWith({ kind: 'timeout' })();
      });
      const host = makeVirtualHost();
      await assert.rejects(create({ api, host }), { name: 'UncertainPolicyError' });
      await assert.rejects(create({ host }), { name: 'UncertainPolicyError' });
      const [one, other] = account.policies();
      account.removePolicy(one?.id ?? assert.fail());
      assert.equal((await create({ host })).id, other?.id);
      assert.equal(account.posts(), 2);
    });
    it('where two match and a later look fails', async () => {
      let looks = 0;
      const api: Api = {
        ...meddle(async () => {
          await post(draft());
          await post(draft());
          return failWith({ kind: 'timeout' })();
        }),
        async listPolicies(accountId) {
          looks += 1;
          // The first call is before the creation.
          return looks < 5 ? account.api().listPolicies(accountId) : failWith({ kind: 'network' })();
        },
      };
      await assert.rejects(create({ api }), { name: 'UncertainPolicyError' });
      assert.equal(looks, 5);
    });
  });

  for (const [code, policy] of [
    [17004, { alert_type: 'made_up' }],
    [17102, { mechanisms: {} }],
    [17103, { alert_type: 'http_alert_origin_error' }],
  ] as const) {
    it(`passes a refusal with code ${code} on, and looks for nothing`, async () => {
      const host = makeVirtualHost();
      await assert.rejects(
        create({ host, policy: draft(policy) }),
        (error: { kind: string; details: { codes: number[] } }) =>
          error.kind === 'rejected' && error.details.codes.includes(code),
      );
      assert.deepEqual([account.posts(), names(), host.slept, unanswered.size], [1, [], [], 0]);
    });
  }

  it('sends nothing without permission to list the policies', async () => {
    account.fail({ method: 'GET', path: '**/policies', fault: { kind: 'status', status: 403 } });
    await assert.rejects(create(), { kind: 'forbidden' });
    assert.equal(account.posts(), 0);
  });

  it('sends nothing where a destination no longer exists', async () => {
    account.remove(second);
    await assert.rejects(create(), { name: 'MissingDestinationsError', destinationIds: [second] });
    assert.equal(account.posts(), 0);
  });

  it('sends a destination that exists and that an incomplete list does not show', async () => {
    const { differing } = await create({ api: withUnreadable(account.api(), second) });
    assert.deepEqual([differing, account.posts()], [[], 1]);
  });

  it('sends nothing after a cancellation', async () => {
    await assert.rejects(create({ signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.deepEqual([account.posts(), unanswered.size], [0, 0]);
  });

  it('sends nothing where it is canceled while it checks the destinations', async () => {
    const cancel = new AbortController();
    const api: Api = {
      ...account.api(),
      async listDestinations(accountId) {
        cancel.abort();
        return account.api().listDestinations(accountId);
      },
    };
    await assert.rejects(create({ api, signal: cancel.signal }), { name: 'AbortError' });
    assert.deepEqual([account.posts(), unanswered.size], [0, 0]);
  });

  it('recognizes what it created where it is canceled after the request was sent', async () => {
    const cancel = new AbortController();
    const api = meddle(async (body) => {
      await post(body);
      cancel.abort();
      throw new DOMException('canceled', 'AbortError');
    });
    const { policy } = await create({ api, signal: cancel.signal });
    assert.deepEqual([policy?.name, account.posts()], ['New', 1]);
  });

  it('looks on for what it created although it is canceled while the request is sent', async () => {
    const cancel = new AbortController();
    const late = createLate(3);
    const api: Api = {
      ...late,
      async request(accountId, path, options) {
        cancel.abort();
        return late.request(accountId, path, options);
      },
    };
    const { policy } = await create({ api, signal: cancel.signal });
    assert.deepEqual([policy?.name, account.posts()], ['New', 1]);
  });

  it('keeps a canceled creation without an effect in mind', async () => {
    const api = meddle(async () => {
      throw new DOMException('canceled', 'AbortError');
    });
    await assert.rejects(create({ api }), { name: 'AbortError' });
    assert.deepEqual([account.posts(), unanswered.size], [0, 1]);
  });

  for (const [what, change, fields] of [
    ['a name', () => ({ name: 'Theirs' }), ['name']],
    ['the state', () => ({ enabled: false }), ['enabled']],
    ['an e-mail address', () => ({ mechanisms: { webhooks: draft().mechanisms.webhooks } }), ['mechanisms']],
    ['a destination', () => ({ mechanisms: { ...draft().mechanisms, webhooks: [{ id: first }] } }), ['mechanisms']],
  ] as const) {
    it(`says where ${what} differs after the creation`, async () => {
      const api = meddle(async (body) => post({ ...body, ...change() }));
      assert.deepEqual((await create({ api })).differing, fields);
      assert.deepEqual([account.posts(), unanswered.size], [1, 0]);
    });
  }

  it('reports no conflict where Cloudflare adds fields, sorts recipients, and shows IDs with dashes', async () => {
    const api: Api = {
      ...account.api(),
      async getPolicy(accountId, id) {
        const policy = await account.api().getPolicy(accountId, id);
        const webhooks = draft().mechanisms.webhooks.map((each) => ({
          id: each.id.toUpperCase().replace(/^.{8}/, '$&-'),
        }));
        const mechanisms = { webhooks: webhooks.toReversed(), email: [{ id: 'OPS@example.com' }], pagerduty: [] };
        return { ...policy, whole: { ...policy.whole, mechanisms, description: 'Added', conditions: null } };
      },
    };
    assert.equal((await create({ api })).policy?.name, 'New');
  });

  it('is done, without the policy, where it cannot be read back', async () => {
    account.fail({ method: 'GET', path: '**/policies/*', fault: { kind: 'status', status: 404 } });
    const { id, policy } = await create();
    assert.deepEqual([account.policies()[0]?.id, policy, account.posts()], [id, undefined, 1]);
  });
});

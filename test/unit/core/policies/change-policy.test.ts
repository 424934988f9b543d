import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { SETTLING_TIME } from '../../../../src/core/api/deadlines.ts';
import { type Policy, swapDestination, usesDestination } from '../../../../src/core/model/policy.ts';
import { changePolicy, type PolicyChange } from '../../../../src/core/policies/change-policy.ts';
import { failAfterUpdate, failWith, isUnsettled } from '../api/fake-api.ts';
import { ACCOUNT, createLateUpdate, makeVirtualHost, useFakeAccount } from '../destinations/fake-account.ts';

describe('change policy, against the fake', () => {
  const account = useFakeAccount();
  let policyId: string;
  beforeEach(() => {
    policyId = account.putPolicy('P', ['old', 'x'], ['a@example.com']).id;
  });

  const change = async (changes: Partial<PolicyChange> = {}) =>
    changePolicy({
      api: account.api(),
      host: makeVirtualHost(),
      accountId: ACCOUNT,
      policyId,
      change: (policy: Policy) => swapDestination(policy, 'old', 'new'),
      isChanged: (policy: Policy) => !usesDestination(policy, 'old'),
      ...changes,
    });
  const puts = () => account.requests('PUT').length;
  const meddle = (changes: object): Api => ({
    ...account.api(),
    async updatePolicy(accountId, id, whole) {
      await account.api().updatePolicy(accountId, id, whole);
      const [written] = account.policies();
      assert.ok(written);
      account.changePolicy({ ...written, ...changes });
    },
  });

  it('writes the whole policy once and reads it back', async () => {
    assert.equal(await change(), 'changed');
    assert.deepEqual([account.webhooksOf('P'), puts()], [['new', 'x'], 1]);
    assert.equal(await change(), 'unchanged');
    assert.equal(puts(), 1);
  });

  it('reads the policy back with the client that the account has then', async () => {
    let oldReads = 0;
    let isReplaced = false;
    const old: Api = {
      ...account.api(),
      async getPolicy(...given) {
        oldReads += 1;
        return account.api().getPolicy(...given);
      },
      async updatePolicy(...given) {
        await account.api().updatePolicy(...given);
        isReplaced = true;
      },
    };
    const outcome = await changePolicy({
      get api() {
        return isReplaced ? account.api() : old;
      },
      host: makeVirtualHost(),
      accountId: ACCOUNT,
      policyId,
      change: ({ whole }) => ({ ...whole, enabled: false }),
      isChanged: ({ enabled }) => !enabled,
    });
    assert.deepEqual([outcome, oldReads], ['changed', 1]);
  });

  it('sends nothing where the change is impossible', async () => {
    assert.equal(await change({ change: () => undefined }), 'impossible');
    assert.equal(puts(), 0);
  });

  for (const kind of ['reset', 'html'] as const) {
    it(`settles a lost answer (${kind}) by reading, and sends once`, async () => {
      account.fail({ method: 'PUT', fault: { kind }, after: true, times: 1 });
      assert.equal(await change(), 'changed');
      assert.equal(puts(), 1);
    });
  }

  it('throws the loss where nothing was changed, and sends once', async () => {
    account.fail({ method: 'PUT', fault: { kind: 'reset' }, times: 1 });
    const host = makeVirtualHost();
    await assert.rejects(change({ host }), isUnsettled);
    assert.deepEqual([puts(), host.slept], [1, [1000, 2000]]);
  });

  const disable = {
    change: ({ whole }: Policy) => ({ ...whole, enabled: false }),
    isChanged: ({ enabled }: Policy) => !enabled,
  };

  it('waits for an earlier update without an answer, which would undo this one', async () => {
    const host = makeVirtualHost();
    const { api, takeEffect } = createLateUpdate(account.api(), 6);
    await assert.rejects(change({ api, host }), { kind: 'timeout' });
    assert.equal(await change({ ...disable, api, host }), 'changed');
    await takeEffect();
    const [stored] = account.policies();
    assert.deepEqual([account.webhooksOf('P'), stored?.enabled, host.unanswered.size], [['new', 'x'], false, 0]);
  });

  it('sends nothing where it is canceled while it waits for its turn', async () => {
    const host = makeVirtualHost();
    const cancel = new AbortController();
    const first = change({ host, ...disable, beforeSend: async () => cancel.abort() });
    const second = change({ host, signal: cancel.signal });
    assert.equal(await first, 'changed');
    await assert.rejects(second, { name: 'AbortError' });
    assert.deepEqual([account.webhooksOf('P'), puts()], [['old', 'x'], 1]);
  });

  it('waits no longer than an earlier update can take effect, and not for one of another policy', async () => {
    account.fail({ method: 'PUT', fault: { kind: 'reset' }, times: 1 });
    const host = makeVirtualHost();
    const sentAt = host.now();
    await assert.rejects(change({ host }), { kind: 'network' });
    const waited = host.now();
    await change({ ...disable, host, policyId: account.putPolicy('Q', ['x']).id });
    assert.equal(host.now(), waited);
    assert.equal(await change({ ...disable, host }), 'changed');
    assert.ok(host.now() - sentAt >= SETTLING_TIME);
    assert.ok(host.now() - sentAt < SETTLING_TIME + 5000);
  });

  it('throws the loss, not the failed look, where neither can be known', async () => {
    let reads = 0;
    const api: Api = {
      ...account.api(),
      updatePolicy: failWith({ kind: 'timeout' }),
      async getPolicy(...given) {
        reads += 1;
        return reads === 1 ? account.api().getPolicy(...given) : failWith({ kind: 'network' })();
      },
    };
    await assert.rejects(change({ api }), isUnsettled);
  });

  it('counts an update that Cloudflare accepted as made where the policy cannot be read afterwards', async () => {
    const accepted = await change({ api: failAfterUpdate(account.api()) });
    assert.deepEqual([accepted, account.webhooksOf('P')], ['changed', ['new', 'x']]);
    assert.equal(puts(), 1);
  });

  it('does not read again after a plain refusal', async () => {
    account.fail({ method: 'PUT', fault: { kind: 'status', status: 400 }, times: 1 });
    await assert.rejects(change(), { kind: 'rejected' });
    assert.equal(account.webhooksOf('P')?.[0], 'old');
  });

  it('says so where Cloudflare accepts the update and does not apply it', async () => {
    const api: Api = { ...account.api(), updatePolicy: async () => {} };
    await assert.rejects(change({ api }), { name: 'PolicyUnchangedError', policyName: 'P' });
  });

  for (const [what, changes, fields] of [
    ['a name', { name: 'Theirs' }, ['name']],
    ['a description', { description: 'Theirs' }, ['description']],
    ['an email address', { mechanisms: { webhooks: [{ id: 'new' }, { id: 'x' }] } }, ['mechanisms']],
    [
      'another webhook',
      { mechanisms: { webhooks: [{ id: 'new' }], email: [{ id: 'a@example.com' }] } },
      ['mechanisms'],
    ],
  ] as const) {
    it(`reports a conflict where ${what} differs after the write`, async () => {
      await assert.rejects(change({ api: meddle(changes) }), { name: 'PolicyConflictError', fields });
      assert.equal(puts(), 1);
    });
  }
});

import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { formatPolicy } from '../../../../src/core/formats/policy-document.ts';
import { MissingDestinationsError, PolicyUnchangedError } from '../../../../src/core/policies/change-policy.ts';
import { savePolicy, type SavePolicyOptions } from '../../../../src/core/policies/save-policy.ts';
import { failWith, isUnsettled } from '../api/fake-api.ts';
import {
  ACCOUNT,
  createLateUpdate,
  makeVirtualHost,
  useFakeAccount,
  withUnreadable,
} from '../destinations/fake-account.ts';

describe('save policy, against the fake', () => {
  const account = useFakeAccount();
  let policyId: string;
  let destinationId: string;

  beforeEach(async () => {
    destinationId = (await account.put('first')).id;
    policyId = account.putPolicy('P', [destinationId], ['a@example.com']).id;
  });
  const whole = async () => (await account.api().getPolicy(ACCOUNT, policyId)).whole;
  const save = async (changes: object, options: Partial<SavePolicyOptions> = {}) => {
    const now = await whole();
    return savePolicy({
      api: account.api(),
      host: makeVirtualHost(),
      accountId: ACCOUNT,
      policyId,
      edited: { ...now, ...changes },
      seen: formatPolicy(now),
      ...options,
    });
  };
  const stored = () => account.policies().find(({ id }) => id === policyId);
  const puts = () => account.requests('PUT').length;
  /** A Cloudflare that changes what it is sent. */
  const normalizing = (normalize: (sent: Readonly<Record<string, unknown>>) => object): Api => ({
    ...account.api(),
    updatePolicy: async (accountId, id, sent) =>
      account.api().updatePolicy(accountId, id, { ...sent, ...normalize(sent) }),
  });

  it('sends what differs, and nothing where nothing differs', async () => {
    assert.deepEqual(await save({ name: 'Q' }), { kind: 'changed', differing: [] });
    assert.deepEqual(await save({}), { kind: 'unchanged' });
    assert.deepEqual([stored()?.name, puts()], ['Q', 1]);
  });

  it('sends an edit that changes only how a recipient is written, and nothing if only the answers differ so', async () => {
    const webhooks = [{ id: destinationId }];
    const [before, after] = ['a@example.com', 'A@example.com'].map((id) => ({ webhooks, email: [{ id }] }));
    assert.deepEqual(await save({ mechanisms: after }), { kind: 'changed', differing: [] });
    assert.deepEqual(stored()?.mechanisms, after);
    const seen = formatPolicy({ ...(await whole()), mechanisms: before });
    assert.deepEqual(await save({ mechanisms: before }, { seen }), { kind: 'unchanged' });
    const twice = { webhooks: [...webhooks, ...webhooks], email: [{ id: 'A@example.com' }] };
    await save({ mechanisms: twice });
    assert.deepEqual(await save({ mechanisms: after }), { kind: 'changed', differing: [] });
    assert.deepEqual(stored()?.mechanisms, after);
  });

  it('says that nothing was applied of such an edit', async () => {
    const before = await whole();
    const mechanisms = { webhooks: [{ id: destinationId }], email: [{ id: 'A@example.com' }] };
    await assert.rejects(save({ mechanisms }, { api: normalizing(() => before) }), PolicyUnchangedError);
  });

  it('never sends an ID or a time of the document', async () => {
    const { id, created } = await whole();
    await save({ name: 'Q', id: 'f'.repeat(32), created: '2000-01-01T00:00:00Z' });
    assert.deepEqual([stored()?.id, stored()?.created], [id, created]);
    assert.equal(account.requests('PUT')[0]?.path.endsWith(policyId), true);
  });

  it('is saved where Cloudflare normalizes a field, and says which', async () => {
    const api = normalizing(({ name }) => ({ name: String(name).trim(), description: 'of Cloudflare' }));
    assert.deepEqual(await save({ name: 'Q ' }, { api }), { kind: 'changed', differing: ['name', 'description'] });
    assert.equal(puts(), 1);
  });

  it('says that nothing was applied', async () => {
    const before = await whole();
    await assert.rejects(save({ name: 'Q' }, { api: normalizing(() => before) }), PolicyUnchangedError);
  });

  it('is a conflict where a colleague changed the policy, or where it is not known what the user saw', async () => {
    const seen = formatPolicy(await whole());
    const before = stored();
    assert.ok(before);
    account.changePolicy({ ...before, description: 'Theirs' });
    assert.equal((await save({ name: 'Q' }, { seen })).kind, 'conflict');
    assert.equal((await save({ name: 'Q' }, { seen: '' })).kind, 'conflict');
    assert.equal(puts(), 0);
  });

  it('is no conflict where two answers differ in order, in empty fields or in dashes', async () => {
    const { name, mechanisms, ...rest } = await whole();
    const dashed = destinationId.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const seen = JSON.stringify({
      mechanisms: { ...(mechanisms as object), webhooks: [{ id: dashed }] },
      ...rest,
      name,
      description: null,
      filters: {},
    });
    assert.equal((await save({ name: 'Q' }, { seen })).kind, 'changed');
  });

  it('sends nothing where an added destination was deleted', async () => {
    const mechanisms = { webhooks: [{ id: destinationId }, { id: 'e'.repeat(32) }] };
    await assert.rejects(save({ mechanisms }), MissingDestinationsError);
    // One that the policy has already stays: the user did not add it.
    account.remove(destinationId);
    assert.equal((await save({ name: 'Q' })).kind, 'changed');
  });

  it('sends an added destination that exists and that an incomplete list does not show', async () => {
    const { id } = await account.put('second');
    const mechanisms = { webhooks: [{ id: destinationId }, { id }] };
    const outcome = await save({ mechanisms }, { api: withUnreadable(account.api(), id) });
    assert.deepEqual(outcome, { kind: 'changed', differing: [] });
  });

  it('settles a lost answer by looking, and sends once', async () => {
    for (const after of [true, false]) {
      account.fail({ method: 'PUT', fault: { kind: 'reset' }, after, times: 1 });
      const saving = save({ name: after ? 'Q' : 'R' });
      await (after ? saving : assert.rejects(saving, isUnsettled));
    }
    assert.deepEqual([stored()?.name, puts()], ['Q', 2]);
  });

  it('is not saved where the answer is lost and a colleague changed another field', async () => {
    const before = await whole();
    const api: Api = {
      ...account.api(),
      async updatePolicy() {
        await account.api().updatePolicy(ACCOUNT, policyId, { ...before, description: 'Theirs' });
        return failWith({ kind: 'timeout' })();
      },
    };
    await assert.rejects(save({ name: 'Q' }, { api }), { kind: 'timeout' });
    assert.equal(stored()?.name, 'P');
  });

  it('is saved where the answer is lost and Cloudflare trims the name', async () => {
    const api = normalizing(({ name }) => ({ name: String(name).trim() }));
    const lost: Api = {
      ...api,
      async updatePolicy(...given) {
        await api.updatePolicy(...given);
        return failWith({ kind: 'timeout' })();
      },
    };
    assert.deepEqual(await save({ name: 'Q ' }, { api: lost }), { kind: 'changed', differing: ['name'] });
  });

  it('waits for an earlier save without an answer, which would undo this one', async () => {
    const host = makeVirtualHost();
    const { api, takeEffect } = createLateUpdate(account.api(), 6);
    await assert.rejects(save({ name: 'Q' }, { api, host }), { kind: 'timeout' });
    const outcome = await save({ description: 'Mine' }, { api, host });
    await takeEffect();
    // The document that the user sees does not have the earlier change yet.
    assert.deepEqual([outcome.kind, stored()?.name, stored()?.description], ['conflict', 'Q', undefined]);
  });

  it('is saved where the policy cannot be read afterwards', async () => {
    let reads = 0;
    const api: Api = {
      ...account.api(),
      async getPolicy(...args) {
        reads += 1;
        if (reads > 1) {
          throw new Error('offline');
        }
        return account.api().getPolicy(...args);
      },
    };
    assert.deepEqual(await save({ name: 'Q' }, { api }), { kind: 'changed', differing: undefined });
  });
});

import assert from 'node:assert/strict';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { keyOfPolicy } from '../../../../src/core/policies/turns.ts';
import { conflictAfterUpdate } from '../../core/api/fake-api.ts';
import { ACCOUNT, useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { togglePolicy, stub } = await loadScripted(async () => import('../../../../src/ui/policies/toggle-policy.ts'));
const { locatePolicy } = await loadScripted(async () => import('../../../../src/ui/policies/find-policy.ts'));

describe('Enable or Disable Policy', () => {
  const account = useFakeAccount();
  const logger = { log: () => {}, show: () => {} };
  beforeEach(() => startOver(stub));

  const locate = async (argument: unknown, services: ReturnType<typeof makeUiServices>) =>
    locatePolicy(argument, 'Enable or Disable Policy', {
      ...services,
      targets: { account: async () => services.connection },
      destinationsView: { selected: () => [] },
    } as unknown as Parameters<typeof locatePolicy>[2]);

  it('says that it disabled a policy that a colleague changed at the same time', async () => {
    const { id } = account.putPolicy('P', [], ['ops@example.com']);
    const services = makeUiServices(conflictAfterUpdate(account.api()));
    await togglePolicy(services.connection, { id, name: 'P', enabled: true }, { ...services, logger });
    assert.equal(account.policies()[0]?.enabled, false);
    assert.deepEqual(stub.user.told, [
      'Disabled the policy “P”. It sends no alerts. The policy “P” was changed by another client at the same time (description). Check it in the dashboard.',
    ]);
  });

  for (const [gone, message] of [
    ['account', 'The Cloudflare account was removed from VS Code.'],
    ['policy', 'This policy no longer exists at Cloudflare.'],
  ] as const) {
    it(`says that the ${gone} of a row is gone`, async () => {
      const { id: policyId } = account.putPolicy('P', [], ['ops@example.com']);
      const services = makeUiServices(account.api());
      if (gone === 'account') {
        services.store.setConnections([]);
      } else {
        account.removePolicy(policyId);
      }
      const row = { kind: 'policy', accountId: ACCOUNT, destinationId: '', policyId };
      await assert.rejects(locate(row, services), { name: 'UserError', message });
    });
  }

  it('sends nothing for an account that was removed while the list of its policies was open', async () => {
    account.putPolicy('P', [], ['ops@example.com']);
    const services = makeUiServices(account.api());
    const { store } = services;
    Object.assign(stub.window, {
      async showQuickPick([item]: readonly unknown[]) {
        store.setConnections([]);
        return item;
      },
    });
    const located = await locate(undefined, services);
    assert.ok(located);
    await assert.rejects(togglePolicy(located.connection, located.policy, { ...services, logger }), {
      name: 'UserError',
      message: 'The account Acme was removed from VS Code.',
    });
    assert.equal(account.requests('PUT').length, 0);
  });

  it('sends nothing for an account that was removed while it waited for another change of the policy', async () => {
    const { id } = account.putPolicy('P', [], ['ops@example.com']);
    const services = makeUiServices(account.api());
    const waiting = Promise.withResolvers<void>();
    void services.host.inTurn(keyOfPolicy(ACCOUNT, id), async () => waiting.promise);
    const toggling = togglePolicy(services.connection, { id, name: 'P', enabled: true }, { ...services, logger });
    services.store.setConnections([]);
    waiting.resolve();
    await assert.rejects(toggling, { name: 'UserError', message: 'The account Acme was removed from VS Code.' });
    assert.equal(account.requests('PUT').length, 0);
  });

  it('finds the policy of a row that is not in a list that could not be read as a whole', async () => {
    const { id: policyId } = account.putPolicy('P', [], ['ops@example.com']);
    const services = makeUiServices({ ...account.api(), listPolicies: async () => noteSkipped([], 1) });
    const row = { kind: 'policy', accountId: ACCOUNT, destinationId: '', policyId };
    assert.equal((await locate(row, services))?.policy.name, 'P');
    account.removePolicy(policyId);
    await assert.rejects(locate(row, services), { message: 'This policy no longer exists at Cloudflare.' });
  });
});

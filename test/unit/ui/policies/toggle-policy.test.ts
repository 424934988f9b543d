import assert from 'node:assert/strict';
import { conflictAfterUpdate } from '../../core/api/fake-api.ts';
import { useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { togglePolicy, stub } = await loadScripted(async () => import('../../../../src/ui/policies/toggle-policy.ts'));
const { locatePolicy } = await loadScripted(async () => import('../../../../src/ui/policies/find-policy.ts'));

describe('Enable or Disable Policy', () => {
  const account = useFakeAccount();
  const logger = { log: () => {}, show: () => {} };
  beforeEach(() => startOver(stub));

  it('says that it disabled a policy that a colleague changed at the same time', async () => {
    const { id } = account.putPolicy('P', [], ['ops@example.com']);
    const services = makeUiServices(conflictAfterUpdate(account.api()));
    await togglePolicy(services.connection, { id, name: 'P', enabled: true }, { ...services, logger });
    assert.equal(account.policies()[0]?.enabled, false);
    assert.deepEqual(stub.user.told, [
      'Disabled the policy “P”. It sends no alerts. The policy “P” was changed by another client at the same time (description). Check it in the dashboard.',
    ]);
  });

  it('sends nothing for an account that was removed while the list of its policies was open', async () => {
    account.putPolicy('P', [], ['ops@example.com']);
    const services = makeUiServices(account.api());
    const { connection, store } = services;
    Object.assign(stub.window, {
      async showQuickPick([item]: readonly unknown[]) {
        store.setConnections([]);
        return item;
      },
    });
    const located = await locatePolicy(undefined, 'Enable or Disable Policy', {
      ...services,
      targets: { account: async () => connection },
      destinationsView: { selected: () => [] },
    } as unknown as Parameters<typeof locatePolicy>[2]);
    assert.ok(located);
    await assert.rejects(togglePolicy(located.connection, located.policy, { ...services, logger }), {
      name: 'UserError',
      message: 'The account Acme was removed from VS Code.',
    });
    assert.equal(account.requests('PUT').length, 0);
  });
});

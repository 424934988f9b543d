import assert from 'node:assert/strict';
import { useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { togglePolicy, stub } = await loadScripted(async () => import('../../../../src/ui/policies/toggle-policy.ts'));
const { locatePolicy } = await loadScripted(async () => import('../../../../src/ui/policies/find-policy.ts'));

describe('Enable or Disable Policy', () => {
  const account = useFakeAccount();
  const logger = { log: () => {}, show: () => {} };
  beforeEach(() => startOver(stub));

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

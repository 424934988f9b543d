import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { setImmediate } from 'node:timers/promises';
import { ACCOUNT, useFakeAccount, withUnreadable } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { managePolicies, stub } = await loadScripted(
  async () => import('../../../../src/ui/policies/manage-policies.ts'),
);

/** How long to wait for a condition, in milliseconds. */
const MOST_WAITING = 4000;

describe('Policies…', () => {
  const account = useFakeAccount();
  const logger = { log: () => {}, show: () => {} };
  beforeEach(() => startOver(stub));

  async function manage(services: ReturnType<typeof makeUiServices>, name: string): Promise<void> {
    const { connection, store } = services;
    await store.refresh();
    const destination = store.entry(ACCOUNT)?.state.last?.destinations.find((each) => each.name === name);
    assert.ok(destination);
    await managePolicies([{ connection, destination }], { ...services, logger });
    for (const start = Date.now(); stub.user.told.length < 2 && Date.now() - start < MOST_WAITING;) {
      await setImmediate();
    }
  }

  it('says that nothing was changed where it is canceled at once', async () => {
    await account.put('first');
    account.putPolicy('P', [], ['ops@example.com']);
    const { withProgress } = stub.window as typeof vscode.window;
    Object.assign(stub.window, {
      withProgress: async (options: vscode.ProgressOptions, work: (...given: readonly unknown[]) => unknown) =>
        work(
          { report() {} },
          { onCancellationRequested: (cancel: () => void) => options.cancellable === true && cancel() },
        ),
    });
    stub.user.picks.push((items) => items);
    stub.user.presses.push('Change Policy');
    try {
      await manage(makeUiServices(account.api()), 'first');
    } finally {
      Object.assign(stub.window, { withProgress });
    }
    assert.equal(stub.user.told.at(-1), '0 policies were changed. Canceled, not changed: “P”.');
  });

  it('removes a destination from a policy whose other one an incomplete list does not show', async () => {
    const [first, second] = [await account.put('first'), await account.put('second')];
    account.putPolicy('P', [first.id, second.id]);
    let detail = '';
    stub.user.picks.push(([item]) => {
      detail = item?.detail ?? '';
      return [];
    });
    stub.user.presses.push('Change Policy');
    await manage(makeUiServices(withUnreadable(account.api(), second.id), 1), 'first');
    assert.deepEqual([stub.user.told.at(-1), account.webhooksOf('P')], ['1 policy was changed.', [second.id]]);
    assert.equal(detail, 'Also delivers to a webhook that is not in the list');
  });

  it('changes no further policies of an account that was removed, and tells of those that it changed', async () => {
    await account.put('first');
    for (let index = 0; index < 12; index += 1) {
      account.putPolicy(`P${index}`, [], ['ops@example.com']);
    }
    const api = account.api();
    const services = makeUiServices({
      ...api,
      async updatePolicy(...given) {
        services.store.setConnections([]);
        return api.updatePolicy(...given);
      },
    });
    stub.user.picks.push((items) => items);
    stub.user.presses.push('Change 12 Policies');
    await manage(services, 'first');
    // Those that were in flight when it was removed.
    assert.ok(account.requests('PUT').length <= 4, `${account.requests('PUT').length}`);
    assert.match(stub.user.told.at(-1) ?? '', /was removed from VS Code/);
  });
});

import assert from 'node:assert/strict';
import type { Api } from '../../../../src/core/api/client.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { failWith } from '../../core/api/fake-api.ts';
import { ACCOUNT, useFakeAccount, withUnreadable } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { confirmAndDelete, stub } = await loadScripted(
  async () => import('../../../../src/ui/destinations/deleting.ts'),
);

describe('deleting after a question', () => {
  const account = useFakeAccount();
  beforeEach(() => startOver(stub));

  /** Asks about the only destination, as it was when the store read it. `afterwards` runs after that. */
  async function askAndDelete(api: Api, afterwards: () => void = () => {}): Promise<void> {
    const services = makeUiServices(api);
    await services.store.refresh([ACCOUNT]);
    const [destination] = services.store.entry(ACCOUNT)?.state.last?.destinations ?? [];
    afterwards();
    await confirmAndDelete([{ connection: services.connection, destination: destination ?? assert.fail() }], {
      ...services,
      logger: { log: () => {}, show: () => {} },
      replacements: { checkFree: async () => {} },
    });
  }
  const deletions = () => account.requests('DELETE').length;
  /** The real API, whose list has other values. */
  const beside = (change: () => Partial<Destination>): Api => ({
    ...account.api(),
    listDestinations: async (...given) =>
      (await account.api().listDestinations(...given)).map((each) => ({ ...each, ...change() })),
  });

  it('names the destination as it is now, not as it was when the row was drawn', async () => {
    await account.put('Ops');
    let change: Partial<Destination> = {};
    await askAndDelete(
      beside(() => change),
      () => void (change = { name: 'Ops EU' }),
    );
    assert.match(stub.user.told[0] ?? '', /“Ops EU”/);
    assert.equal(deletions(), 0);
  });

  it('asks again where a colleague changed the destination while the question was open', async () => {
    await account.put('Ops');
    let lists = 0;
    stub.user.presses.push('Delete');
    await askAndDelete(
      beside(() => {
        lists += 1;
        return lists > 2 ? { url: 'https://eu.example/hook' } : {};
      }),
    );
    assert.equal(stub.user.told.length, 2);
    assert.match(stub.user.details[1] ?? '', /The destination changed in the meantime[^]+eu\.example/);
    assert.equal(deletions(), 0);
  });

  it('says that a policy may use the destination where policies could not be read', async () => {
    await account.put('Ops');
    await askAndDelete({
      ...account.api(),
      listPolicies: async (...given) => noteSkipped(await account.api().listPolicies(...given), 1),
    });
    assert.match(stub.user.details[0] ?? '', /A policy that uses “Ops” may be one of them\./);
    assert.doesNotMatch(stub.user.details[0] ?? '', /No policy uses it/);
  });

  it('asks again where policies could not be read only after the question was answered', async () => {
    await account.put('Ops');
    let lists = 0;
    stub.user.presses.push('Delete');
    await askAndDelete({
      ...account.api(),
      async listPolicies(...given) {
        lists += 1;
        return noteSkipped(await account.api().listPolicies(...given), lists > 1 ? 1 : 0);
      },
    });
    assert.match(stub.user.details[0] ?? '', /No policy uses it/);
    assert.match(stub.user.details[1] ?? '', /A policy that uses “Ops” may be one of them\./);
    assert.equal(deletions(), 0);
  });

  it('does not take a destination that the list does not show for a deleted one', async () => {
    const { id } = await account.put('Ops');
    const other = await account.put('Unreadable');
    account.putPolicy('Attacks', [id, other.id]);
    stub.user.presses.push('Remove from Policies and Delete');
    await askAndDelete(withUnreadable(account.api(), other.id));
    assert.doesNotMatch(stub.user.details[0] ?? '', /would stop delivering/);
    assert.deepEqual([account.webhooksOf('Attacks'), account.names()], [[other.id], ['Unreadable']]);
  });

  describe('of many', () => {
    /** Deletes twelve. `before` happens before each deletion, and is told with which token. */
    async function deleteTwelve(
      before: (services: ReturnType<typeof makeUiServices>, token: string, renewed: Api) => void,
    ): Promise<void> {
      for (let index = 0; index < 12; index += 1) {
        await account.put(`D${index}`);
      }
      const withToken = (token: string): Api => ({
        ...account.api(),
        async deleteDestination(...given) {
          before(services, token, renewed);
          return account.api().deleteDestination(...given);
        },
      });
      const renewed = withToken('new');
      const services = makeUiServices(withToken('old'));
      const { store, connection } = services;
      await store.refresh([ACCOUNT]);
      const all = store.entry(ACCOUNT)?.state.last?.destinations ?? [];
      stub.user.presses.push('Delete');
      await confirmAndDelete(
        all.map((destination) => ({ connection, destination })),
        { ...services, logger: { log: () => {}, show: () => {} }, replacements: { checkFree: async () => {} } },
      );
    }

    it('stops where the account is removed, and says why', async () => {
      await deleteTwelve(({ store }) => store.setConnections([]));
      // Those that were in flight when it was removed.
      assert.ok(deletions() <= 4, `${deletions()}`);
      assert.match(
        stub.user.told.at(-1) ?? '',
        /^Deleted \d of 12 .+ Not deleted: “D\d” of Acme: The account Acme was removed from VS Code\./,
      );
    });

    it('goes on with the token that replaces the one of before', async () => {
      const by: string[] = [];
      await deleteTwelve(({ store, connection }, token, renewed) => {
        by.push(token);
        store.setConnections([{ ...connection, api: renewed }]);
      });
      assert.deepEqual([[...new Set(by.slice(4))], by.length, account.names()], [['new'], 12, []]);
    });
  });

  it('asks again where the policies could not be loaded for the first question, and name a policy now', async () => {
    const { id } = await account.put('Ops');
    account.putPolicy('Attacks', [id]);
    let lists = 0;
    stub.user.presses.push('Delete');
    await askAndDelete({
      ...account.api(),
      async listPolicies(...given) {
        lists += 1;
        return lists === 1 ? failWith({ kind: 'network' })() : account.api().listPolicies(...given);
      },
    });
    assert.equal(stub.user.told.length, 2);
    assert.match(stub.user.details[1] ?? '', /policies changed[^]+would stop delivering alerts: “Attacks”/);
    assert.equal(deletions(), 0);
  });
});

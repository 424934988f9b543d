import assert from 'node:assert/strict';
import { SETTLING_TIME } from '../../../../src/core/api/deadlines.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import type { Wanted } from '../../../../src/core/destinations/import-plan.ts';
import { ACCOUNT, createLate, useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { importInto, stub } = await loadScripted(async () => import('../../../../src/ui/transfer/import.ts'));
const { createDestinationWriter } = await loadScripted(
  async () => import('../../../../src/ui/destinations/destination-writer.ts'),
);
const { createTransferDocuments } = await loadScripted(async () => import('../../../../src/ui/transfer/documents.ts'));

describe('import into an account', () => {
  const account = useFakeAccount();
  beforeEach(() => {
    startOver(stub);
    Object.assign(stub.workspace, { openTextDocument: async (uri: unknown) => uri });
  });

  const makeServices = (api: Api) => {
    const services = makeUiServices(api);
    return {
      ...services,
      documents: createTransferDocuments(),
      logger: { log: () => {}, show: () => {} },
    };
  };
  const wanted = (...names: readonly string[]): readonly Wanted[] =>
    names.map((name) => ({ name, type: 'generic', host: '', url: account.hook(name) }));
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** Imports and agrees to the plan. Returns what was said at the end. */
  const run = async (file: readonly Wanted[], services: ReturnType<typeof makeServices>): Promise<string> => {
    startOver(stub);
    stub.user.presses.push('Create');
    await importInto(services.connection, 'file', file, services);
    await until(() => stub.user.told.length === 2 || stub.user.told[0]?.startsWith('Nothing to create') === true);
    return stub.user.told.at(-1) ?? '';
  };

  it('creates nothing that may be an entry of the list that could not be read', async () => {
    await account.put('A');
    await account.put('B');
    const api = account.api();
    const services = makeServices({
      ...api,
      listDestinations: async (id) => {
        const all = await api.listDestinations(id);
        return noteSkipped(
          all.filter(({ name }) => name !== 'B'),
          1,
        );
      },
    });
    assert.match(await run(wanted('A', 'B'), services), /^Nothing to create in Acme: see the plan\./);
    const plan = services.documents.provide(stub.user.shown[0] ?? assert.fail());
    assert.match(plan, /unclear whether the account has it \(1\)\n {2}“B” .+: Cloudflare’s list has entries/);
    assert.deepEqual(account.names(), ['A', 'B']);
  });

  it('says how many of those that were agreed to it no longer creates', async () => {
    const api = account.api();
    let lists = 0;
    const services = makeServices({
      ...api,
      async listDestinations(id) {
        lists += 1;
        // While the question is open, a colleague creates another destination with the name of one.
        if (lists === 2) {
          await account.put('B', account.hook('other'));
        }
        return api.listDestinations(id);
      },
    });
    assert.equal(
      await run(wanted('A', 'B'), services),
      'Created 1 webhook destination in Acme. 1 is no longer created: see the report.',
    );
    assert.deepEqual(account.names().toSorted(), ['A', 'B']);
  });

  it('finds a creation of a panel that was not answered', async () => {
    // It takes effect after the panel has given up, and after the plan and its repetition.
    const services = makeServices(createLate(account.api(), 10));
    const { connection } = services;
    const draft = { name: 'Ops', url: account.hook('Ops') };
    await assert.rejects(createDestinationWriter(services).create(connection, draft, false), { kind: 'timeout' });
    assert.deepEqual(account.names(), []);
    assert.equal(await run(wanted('Ops'), services), 'Created 1 webhook destination in Acme.');
    assert.deepEqual([account.names(), account.posts()], [['Ops'], 1]);
  });

  it('keeps other windows from planning until an unanswered creation can no longer take effect', async () => {
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    const services = makeServices(account.api());
    const settled = Promise.withResolvers<void>();
    const sleep = async (milliseconds: number): Promise<void> =>
      milliseconds === SETTLING_TIME ? settled.promise : services.host.sleep(milliseconds);
    const turn = `import.${ACCOUNT}`;
    const failed = await run(wanted('Ops'), { ...services, host: { ...services.host, sleep } });
    assert.equal(failed, 'Created 0 webhook destinations in Acme. 1 failed.');
    assert.equal(await services.leases.isTaken(turn), true);
    settled.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await services.leases.isTaken(turn), false);
    assert.equal(await run(wanted('Ops'), services), 'Created 1 webhook destination in Acme.');
    assert.equal(await services.leases.isTaken(turn), false);
  });

  it('creates nothing more in an account that was removed', async () => {
    const api = account.api();
    const services = makeServices({
      ...api,
      async createDestination(...given) {
        services.store.setConnections([]);
        return api.createDestination(...given);
      },
    });
    const file = wanted(...Array.from({ length: 12 }, (_, index) => `${index}`));
    assert.match(await run(file, services), / failed\. .+ not sent\.$/);
    // Those that were in flight when it was removed.
    assert.ok(account.posts() <= 4, `${account.posts()}`);
  });

  it('creates nothing in an account that is removed during the wait for an earlier creation', async () => {
    const services = makeServices(account.api());
    const { connection, host, store } = services;
    account.fail({ method: 'POST', fault: { kind: 'reset' }, times: 1 });
    const draft = { name: 'Ops', url: account.hook('Ops') };
    await assert.rejects(createDestinationWriter(services).create(connection, draft, false), { kind: 'network' });
    const sleep = async (milliseconds: number): Promise<void> => {
      store.setConnections([]);
      await host.sleep(milliseconds);
    };
    const said = await run(wanted('Ops'), { ...services, host: { ...host, sleep } });
    assert.equal(said, 'Created 0 webhook destinations in Acme. 1 failed.');
    assert.deepEqual([account.posts(), account.names()], [1, []]);
  });

  it('creates with the token that has replaced the one of before', async () => {
    const api = account.api();
    const by: string[] = [];
    const withToken = (token: string): Api => ({
      ...api,
      async createDestination(...given) {
        by.push(token);
        services.store.setConnections([{ ...services.connection, api: withToken('new') }]);
        return api.createDestination(...given);
      },
    });
    const services = makeServices(withToken('old'));
    const file = wanted(...Array.from({ length: 12 }, (_, index) => `${index}`));
    assert.equal(await run(file, services), 'Created 12 webhook destinations in Acme.');
    assert.deepEqual([...new Set(by.slice(4))], ['new']);
  });
});

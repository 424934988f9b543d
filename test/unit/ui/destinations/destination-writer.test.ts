import assert from 'node:assert/strict';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { RememberedSecret } from '../../../../src/core/destinations/remembered-secret.ts';
import type { Draft } from '../../../../src/core/model/destination.ts';
import { createDestinationWriter } from '../../../../src/ui/destinations/destination-writer.ts';
import { makeApi } from '../../core/api/fake-api.ts';
import { ACCOUNT } from '../../core/destinations/fake-account.ts';
import { makeUiServices } from '../ui-services.ts';

const ID = 'd'.repeat(32);
const PLAIN = 'https://example.com/hook';
const HOOKS = 'https://hooks.slack.com/services/T1';
const OLD = `${HOOKS}/B1/old`;
const cut = (url: string): string => url.replace(/\/[^/]+$/, '');

type Fault = 'none' | 'lost' | 'ignoresUrl' | 'unreadable' | 'refused';

/** What was remembered while each update was being sent: a window that is killed then leaves it so. */
const whileSending: (RememberedSecret | undefined)[] = [];

/** Updates a destination of which `remembered` is stored. Returns what is remembered afterwards. */
async function update(
  url: string,
  remembered: RememberedSecret,
  { fault, remember = true, ...changes }: Partial<Draft> & { fault: Fault; remember?: boolean },
): Promise<RememberedSecret | undefined> {
  let now = url;
  const isSlack = url === OLD;
  const read = () => ({ id: ID, name: 'Ops', type: isSlack ? 'slack' : 'generic', url: isSlack ? cut(now) : now });
  const services = makeUiServices(
    makeApi({
      getDestination: async () => {
        if (fault === 'unreadable') {
          throw new ApiError({ kind: 'unavailable' });
        }
        return read();
      },
      listDestinations: async () => [read()],
      updateDestination: async (_account, _id, draft) => {
        whileSending.push(await services.secrets.get(ACCOUNT, ID));
        if (fault === 'refused') {
          throw new ApiError({ kind: 'forbidden' });
        }
        now = fault === 'ignoresUrl' ? now : draft.url;
        if (fault === 'lost') {
          throw new ApiError({ kind: 'timeout' });
        }
      },
    }),
  );
  await services.secrets.remember(ACCOUNT, ID, remembered);
  const { connection } = services;
  const draft = { name: 'Ops', url: read().url, ...changes };
  await createDestinationWriter(services)
    .update({ connection, destination: read() }, draft, remember)
    .catch((error: unknown) => assert.ok(error instanceof ApiError));
  return services.secrets.get(ACCOUNT, ID);
}

describe('what is remembered after an update', () => {
  const rows: readonly [string, Parameters<typeof update>, RememberedSecret | undefined][] = [
    ['the new secret', [PLAIN, { secret: 'old' }, { fault: 'none', secret: 'new' }], { secret: 'new' }],
    ['no secret if the answer is lost', [PLAIN, { secret: 'old' }, { fault: 'lost', secret: 'new' }], undefined],
    [
      'the secret if only the name was sent',
      [PLAIN, { secret: 'old' }, { fault: 'lost', name: 'Now' }],
      { secret: 'old' },
    ],
    ['no URL if the answer is lost', [OLD, { url: OLD }, { fault: 'lost', url: `${HOOKS}/B1/new` }], undefined],
    [
      'no URL if the new one is not to be remembered',
      [OLD, { url: OLD }, { fault: 'none', url: `${HOOKS}/B1/new`, remember: false }],
      undefined,
    ],
    [
      'the old URL if Cloudflare ignores the new one',
      [OLD, { url: OLD }, { fault: 'ignoresUrl', url: `${HOOKS}/B2/new` }],
      { url: OLD },
    ],
    [
      'the secret if Cloudflare refuses a new one',
      [PLAIN, { secret: 'old' }, { fault: 'refused', secret: 'new' }],
      { secret: 'old' },
    ],
    ['the old values if nothing was sent', [OLD, { url: OLD }, { fault: 'unreadable', secret: 'new' }], { url: OLD }],
  ];
  for (const [what, given, after] of rows) {
    it(`is ${what}`, async () => assert.deepEqual(await update(...given), after));
  }

  it('is told to be forgotten after a lost answer, so that the next save can remember the new secret', async () => {
    let isLost = true;
    const destination = { id: ID, name: 'Ops', type: 'generic', url: PLAIN };
    const services = makeUiServices(
      makeApi({
        getDestination: async () => destination,
        listDestinations: async () => [destination],
        async updateDestination() {
          if (isLost) {
            throw new ApiError({ kind: 'timeout' });
          }
        },
      }),
    );
    await services.secrets.remember(ACCOUNT, ID, { secret: 'old' });
    const writer = createDestinationWriter(services);
    const target = { connection: services.connection, destination };
    const draft = { name: 'Ops', url: PLAIN, secret: 'new' };
    await assert.rejects(writer.update(target, draft, true), { kind: 'timeout' });
    assert.equal(writer.hasForgotten(target), true);
    isLost = false;
    await writer.update(target, draft, true);
    assert.equal(writer.hasForgotten(target), false);
    assert.deepEqual(await services.secrets.get(ACCOUNT, ID), { secret: 'new' });
  });

  it('is nothing outdated while the update is being sent', async () => {
    whileSending.length = 0;
    await update(PLAIN, { secret: 'old' }, { fault: 'none', secret: 'new' });
    assert.deepEqual(whileSending, [undefined]);
  });
});

describe('saving after a question that was open for long', () => {
  const draft = { name: 'Ops', url: PLAIN };
  const destination = { id: ID, name: 'Ops', type: 'generic', url: PLAIN };

  it('sends with the token that the account has now', async () => {
    const sent: string[] = [];
    const apiOf = (token: string) =>
      makeApi({
        listDestinations: async () => [],
        getDestination: async () => destination,
        updateDestination: async () => void sent.push(token),
        createDestination: async () => {
          sent.push(token);
          return ID;
        },
      });
    const services = makeUiServices(apiOf('rolled'));
    const { connection, store } = services;
    store.setConnections([{ ...connection, api: apiOf('new') }]);
    const writer = createDestinationWriter(services);
    await writer.update({ connection, destination }, { ...draft, name: 'Now' }, false);
    await writer.create(connection, draft, false);
    assert.deepEqual(sent, ['new', 'new']);
  });

  it('stores no secret for an account that is removed while the creation is sent', async () => {
    const services = makeUiServices(
      makeApi({
        listDestinations: async () => [],
        createDestination: async () => {
          services.store.setConnections([]);
          return ID;
        },
      }),
    );
    const { connection, secrets } = services;
    const created = await createDestinationWriter(services).create(connection, { ...draft, secret: 'secret' }, true);
    assert.deepEqual([created.id, await secrets.get(ACCOUNT, ID)], [ID, undefined]);
  });

  for (const isRefused of [false, true]) {
    it(`stores no secret for an account that is removed while the update is sent${isRefused ? ' and refused' : ''}`, async () => {
      const services = makeUiServices(
        makeApi({
          listDestinations: async () => [],
          getDestination: async () => destination,
          updateDestination: async () => {
            services.store.setConnections([]);
            await services.secrets.forget(ACCOUNT, ID);
            if (isRefused) {
              throw new ApiError({ kind: 'forbidden' });
            }
          },
        }),
      );
      const { connection, secrets } = services;
      await secrets.remember(ACCOUNT, ID, { secret: 'old' });
      await createDestinationWriter(services)
        .update({ connection, destination }, { ...draft, secret: 'new' }, true)
        .catch(() => undefined);
      assert.equal(await secrets.get(ACCOUNT, ID), undefined);
    });
  }

  it('creates nothing in an account that is removed during the wait for an earlier creation', async () => {
    let posts = 0;
    const services = makeUiServices(
      makeApi({
        listDestinations: async () => [],
        createDestination: async () => {
          posts += 1;
          throw new ApiError({ kind: 'timeout' });
        },
      }),
    );
    const { connection, store, host } = services;
    await assert.rejects(createDestinationWriter(services).create(connection, draft, true), { kind: 'timeout' });
    const sleep = async (milliseconds: number): Promise<void> => {
      store.setConnections([]);
      await host.sleep(milliseconds);
    };
    const writer = createDestinationWriter({ ...services, host: { ...host, sleep } });
    await assert.rejects(writer.create(connection, draft, true), { name: 'AccountRemovedError' });
    assert.equal(posts, 1);
  });

  it('sends nothing if the account was removed', async () => {
    const services = makeUiServices(makeApi());
    const { connection, store } = services;
    store.setConnections([]);
    const writer = createDestinationWriter(services);
    await assert.rejects(writer.create(connection, draft, false), { name: 'AccountRemovedError' });
    await assert.rejects(writer.update({ connection, destination }, draft, false), { name: 'AccountRemovedError' });
  });
});

import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { Api } from '../../../../src/core/api/client.ts';
import { formatDocument } from '../../../../src/core/formats/json-document.ts';
import type { Destination, Draft } from '../../../../src/core/model/destination.ts';
import { createDestinationWriter } from '../../../../src/ui/destinations/destination-writer.ts';
import type { SaveServices } from '../../../../src/ui/json/save-document.ts';
import { createReplacements } from '../../../../src/ui/replacement/replacements.ts';
import { failWith } from '../../core/api/fake-api.ts';
import { useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { saveDocument, stub } = await loadScripted(async () => import('../../../../src/ui/json/save-document.ts'));
const { addressOf } = await loadScripted(async () => import('../../../../src/ui/json/addresses.ts'));

/** How long to wait for a condition, in milliseconds. */
const MOST_WAITING = 4000;

describe('the save of a JSON document', () => {
  const account = useFakeAccount();
  let old: Destination;
  let services: ReturnType<typeof makeUiServices>;
  let parts: SaveServices;
  let replaced: readonly string[];

  beforeEach(async () => {
    startOver(stub);
    old = await account.put('Ops', account.hook('old'));
    services = makeUiServices(account.api());
    await services.store.refresh();
    replaced = [];
    parts = {
      ...services,
      writer: createDestinationWriter(services),
      replacements: createReplacements(services),
      lastSaves: new Map(),
      logger: { log: () => {}, show: () => {} },
      refuse() {},
      heldSecret: undefined,
      async showReplacement(id) {
        replaced = [...replaced, id];
      },
    };
  });

  async function save(draft: Draft, connection = services.connection): Promise<void> {
    const [target] = services.store.entry(connection.account.id)?.state.last?.destinations ?? [];
    assert.ok(target);
    const uri = addressOf(connection.account, target);
    await saveDocument({ uri, text: formatDocument(draft), connection, target, isStale: false }, parts);
  }

  describe('of a destination that Cloudflare does not find', () => {
    it('asks whether to create it again', async () => {
      account.remove(old.id);
      stub.user.presses.push('Create Again');
      await save({ name: 'Ops 2', url: account.hook('old') });
      assert.match(stub.user.told[0] ?? '', /^“Ops 2” was deleted at Cloudflare\. Create it again\?$/);
      assert.deepEqual(account.names(), ['Ops 2']);
    });

    it('does not say so if it is the account that was not found', async () => {
      const getDestination = failWith({ kind: 'notFound', status: 404, codes: [7003] });
      services.store.setConnections([{ ...services.connection, api: { ...account.api(), getDestination } }]);
      const saving = save({ name: 'Ops 2', url: account.hook('old') });
      await assert.rejects(saving, /Cloudflare could not find Acme \(code 7003\)/);
      assert.deepEqual(stub.user.told, []);
    });

    it('sends no creation without the secret part of its URL, which an update keeps', async () => {
      account.remove(old.id);
      const { id, url } = await account.put('Chat', 'https://hooks.slack.com/services/T0/B0/secret', 'slack');
      await services.store.refresh();
      account.remove(id);
      await assert.rejects(save({ name: 'Chat 2', url }), /lacks its secret part/);
      assert.deepEqual([stub.user.told, account.posts()], [[], 0]);
    });
  });

  it('that cannot read an accepted new name back advises no replacement', async () => {
    const api: Api = {
      ...account.api(),
      async updateDestination(...given) {
        await account.api().updateDestination(...given);
        const unreachable = failWith({ kind: 'network' });
        Object.assign(api, { getDestination: unreachable, listDestinations: unreachable });
      },
    };
    services.store.setConnections([{ ...services.connection, api }]);
    stub.user.presses.push('Replace…');
    await save({ name: 'Ops 2', url: account.hook('old') });
    assert.deepEqual(stub.user.told, ['Cloudflare accepted the new name of “Ops 2”, but it could not be checked.']);
    assert.deepEqual([account.names(), account.posts()], [['Ops 2'], 0]);
  });

  describe('whose message offers Replace…', () => {
    /** Saves another URL, which Cloudflare ignores. Returns what presses the button of the message. */
    async function saveIgnored(): Promise<() => void> {
      const { promise, resolve } = Promise.withResolvers<string>();
      stub.user.presses.push('Update in Place', promise);
      await save({ name: 'Ops', url: account.hook('new') });
      return () => resolve('Replace…');
    }

    async function until(isTrue: () => boolean): Promise<void> {
      for (const start = Date.now(); !isTrue(); await setImmediate()) {
        assert.ok(Date.now() - start < MOST_WAITING, stub.user.told.join('\n'));
      }
    }

    /** Presses the button and returns the message that follows. The modal of a replacement is confirmed. */
    async function press(button: () => void): Promise<string> {
      const { length } = stub.user.told;
      stub.user.presses.push('Replace');
      button();
      await until(() => stub.user.told.length > length);
      return stub.user.told.at(-1) ?? '';
    }

    it('replaces a destination that is still the one of that save', async () => {
      const button = await saveIgnored();
      assert.match(await press(button), /^Replace “Ops” of Acme\?/);
      await until(() => replaced.length > 0);
      assert.equal((await account.api().getDestination(services.connection.account.id, replaced[0] ?? '')).name, 'Ops');
      assert.equal(account.stored(old.id), undefined);
    });

    it('replaces nothing after a later save renamed the destination', async () => {
      const button = await saveIgnored();
      await save({ name: 'Ops EU', url: account.hook('old') });
      assert.match(await press(button), /^“Ops EU” has changed at Cloudflare since .* Nothing was replaced\./);
      assert.deepEqual([account.names(), account.posts()], [['Ops EU'], 0]);
      assert.equal(stub.user.shown.length, 1);
    });

    it('replaces nothing after another client renamed the destination', async () => {
      const button = await saveIgnored();
      await account.api().updateDestination(services.connection.account.id, old.id, { name: 'Else', url: old.url });
      await services.store.refresh();
      assert.match(await press(button), /^“Else” has changed at Cloudflare since .* Nothing was replaced\./);
      assert.equal(account.posts(), 0);
    });

    it('replaces nothing after the document was saved with the old URL', async () => {
      const button = await saveIgnored();
      await save({ name: 'Ops', url: account.hook('old') });
      assert.match(await press(button), /^The document was saved again after this message\. Nothing was replaced\./);
      assert.equal(account.posts(), 0);
    });

    it('says that the destination was deleted in the meantime', async () => {
      const button = await saveIgnored();
      account.remove(old.id);
      await services.store.refresh();
      assert.match(await press(button), /^“Ops” no longer exists at Cloudflare/);
    });

    it('uses the token of now', async () => {
      const button = await saveIgnored();
      const creators: string[] = [];
      const api: Api = {
        ...account.api(),
        async createDestination(...given) {
          creators.push('new token');
          return account.api().createDestination(...given);
        },
      };
      services.store.setConnections([{ ...services.connection, api }]);
      await services.store.refresh();
      await press(button);
      await until(() => replaced.length > 0);
      assert.deepEqual(creators, ['new token']);
    });

    it('sends nothing for an account that was removed', async () => {
      const button = await saveIgnored();
      services.store.setConnections([]);
      assert.match(await press(button), /^The account Acme was removed from VS Code/);
      assert.equal(account.posts(), 0);
    });
  });
});

import assert from 'node:assert/strict';
import type { Destination, Draft } from '../../../../src/core/model/destination.ts';
import { createDestinationWriter } from '../../../../src/ui/destinations/destination-writer.ts';
import { createLastTests } from '../../../../src/ui/tree/last-tests.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { ACCOUNT, useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { testDestinations, stub } = await loadScripted(async () => import('../../../../src/ui/testing/testing.ts'));

const [OLD, NEW] = ['https://old.example/hook', 'https://new.example/hook'];

describe('the message of a test from this machine that stays open', () => {
  const account = useFakeAccount();
  let listed: Destination;
  let base: ReturnType<typeof makeUiServices>;
  let called: { readonly url: string; readonly secret: string | null }[];
  /** Presses a button of the open message. */
  let press: (button: string) => void;

  beforeEach(async () => {
    startOver(stub);
    called = [];
    controls.changeSettings(account.world(), { putMode: 'as-documented' });
    listed = await account.put('Ops', OLD, 'generic');
    base = makeUiServices(account.api());
    await base.store.refresh();
  });

  /** Tests the destination with a typed secret, until its message is open. */
  async function test(secret: string): Promise<void> {
    let allowed: unknown;
    const fetch = async (url: URL | string, { headers }: RequestInit = {}) => {
      called.push({ url: String(url), secret: new Headers(headers).get('cf-webhook-auth') });
      return new Response('', { status: 200 });
    };
    const services = {
      ...base,
      host: { ...base.host, fetch, sleep: async () => new Promise<void>(() => {}) },
      logger: { log: () => {} },
      lastTests: createLastTests(),
      state: { get: () => allowed, update: async (_key: string, hosts: unknown) => void (allowed = hosts) },
      userAgent: 'test/1',
      loadSamples: async () => assert.fail(),
    };
    const pressed = Promise.withResolvers<string>();
    press = pressed.resolve;
    stub.user.presses.push('Send', pressed.promise);
    stub.user.inputs.push(secret);
    await testDestinations([{ connection: base.connection, destination: listed }], services as never, 'direct');
    await until(() => stub.user.told.length === 2);
  }
  const update = async (changes: Partial<Draft>) =>
    createDestinationWriter(base).update(
      { connection: base.connection, destination: listed },
      { name: 'Ops', url: OLD, ...changes },
      false,
    );
  const moveToNewUrl = async (): Promise<void> => {
    controls.putDestination(account.world(), { account: ACCOUNT, id: listed.id, url: NEW });
    await base.store.refresh();
  };
  const remembered = async () => base.secrets.get(ACCOUNT, listed.id);

  describe('Remember Secret', () => {
    it('stores what was typed, also after a rename', async () => {
      await test('typed');
      await update({ name: 'Ops EU' });
      press('Remember Secret');
      await until(async () => (await remembered()) !== undefined);
      assert.deepEqual(await remembered(), { secret: 'typed' });
    });

    it('never stores a secret that was replaced since by one that is not remembered', async () => {
      await test('typed');
      await update({ secret: 'replaced' });
      press('Remember Secret');
      await until(() => stub.user.told.length === 3);
      assert.match(stub.user.told[2] ?? '', /^Not stored: the secret or the URL of “Ops” may have changed/);
      await update({ name: 'Ops EU' });
      assert.deepEqual([await remembered(), account.stored(listed.id)?.secret], [undefined, 'replaced']);
    });

    it('stores nothing for a URL that another client changed', async () => {
      await test('typed');
      await moveToNewUrl();
      press('Remember Secret');
      await until(() => stub.user.told.length === 3);
      assert.match(stub.user.told[2] ?? '', /^Not stored/);
      assert.equal(await remembered(), undefined);
    });

    it('stores nothing for a destination that was deleted', async () => {
      await test('typed');
      account.remove(listed.id);
      await base.store.refresh();
      press('Remember Secret');
      await until(() => stub.user.told.length === 3);
      assert.equal(stub.user.told[2], '“Ops” no longer exists at Cloudflare. It was deleted or replaced.');
      assert.equal(await remembered(), undefined);
    });
  });

  describe('Test Again', () => {
    it('sends the typed secret again while nothing has changed', async () => {
      await test('typed');
      press('Test Again');
      await until(() => stub.user.told.length === 3);
      assert.deepEqual(called[1], { url: OLD, secret: 'typed' });
    });

    it('tests the URL that the destination has now, and asks for its secret', async () => {
      await test('typed');
      await moveToNewUrl();
      stub.user.inputs.push('of the new URL');
      stub.user.presses.push('Send');
      press('Test Again');
      await until(() => stub.user.told.length === 4);
      assert.deepEqual(called[1], { url: NEW, secret: 'of the new URL' });
    });

    it('asks for the secret again if it was replaced', async () => {
      await test('typed');
      await update({ secret: 'replaced' });
      stub.user.inputs.push('replaced');
      press('Test Again');
      await until(() => stub.user.told.length === 3);
      assert.deepEqual(called[1], { url: OLD, secret: 'replaced' });
    });

    it('sends nothing for an account that was removed', async () => {
      await test('typed');
      base.store.setConnections([]);
      press('Test Again');
      await until(() => stub.user.told.length === 3);
      assert.equal(stub.user.told[2], 'The Cloudflare account was removed from VS Code.');
      assert.equal(called.length, 1);
    });

    it('sends nothing to a destination that was deleted', async () => {
      await test('typed');
      account.remove(listed.id);
      await base.store.refresh();
      press('Test Again');
      await until(() => stub.user.told.length === 3);
      assert.equal(stub.user.told[2], '“Ops” no longer exists at Cloudflare. It was deleted or replaced.');
      assert.equal(called.length, 1);
    });
  });
});

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const start = Date.now(); !(await isTrue());) {
    assert.ok(Date.now() - start < 4000, stub.user.told.join('\n'));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

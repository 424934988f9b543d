import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type { Api } from '../../../../src/core/api/client.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { DELIVERY_SCHEME } from '../../../../src/ui/host/ids.ts';
import { createLastTests } from '../../../../src/ui/tree/last-tests.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { ACCOUNT, useFakeAccount } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { createDeliveryDocuments, stub } = await loadScripted(
  async () => import('../../../../src/ui/policies/explain-delivery.ts'),
);

describe('the document of Explain Delivery', () => {
  const account = useFakeAccount();
  let destination: Destination;

  let open: (document: Pick<vscode.TextDocument, 'uri'>) => void;

  before(() => {
    const never = () => ({ dispose() {} });
    const onDidOpenTextDocument = (listener: typeof open) => {
      open = listener;
      return never();
    };
    const events = { onDidChangeTextDocument: never, onDidCloseTextDocument: never, onDidOpenTextDocument };
    Object.assign(stub.workspace, events);
  });
  beforeEach(async () => {
    startOver(stub);
    destination = await account.put('Ops', account.hook('ops'));
  });

  /** A window, and how often its document is to be read again. */
  function makeWindow(api: Api = account.api()) {
    const services = { ...makeUiServices(api), logger: { log: () => {} }, lastTests: createLastTests() };
    const fired: vscode.Uri[] = [];
    const changed = { fire: (uri: vscode.Uri) => void fired.push(uri) };
    const documents = createDeliveryDocuments(services as never, changed as never);
    const uri = Object.assign(new stub.Uri({ scheme: DELIVERY_SCHEME, path: '/Ops.txt' }), {
      query: `${ACCOUNT}&${destination.id}`,
    });
    return { services, fired, uri, read: async () => documents.provide(uri) };
  }

  describe('when a policy changes while it is being read', () => {
    /** Reads the document, which VS Code has or has not opened, while a policy is enabled. */
    async function readDuringChange(isOpened: boolean) {
      const policy = account.putPolicy('P', [destination.id]);
      account.changePolicy({ ...policy, enabled: false });
      const real = account.api();
      let listed: Promise<void> | undefined;
      const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>();
      const window = makeWindow({
        ...real,
        async listPolicies(...given) {
          const all = await real.listPolicies(...given);
          hold();
          await listed;
          return all;
        },
      });
      if (isOpened) {
        stub.user.documents.push({ uri: window.uri });
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      listed = promise;
      const text = window.read();
      await isHeld;
      account.changePolicy({ ...policy, enabled: true });
      window.services.policies.forget([ACCOUNT]);
      resolve();
      assert.match(await text, /The policy is disabled/);
      return window;
    }

    it('is read again', async () => {
      const { fired, uri, read } = await readDuringChange(true);
      assert.deepEqual(fired, [uri]);
      assert.match(await read(), /The policy is enabled/);
      assert.equal(fired.length, 1);
    });

    it('is read again once VS Code has opened it', async () => {
      const { fired, uri } = await readDuringChange(false);
      assert.deepEqual(fired, []);
      open({ uri });
      open({ uri });
      assert.deepEqual(fired, [uri]);
    });
  });

  it('is not read again because it was the first to see a change', async () => {
    const { services, fired, uri, read } = makeWindow();
    stub.user.documents.push({ uri });
    await services.policies.get(services.connection);
    account.putPolicy('P', [destination.id]);
    assert.match(await read(), /1 notification policy uses it/);
    assert.deepEqual(fired, []);
  });

  it('says that a policy that could not be read may use the destination', async () => {
    const id = account.putPolicy('P', []).id;
    const real = account.api();
    const { read } = makeWindow({
      ...real,
      listPolicies: async (...given) => noteSkipped(await real.listPolicies(...given), 1),
    });
    const unread =
      'Cloudflare’s list of policies has entries that could not be read. A policy that uses “Ops” may be one of them.';
    const line = async () => (await read()).split('\n').find((each) => each.endsWith(unread));
    assert.equal(await line(), `? Unknown: ${unread}`);
    account.removePolicy(id);
    account.putPolicy('Q', [destination.id]);
    assert.equal(await line(), `✓ OK: 1 notification policy uses it: “Q”. ${unread}`);
  });

  it('counts disabled policies in the same words for one and for several', async () => {
    const disable = (name: string) =>
      account.changePolicy({ ...account.putPolicy(name, [destination.id]), enabled: false });
    const real = account.api();
    const { read } = makeWindow({
      ...real,
      listPolicies: async (...given) => noteSkipped(await real.listPolicies(...given), 1),
    });
    disable('P');
    assert.match(await read(), /^! .*: Disabled policies: 1 of 1 \(“P”\)\.$/m);
    disable('Q');
    account.putPolicy('R', [destination.id]);
    assert.match(await read(), /^! .*: Disabled policies: 2 of 3 \(“P” and “Q”\)\.$/m);
  });

  it('says that a delivery is unknown whose time cannot be read', async () => {
    const unread = '? Unknown: Not all times of Cloudflare could be read.';
    for (const [times, line] of [
      [{ lastSuccess: 'unreadable' }, `${unread} Last success: unknown. Last failure: never.`],
      [{ lastSuccess: '2026-01-01T00:00:00Z', lastFailure: 'unreadable' }, `${unread} Last success: Jan 1, 2026`],
      [{}, '? Unknown: Cloudflare has never delivered an alert to it.'],
    ] as const) {
      const getDestination = async () => ({ ...destination, ...times });
      const { read } = makeWindow({ ...account.api(), getDestination });
      const lines = (await read()).split('\n');
      assert.ok(
        lines.some((each) => each.startsWith(line)),
        lines.join('\n'),
      );
    }
  });

  it('proves nothing by a test of another URL', async () => {
    const { services, read } = makeWindow();
    const tested = { at: services.host.now(), way: 'direct', result: 'worked', reason: '' } as const;
    services.lastTests.set(ACCOUNT, destination.id, { ...tested, url: destination.url });
    assert.match(await read(), /^✓ OK: Last test from this machine: succeeded .+\.$/m);
    controls.putDestination(account.world(), { account: ACCOUNT, id: destination.id, url: account.hook('other') });
    assert.match(await read(), /^\? Unknown: Last test from this machine: .+\. The URL has changed since then\.$/m);
  });
});

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

  before(() => {
    const never = () => ({ dispose() {} });
    Object.assign(stub.workspace, { onDidChangeTextDocument: never, onDidCloseTextDocument: never });
  });
  beforeEach(async () => {
    startOver(stub);
    destination = await account.put('Ops', account.hook('ops'));
  });

  /** A window, and how often its document is to be read again. */
  function open(api: Api = account.api()) {
    const services = { ...makeUiServices(api), logger: { log: () => {} }, lastTests: createLastTests() };
    const fired: vscode.Uri[] = [];
    const changed = { fire: (uri: vscode.Uri) => void fired.push(uri) };
    const documents = createDeliveryDocuments(services as never, changed as never);
    const uri = Object.assign(new stub.Uri({ scheme: DELIVERY_SCHEME, path: '/Ops.txt' }), {
      query: `${ACCOUNT}&${destination.id}`,
    });
    return { services, fired, uri, read: async () => documents.provide(uri) };
  }

  it('says that a policy that could not be read may use the destination', async () => {
    const id = account.putPolicy('P', []).id;
    const real = account.api();
    const { read } = open({
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

  it('proves nothing by a test of another URL', async () => {
    const { services, read } = open();
    const tested = { at: services.host.now(), way: 'direct', result: 'worked', reason: '' } as const;
    services.lastTests.set(ACCOUNT, destination.id, { ...tested, url: destination.url });
    assert.match(await read(), /^✓ OK: Last test from this machine: succeeded .+\.$/m);
    controls.putDestination(account.world(), { account: ACCOUNT, id: destination.id, url: account.hook('other') });
    assert.match(await read(), /^\? Unknown: Last test from this machine: .+\. The URL has changed since then\.$/m);
  });
});

import assert from 'node:assert/strict';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';
import { noteSkipped } from '../../../../src/core/api/skipped.ts';
import { createStore } from '../../../../src/core/monitoring/store.ts';
import { standInForVscode } from '../vscode.ts';
import { destinationsOfRows, type Node } from '../../../../src/ui/tree/nodes.ts';
import { failWith, makeApi, makeConnection, makeDestination } from '../../core/api/fake-api.ts';

await standInForVscode();
const { createTargets } = await import('../../../../src/ui/destinations/targets.ts');
const { createFindingCommands } = await import('../../../../src/ui/destinations/finding.ts');
const { openLink } = await import('../../../../src/ui/destinations/links.ts');
const { goToDestination } = await import('../../../../src/ui/destinations/find-destination.ts');

const ACCOUNT = 'a'.repeat(32);
const NONE = 'There are no webhook destinations. Create one with “Create Destination…”.';

function makeStore(listDestinations: Api['listDestinations'], skipped = 0) {
  let time = 0;
  const store = createStore({
    now: () => (time += 1000),
    toApiError: (error) => (error instanceof ApiError ? error : assert.fail(String(error))),
    defer: () => {},
    log() {},
  });
  const list: Api['listDestinations'] = async (...given) => noteSkipped(await listDestinations(...given), skipped);
  store.setConnections([makeConnection(ACCOUNT, makeApi({ listDestinations: list }))]);
  return store;
}

describe('target of a command whose destination is gone', () => {
  const at = (destinationId: string): Node => ({ kind: 'destination', accountId: ACCOUNT, destinationId });

  it('is no other one, and is said to be gone', async () => {
    let listed = ['x', 'y'];
    const store = makeStore(async () => listed.map((id) => makeDestination(id, { name: id })));
    await store.refresh();
    const targets = createTargets(
      { store, loaded: Promise.resolve(true) },
      () => [at('y')],
      () => undefined,
    );
    listed = ['x'];
    await store.refresh();
    const gone = /no longer exists at Cloudflare/;
    await assert.rejects(targets.destination(at('y'), 'Test'), gone);
    await assert.rejects(targets.destinations(at('y'), [at('y')], 'Test'), gone);
    const left = await targets.destinations(at('y'), [at('x'), at('y')], 'Test');
    assert.deepEqual(
      left.map(({ destination }) => destination.id),
      ['x'],
    );
    listed = [];
    await store.refresh();
    // It is only the row that was selected last.
    await assert.rejects(targets.destination(undefined, 'Test'), { message: NONE });
    await assert.rejects(targets.destinations(undefined, undefined, 'Test'), { message: NONE });
  });

  it('is not said to be gone where nothing is known', async () => {
    const answer = Promise.withResolvers<readonly Destination[]>();
    const store = makeStore(async () => answer.promise);
    const targets = createTargets(
      { store, loaded: Promise.resolve(true) },
      () => [],
      () => undefined,
    );
    const waiting = targets.destination(at('x'), 'Test');
    answer.resolve([makeDestination('x')]);
    assert.equal((await waiting)?.destination.id, 'x');
    store.setConnections([]);
    await assert.rejects(targets.destination(at('x'), 'Test'), /was removed from VS Code/);
    await assert.rejects(targets.destinations(at('x'), [at('x')], 'Test'), /was removed from VS Code/);
  });

  it('has the URL of now where only another window has fetched the account since', async () => {
    let url = 'https://hooks.example.com/old';
    let fetched = 0;
    const store = makeStore(async () => {
      fetched += 1;
      return [makeDestination('x', { url })];
    });
    await store.refresh();
    url = 'https://hooks.example.com/new';
    const { id, name, type } = makeDestination('x');
    assert.equal(
      store.adopt(ACCOUNT, { at: 2000, destinations: [{ id, name, type, host: 'hooks.example.com' }] }),
      'adopted',
    );
    // A change of this window proves its own URL only.
    store.putDestination(ACCOUNT, makeDestination('y'));
    const targets = createTargets(
      { store, loaded: Promise.resolve(true) },
      () => [],
      () => undefined,
    );
    for (let time = 0; time < 2; time += 1) {
      assert.equal((await targets.destination(at('x'), 'Test'))?.destination.url, url);
    }
    assert.equal(fetched, 2);
  });

  it('is the destination above the row of a policy, once for several rows', () => {
    const below = { accountId: ACCOUNT, destinationId: 'x' };
    const rows: readonly Node[] = [
      { kind: 'policy', ...below, policyId: 'p' },
      at('y'),
      { kind: 'noPolicy', ...below },
      { kind: 'account', accountId: ACCOUNT },
    ];
    assert.deepEqual(destinationsOfRows(rows), [at('x'), at('y')]);
  });
});

describe('link to a destination', () => {
  async function follow(store: ReturnType<typeof makeStore>, loaded = true): Promise<string> {
    const link = { path: '/open', query: `account=${ACCOUNT}&destination=${'d'.repeat(32)}` };
    const services = { store, loaded: Promise.resolve(loaded), destinationsView: undefined as never };
    return openLink(link, services).then(
      () => '',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
  }

  it('says what is known, if it shows nothing', async () => {
    const empty = makeStore(async () => []);
    empty.setConnections([]);
    assert.match(await follow(empty, false), /^The stored accounts could not be loaded/);
    assert.match(await follow(empty), /has not been added/);
    const failed = makeStore(failWith({ kind: 'timeout' }));
    const partly = makeStore(async () => [], 2);
    const read = makeStore(async () => []);
    await Promise.all([failed, partly, read].map(async (store) => store.refresh()));
    assert.match(await follow(failed), /was not found\. .+: Request timed out$/);
    assert.match(await follow(partly), /was not found\. .+: 2 entries could not be read$/);
    assert.match(await follow(read), /did not have at the last refresh/);
  });
});

describe('target of a command without a destination to choose', () => {
  /** What the commands say. */
  async function messageOf(store: ReturnType<typeof makeStore>): Promise<string> {
    const targets = createTargets(
      { store, loaded: Promise.resolve(true) },
      () => [],
      () => undefined,
    );
    const said = await Promise.allSettled([
      targets.destination(undefined, 'Test'),
      targets.destinations(undefined, undefined, 'Test'),
      goToDestination(store, undefined as never),
    ]);
    const messages = new Set(
      said.map((each) => (each.status === 'rejected' && each.reason instanceof Error ? each.reason.message : '')),
    );
    assert.equal(messages.size, 1, [...messages].join('\n'));
    return [...messages].join('');
  }

  it('is told that there are none only once all accounts are loaded', async () => {
    const answer = Promise.withResolvers<readonly []>();
    const store = makeStore(async () => answer.promise);
    assert.equal(await messageOf(store), 'The state of 1 account is unknown.');
    const loading = store.refresh();
    assert.equal(await messageOf(store), 'The state of 1 account is unknown.');
    answer.resolve([]);
    await loading;
    assert.equal(await messageOf(store), NONE);
  });

  it('is told that the stored accounts could not be loaded', async () => {
    const store = makeStore(async () => []);
    store.setConnections([]);
    const services = { store, loaded: Promise.resolve(false) };
    const targets = createTargets(
      services,
      () => [],
      () => undefined,
    );
    const unloaded = /^UserError: The stored accounts could not be loaded/;
    await assert.rejects(targets.account(undefined, ''), unloaded);
    await assert.rejects(targets.destination(undefined, ''), unloaded);
    const commands = createFindingCommands({ ...services, destinationsView: undefined as never });
    await assert.rejects(commands.showFailing(), unloaded);
  });

  it('is told why an account could not be loaded', async () => {
    const store = makeStore(failWith({ kind: 'timeout' }));
    await store.refresh();
    const message = await messageOf(store);
    assert.match(message, new RegExp(`Account ${ACCOUNT}`));
    assert.notEqual(message, NONE);
  });
});

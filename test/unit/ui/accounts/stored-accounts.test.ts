import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { createCallBudgets } from '../../../../src/core/monitoring/call-budget.ts';
import { makeApi } from '../../core/api/fake-api.ts';
import { ACCOUNT } from '../../core/destinations/fake-account.ts';
import { loadScripted, startOver } from '../scripted-window.ts';
import { makeSecretStorage, makeUiServices } from '../ui-services.ts';

const { createConnections, stub } = await loadScripted(
  async () => import('../../../../src/ui/accounts/connections.ts'),
);
const { chooseToken, findUnreadable, removeAccount, renameAccount, replaceToken } = await loadScripted(
  async () => import('../../../../src/ui/accounts/manage-accounts.ts'),
);
const { createSecretStore } = await loadScripted(async () => import('../../../../src/ui/destinations/secret-store.ts'));
const storedAccounts = await loadScripted(async () => import('../../../../src/ui/accounts/stored-accounts.ts'));
const { storeAccounts, confirmOrigin, findTokenInUse, findUnconfirmedOrigin, replaceStoredToken } = storedAccounts;
const { storeLabel, storeTokenChoice } = storedAccounts;

const vscodeWindow = stub.window as { readonly state: { focused: boolean } };
const SECRET = `cloudflareWebhooks.secret.${ACCOUNT}.d1`;
const TOKEN = 'cloudflareWebhooks.token.t';
const acme = { id: ACCOUNT, name: 'Acme', tokenIds: ['t'] };
const tokenRecord = (id: string, origins: readonly string[] = []): string =>
  JSON.stringify({ version: 1, id, token: `token ${id}`, owner: 'user', ...(origins.length > 0 ? { origins } : {}) });

const locked = async (): Promise<never> => {
  throw new Error('the keyring is locked');
};

/** A window with a stored list of accounts, which has loaded what is in SecretStorage. */
async function open(
  initial: readonly (readonly [string, string])[],
  accounts: readonly unknown[] = [acme],
  isLocked = false,
  fetch: typeof globalThis.fetch = async () => Promise.reject(new TypeError('there is no network')),
) {
  startOver(stub);
  const stored = new Map(initial);
  const state = { list: accounts as unknown };
  const secretStorage = makeSecretStorage(stored);
  const { keys } = secretStorage;
  if (isLocked) {
    secretStorage.keys = locked;
  }
  const services = makeUiServices(makeApi());
  services.store.setConnections([]);
  const pause = Promise.withResolvers<void>();
  // Virtual time passes at once, but not the second in which requests share a load.
  const sleep: typeof services.host.sleep = async (milliseconds, signal) =>
    milliseconds === 1000 ? pause.promise : services.host.sleep(milliseconds, signal);
  const context: Partial<vscode.ExtensionContext> = { secrets: secretStorage };
  const connections = createConnections({
    ...services,
    host: { ...services.host, fetch, sleep },
    context: context as vscode.ExtensionContext,
    userAgent: 'test/1',
    state: {
      get: (key) => (key === 'accounts' ? state.list : undefined),
      async update(key, value) {
        if (key === 'accounts') {
          state.list = value;
        }
      },
    },
    budgets: createCallBudgets(() => 0),
    snapshots: { adopt: async () => {}, forget: async () => {}, dispose() {} },
  });
  await connections.load();
  const secrets = createSecretStore(secretStorage, services.redactor, () => {});
  const remove = async (): Promise<void> => {
    stub.user.presses.push('Remove');
    const [entry] = services.store.entries();
    await removeAccount(entry?.connection ?? assert.fail(), {
      connections,
      secrets,
      snapshots: { forget: async () => {} } as never,
      timelines: { forget: async () => {} } as never,
    });
  };
  const unlock = (): void => void (secretStorage.keys = keys);
  return { stored, state, secretStorage, connections, store: services.store, passPause: pause.resolve, remove, unlock };
}

/** Cloudflare, which refuses every token until `accept` is called. `sent`: the addresses of the calls. */
function makeCloudflare() {
  let isValid = false;
  const sent: string[] = [];
  const answer = (status: number, body: object): Response => new Response(JSON.stringify(body), { status });
  const fetch: typeof globalThis.fetch = async (input) => {
    const address = input instanceof Request ? input.url : String(input);
    sent.push(address);
    if (!isValid) {
      return answer(401, { success: false, errors: [{ code: 10000, message: 'Authentication error' }], result: null });
    }
    const isVerify = address.endsWith('/verify');
    return answer(200, { success: true, errors: [], result: isVerify ? { id: 'x', status: 'active' } : [] });
  };
  return { fetch, sent, accept: () => void (isValid = true), refuse: () => void (isValid = false) };
}

describe('Remove Account', () => {
  it('forgets nothing where the stored list of accounts cannot be changed', async () => {
    const window = await open([
      [TOKEN, tokenRecord('t')],
      [SECRET, '{"version":1,"secret":"s"}'],
    ]);
    window.state.list = { version: 2 };
    await assert.rejects(window.remove(), /nothing was changed/);
    assert.deepEqual([...window.stored.keys()], [TOKEN, SECRET]);
  });

  it('says so where the remembered secrets could not be deleted', async () => {
    const window = await open([
      [TOKEN, tokenRecord('t')],
      [SECRET, '{"version":1,"secret":"s"}'],
    ]);
    const { delete: deleteNow } = window.secretStorage;
    window.secretStorage.delete = async (key) => (key === SECRET ? locked() : deleteNow(key));
    await assert.rejects(window.remove(), /could not delete its remembered secrets/);
    assert.deepEqual([window.connections.accounts().length, [...window.stored.keys()]], [0, [SECRET]]);
  });

  it('ends the trouble of a token that could not be stored, or not be decrypted', async () => {
    const unsaved = await open([], []);
    unsaved.secretStorage.store = locked;
    await storeAccounts(unsaved.connections, { token: 'new', owner: 'user' }, [{ id: ACCOUNT, name: 'Acme' }]);
    const undecryptable = await open([[TOKEN, tokenRecord('t')]]);
    undecryptable.secretStorage.get = async () => undefined;
    await undecryptable.connections.load();
    const trouble = [unsaved, undecryptable].map(({ connections }) => connections.trouble());
    assert.deepEqual([trouble[0]?.unsaved, trouble[1]?.undecryptable], [true, ['t']]);
    await unsaved.remove();
    await undecryptable.remove();
    const after = [unsaved, undecryptable].map(({ connections }) => connections.trouble());
    assert.deepEqual([after[0]?.unsaved, after[1]?.undecryptable], [false, []]);
  });
});

describe('tokens of a window', () => {
  afterEach(() => void (vscodeWindow.state.focused = true));

  it('are not called missing while the secret storage cannot be read, and are read at the next refresh', async () => {
    const window = await open([[TOKEN, tokenRecord('t')]], [acme], true);
    await window.store.refresh();
    const [entry] = window.store.entries();
    assert.equal(entry?.state.kind === 'failed' && entry.state.error.kind, 'storageUnreadable');
    window.unlock();
    window.passPause();
    await new Promise(setImmediate);
    await window.store.refresh();
    const { state } = window.store.entries()[0] ?? assert.fail();
    const tokens = [window.connections.tokens().size, window.connections.trouble().failed];
    // The request itself fails, since nothing answers here, and virtual time passes at once.
    assert.deepEqual([...tokens, state.kind === 'failed' && state.error.kind], [1, false, 'timeout']);
  });

  it('are read once for all requests while the secret storage cannot be read', async () => {
    const accounts = Array.from({ length: 200 }, (_, at) => ({ id: String(at), name: `${at}`, tokenIds: ['t'] }));
    const { secretStorage, store } = await open([[TOKEN, tokenRecord('t')]], accounts, true);
    let reads = 0;
    secretStorage.keys = async () => ((reads += 1), locked());
    await store.refresh();
    const kinds = new Set(
      store.entries().map(({ state }) => (state.kind === 'failed' ? state.error.kind : state.kind)),
    );
    assert.deepEqual([[...kinds], reads <= 2], [['storageUnreadable'], true], `${reads} reads`);
  });

  it('may go to a new address only if the user was told of them', async () => {
    const other = 'cloudflareWebhooks.token.u';
    const window = await open(
      [
        [TOKEN, tokenRecord('t', ['https://one.example'])],
        [other, tokenRecord('u', ['https://two.example'])],
      ],
      [{ ...acme, tokenIds: ['t', 'u'] }],
    );
    const unconfirmed = findUnconfirmedOrigin(window.connections) ?? assert.fail();
    assert.deepEqual([unconfirmed.verified, unconfirmed.tokenIds], [['https://one.example'], ['t']]);
    await confirmOrigin(window.connections, unconfirmed);
    const originsOf = (key: string): readonly string[] =>
      (JSON.parse(window.stored.get(key) ?? '{}') as { origins: readonly string[] }).origins;
    assert.ok(originsOf(TOKEN).includes(unconfirmed.configured));
    assert.deepEqual(originsOf(other), ['https://two.example']);
  });

  it('are replaced where the old one could be read only while the user was asked', async () => {
    const window = await open([], [acme]);
    const inUse = findTokenInUse(window.connections, ACCOUNT);
    window.stored.set(TOKEN, tokenRecord('t'));
    await replaceStoredToken(window.connections, inUse, { token: 'new', owner: 'user' });
    assert.match(window.stored.get(TOKEN) ?? '', /"new"/);
  });

  it('are replaced only where they are used as the user was told', async () => {
    const other = { id: 'b'.repeat(32), name: 'Beta', tokenIds: ['t'] };
    const window = await open([[TOKEN, tokenRecord('t')]], [acme, other]);
    const inUse = findTokenInUse(window.connections, ACCOUNT);
    assert.deepEqual(inUse, { tokenId: 't', token: 'token t', accountIds: [ACCOUNT, other.id] });
    const replace = async (list: readonly unknown[]) => {
      window.state.list = list;
      return replaceStoredToken(window.connections, inUse, { token: 'new', owner: 'user' });
    };
    const changed = /^UserError: Another window changed the account or its token/;
    await assert.rejects(replace([{ ...acme, tokenIds: ['u', 't'] }, other]), changed);
    await assert.rejects(replace([acme, other, { ...other, id: 'c'.repeat(32) }]), changed);
    await assert.rejects(replace([acme]), changed);
    await assert.rejects(replace([]), /removed in another window/);
    assert.equal(window.stored.get(TOKEN), tokenRecord('t'));
    // The window shows what is stored, without another event. Changes wait for each other.
    await window.connections.change(async () => {});
    assert.deepEqual(window.connections.accounts(), []);
    await replace([other, acme]);
    assert.match(window.stored.get(TOKEN) ?? '', /"token":"new"/);
  });

  it('are used again once they were verified again, in all their accounts', async () => {
    const beta = { id: 'b'.repeat(32), name: 'Beta' };
    const verified = { token: 'token t', owner: 'user' } as const;
    for (const again of ['Replace Token…', 'Add Account…']) {
      const { fetch, accept } = makeCloudflare();
      const { connections, store } = await open([[TOKEN, tokenRecord('t')]], [acme], false, fetch);
      await store.refresh();
      const kinds = (): readonly string[] =>
        store.entries().map(({ state }) => (state.kind === 'failed' ? state.error.kind : state.kind));
      assert.deepEqual(kinds(), ['auth']);
      accept();
      await (again === 'Add Account…'
        ? storeAccounts(connections, verified, [beta])
        : replaceStoredToken(connections, findTokenInUse(connections, ACCOUNT), verified));
      assert.ok(
        kinds().every((kind) => kind === 'ready'),
        `${again} ${kinds().join()}`,
      );
    }
  });

  for (const focused of [false, true]) {
    it(`that another window has replaced are not tried in all accounts, ${focused ? 'with' : 'without'} the focus`, async () => {
      const { fetch, sent, accept, refuse } = makeCloudflare();
      accept();
      const others = ['b', 'c'].map((letter) => ({ id: letter.repeat(32), name: letter, tokenIds: ['t'] }));
      const window = await open([[TOKEN, tokenRecord('t')]], [acme, ...others], false, fetch);
      const { connections, store, stored, state } = window;
      await store.refresh();
      refuse();
      await store.refresh();
      accept();
      sent.length = 0;
      vscodeWindow.state.focused = focused;
      // That window refreshes the accounts and shares their data. Only the focused one fetches what it has no data of.
      stored.set(TOKEN, tokenRecord('t').replace('token t', 'newer'));
      const added = { id: 'd'.repeat(32), name: 'Delta', tokenIds: ['t'] };
      state.list = [acme, ...others, added];
      await connections.load();
      await store.entry(added.id)?.inFlight;
      assert.equal(connections.tokens().get('t')?.token, 'newer');
      assert.deepEqual(
        sent.map((each) => each.includes(added.id)),
        focused ? [true] : [],
      );
      // As the refresh scheduler does in the focused window.
      sent.length = 0;
      await store.refresh([ACCOUNT], { background: true });
      assert.deepEqual([store.entry(ACCOUNT)?.state.kind, sent.length], ['ready', 1]);
    });
  }

  it('are said to lack the permission where Cloudflare refuses an account with 401, since they were just verified', async () => {
    const { connections } = await open([], [], false, makeCloudflare().fetch);
    const unreadable = await findUnreadable(connections, 'token t', [{ id: ACCOUNT, name: 'Acme' }]);
    assert.deepEqual(
      unreadable?.map(({ error }) => error.kind),
      ['forbidden'],
    );
  });

  it('that another window has replaced are not overwritten by the former ones', async () => {
    const origins = ['https://one.example'];
    const { connections, stored } = await open([[TOKEN, tokenRecord('t', origins)]]);
    const unconfirmed = findUnconfirmedOrigin(connections) ?? assert.fail();
    const newer = JSON.stringify({ version: 1, id: 't', token: 'newer', owner: 'user', origins });
    stored.set(TOKEN, newer);
    await storeAccounts(connections, { token: 'token t', owner: 'user' }, [{ id: 'b'.repeat(32), name: 'Beta' }]);
    assert.equal(stored.get(TOKEN), newer);
    await confirmOrigin(connections, unconfirmed);
    assert.match(stored.get(TOKEN) ?? '', /"token":"newer"/);
  });

  it('that could not be stored are not stored for an account that another window has removed', async () => {
    const { connections, state, stored, secretStorage } = await open([], []);
    const { store: storeNow } = secretStorage;
    secretStorage.store = locked;
    await storeAccounts(connections, { token: 'new', owner: 'user' }, [{ id: ACCOUNT, name: 'Acme' }]);
    state.list = [];
    secretStorage.store = storeNow;
    await connections.load();
    assert.deepEqual([stored.size, connections.tokens().size, connections.trouble().unsaved], [0, 0, false]);
  });

  it('have one record, also where one replaces another', async () => {
    const other = 'cloudflareWebhooks.token.u';
    const beta = { id: 'b'.repeat(32), name: 'Beta', tokenIds: ['u', 't'] };
    const { connections, stored } = await open(
      [
        [TOKEN, tokenRecord('t')],
        [other, tokenRecord('u')],
      ],
      [acme, beta],
    );
    const inUse = findTokenInUse(connections, beta.id);
    await replaceStoredToken(connections, inUse, { token: 'token t', owner: 'user' });
    assert.deepEqual([...stored.keys()], [TOKEN]);
    assert.deepEqual(connections.accounts(), [acme, { ...beta, tokenIds: ['t'] }]);
  });

  it('are chosen, and accounts are renamed, only where the account is still there and can use the token', async () => {
    const { state, connections } = await open([[TOKEN, tokenRecord('t')]]);
    await assert.rejects(storeTokenChoice(connections, ACCOUNT, 't', 'u'), /Another window changed the account/);
    assert.deepEqual(state.list, [acme]);
    state.list = [];
    await assert.rejects(storeTokenChoice(connections, ACCOUNT, 't', 't'), /was removed from VS Code/);
    await assert.rejects(storeLabel(connections, { id: ACCOUNT, name: 'Acme' }, 'Label'), /was removed from VS Code/);
    assert.deepEqual(state.list, []);
  });

  describe('and accounts that another window has changed while the user is asked', () => {
    const UNSEEN = /^UserError: Another window changed the account or its token/;
    const other = 'cloudflareWebhooks.token.u';
    /** A window in which the account has its two tokens and no label. */
    async function ask() {
      const { fetch, accept } = makeCloudflare();
      accept();
      const initial: readonly (readonly [string, string])[] = [
        [TOKEN, tokenRecord('t')],
        [other, tokenRecord('u')],
        ['cloudflareWebhooks.token.v', tokenRecord('v')],
      ];
      const window = await open(initial, [{ ...acme, tokenIds: ['t', 'u', 'v'] }], false, fetch);
      return { ...window, seen: window.store.entry(ACCOUNT)?.connection ?? assert.fail() };
    }

    it('keep a new name', async () => {
      const { connections, state, seen } = await ask();
      const renamed = [{ ...acme, label: 'Payments' }];
      state.list = renamed;
      stub.user.inputs.push('Acme');
      await assert.rejects(renameAccount(seen, connections), UNSEEN);
      assert.deepEqual(state.list, renamed);
    });

    it('keep a new token', async () => {
      const { connections, stored, seen } = await ask();
      const newer = tokenRecord('t').replace('token t', 'newer');
      stored.set(TOKEN, newer);
      stub.user.inputs.push('mine');
      await assert.rejects(replaceToken(seen, connections), UNSEEN);
      assert.equal(stored.get(TOKEN), newer);
    });

    it('keep another choice of the token', async () => {
      const { connections, state, seen } = await ask();
      const chosen = [{ ...acme, tokenIds: ['u', 't', 'v'] }];
      state.list = chosen;
      stub.user.picks.push((items) => items.slice(2));
      await assert.rejects(chooseToken(seen, connections), UNSEEN);
      assert.deepEqual(state.list, chosen);
    });

    it('are changed where the other window changed something else', async () => {
      const { connections, state, stored, seen } = await ask();
      state.list = [
        { ...acme, tokenIds: ['t', 'u', 'v'] },
        { id: 'b'.repeat(32), name: 'Beta', tokenIds: ['u'] },
      ];
      stub.user.inputs.push('Payments', 'mine');
      await renameAccount(seen, connections);
      await replaceToken(seen, connections);
      assert.equal(connections.accounts()[0]?.label, 'Payments');
      assert.match(stored.get(TOKEN) ?? '', /"token":"mine"/);
      stub.user.picks.push((items) => items.slice(2));
      await chooseToken(seen, connections);
      assert.equal(connections.accounts()[0]?.tokenIds[0], 'v');
    });
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTask } from 'node:timers/promises';
import { ACCOUNTS_KEY, COMMANDS } from '../../../src/ui/host/ids.ts';
import { recorded, registered, startOver } from './recorded-vscode.ts';

const SOURCES = new URL('../../../src/', import.meta.url).href;
const ACME = { id: 'acme', name: 'Acme', tokenIds: ['t1'] };

type Rows = {
  getChildren(): Promise<readonly { readonly accountId: string }[]>;
  onDidChangeTreeData(listener: (rows: unknown) => void): void;
};

/** An activated extension, with what VS Code would call. */
type Started = {
  readonly command: (name: string) => Promise<unknown>;
  readonly rows: Rows;
  readonly storeSecret: () => void;
  readonly deactivate: () => void;
};

const areServicesThere = (): boolean => registered('status item').length > 0;
/** The timers and watchers of the process; those of Mocha are the same in the whole of a test after its first task. */
const countTimers = (): number =>
  process.getActiveResourcesInfo().filter((each) => /Timeout|Immediate|FSEvent/.test(each)).length;

/** Waits for two later tasks: the services load in the first. */
async function settle(): Promise<void> {
  await nextTask();
  await nextTask();
}

async function untilServicesThere(): Promise<void> {
  while (!areServicesThere()) {
    await nextTask();
  }
}

describe('start-up', () => {
  let hooks: ReturnType<typeof registerHooks>;
  let folder: string;
  let isBroken = false;
  let open: Started[] = [];
  let activate: (context: never) => unknown;

  before(async () => {
    hooks = registerHooks({
      resolve(specifier, context, next) {
        if (specifier === './main.ts' && isBroken) {
          throw new Error('Cannot find module ./main.ts');
        }
        if (specifier === 'vscode') {
          return { url: new URL('recorded-vscode.ts', import.meta.url).href, shortCircuit: true };
        }
        const resolved = next(specifier, context);
        // Copies of their own: another test of this process may have loaded them with its own `vscode`.
        const isOurs = resolved.url.startsWith(SOURCES) && !resolved.url.startsWith(`${SOURCES}core/`);
        return isOurs ? { ...resolved, url: `${resolved.url}?start-up` } : resolved;
      },
    });
    folder = await mkdtemp(path.join(tmpdir(), 'start-up-'));
    ({ activate } = await import('../../../src/extension.ts'));
  });
  after(async () => {
    hooks.deregister();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    startOver();
    isBroken = false;
  });
  afterEach(() => {
    for (const { deactivate } of open) {
      deactivate();
    }
    open = [];
  });

  function start({ accounts = [] as unknown, keys = [] as readonly string[] } = {}): Started {
    const state = new Map<string, unknown>([[ACCOUNTS_KEY, accounts]]);
    const subscriptions: { dispose(): void }[] = [];
    let onSecret = (): void => {};
    const context = {
      extensionMode: 1,
      extension: { packageJSON: { version: '1.0.0' } },
      subscriptions,
      globalState: {
        keys: () => [...state.keys()],
        get: (key: string) => state.get(key),
        update: async (key: string, value: unknown) => void state.set(key, value),
      },
      secrets: {
        keys: async () => keys,
        get: async () => undefined,
        delete: async () => {},
        onDidChange: (listener: () => void) => {
          onSecret = listener;
          return { dispose() {} };
        },
      },
      globalStorageUri: { fsPath: folder },
    };
    activate(context as never);
    const [view = assert.fail('The view is not registered')] = registered('view');
    const started: Started = {
      command: async (name) => {
        const found = registered('command').find(({ given }) => given[0] === `cloudflareWebhooks.${name}`);
        const run = (found ?? assert.fail(`${name} is not registered`)).given[1] as () => Promise<unknown>;
        return run();
      },
      rows: (view.given[1] as { readonly treeDataProvider: Rows }).treeDataProvider,
      storeSecret: () => onSecret(),
      deactivate: () => {
        for (const each of subscriptions.splice(0)) {
          each.dispose();
        }
      },
    };
    open.push(started);
    return started;
  }

  it('registers during activation what VS Code needs then, and loads the services in a later task', async () => {
    start({ accounts: [ACME] });
    const names = registered('command').map(({ given }) => String(given[0]).replace('cloudflareWebhooks.', ''));
    assert.deepEqual(names.filter((name) => !name.includes('.')).toSorted(), COMMANDS.toSorted());
    for (const [what, count] of [
      ['view', 1],
      ['files', 1],
      ['documents', 3],
      ['panels', 2],
      ['links', 1],
      ['tool', 2],
      ['onWillSaveTextDocument', 1],
    ] as const) {
      assert.equal(registered(what).length, count, what);
    }
    await Promise.resolve();
    assert.ok(!areServicesThere());
    assert.deepEqual(registered('log'), []);
    await untilServicesThere();
  });

  it('loads nothing without an account until something is stored, and shows the welcome content at once', async () => {
    const { storeSecret } = start();
    await settle();
    assert.equal(recorded.contextKeys.get('cloudflareWebhooks.state'), 'noAccount');
    assert.ok(!areServicesThere());
    storeSecret();
    await untilServicesThere();
  });

  it('loads the services without an account where a secret of an earlier session is stored, or the list is malformed', async () => {
    start({ keys: ['secret'] });
    await untilServicesThere();
    startOver();
    start({ accounts: { version: 2 } });
    await untilServicesThere();
  });

  it('keeps what it caches in a folder of the VS Code profile, of which each has its own globalState', async () => {
    const list = async (): Promise<readonly string[]> => readdir(folder);
    const before = (await list()).length;
    start({ accounts: [ACME] });
    start({ accounts: [{ ...ACME, id: 'bolt' }] });
    while ((await list()).length < before + 2) {
      await nextTask();
    }
    assert.ok((await list()).every((name) => name.startsWith('profile.')));
  });

  it('runs a command that is called before the services are loaded, and loads them once', async () => {
    const { command } = start({ accounts: [ACME] });
    await Promise.all([command('showLog'), command('showLog')]);
    assert.equal(registered('shown log').length, 2);
    await settle();
    assert.equal(registered('log').length, 1);
    assert.equal(registered('status item').length, 1);
  });

  it('provides rows to a view that is open at the start', async () => {
    const { rows } = start({ accounts: [ACME] });
    const repainted = new Promise((resolve) => {
      rows.onDidChangeTreeData(resolve);
    });
    assert.deepEqual(await rows.getChildren(), []);
    await repainted;
    assert.deepEqual(await rows.getChildren(), [{ kind: 'account', accountId: 'acme' }]);
  });

  it('loads nothing and leaves nothing after deactivation before the services are loaded', async () => {
    await nextTask();
    const timers = countTimers();
    const { command, rows, deactivate } = start({ accounts: [ACME] });
    const asked = rows.getChildren();
    const ran = command('showLog');
    deactivate();
    assert.deepEqual(await asked, []);
    await ran;
    await command('showLog');
    await settle();
    assert.ok(!areServicesThere());
    assert.deepEqual([registered('log'), recorded.errors], [[], []]);
    assert.deepEqual(
      recorded.registrations.filter(({ isDisposed }) => !isDisposed),
      [],
    );
    // Those of tests before this one may have ended.
    while (countTimers() > timers) {
      await nextTask();
    }
  });

  it('leaves nothing after deactivation with the services loaded', async () => {
    await nextTask();
    const timers = countTimers();
    const { rows, deactivate } = start({ accounts: [ACME] });
    await rows.getChildren();
    deactivate();
    await settle();
    assert.deepEqual(
      recorded.registrations.filter(({ isDisposed }) => !isDisposed).map(({ what }) => what),
      [],
    );
    // The store gathers changes for 50 milliseconds.
    while (countTimers() > timers) {
      await nextTask();
    }
    assert.deepEqual(await rows.getChildren(), []);
  });

  it('reports a failure to load once per command, logs it, and loads at the next use', async () => {
    isBroken = true;
    const { command, rows } = start();
    await settle();
    await command('showLog');
    assert.deepEqual(recorded.errors.length, 1);
    assert.match(recorded.errors[0] ?? '', /could not start/);
    assert.match(recorded.logged.join('\n'), /Cannot find module/);
    assert.deepEqual(await rows.getChildren(), []);
    assert.equal(recorded.errors[1], recorded.errors[0]);
    let repaints = 0;
    rows.onDidChangeTreeData(() => {
      repaints += 1;
    });
    isBroken = false;
    await command('showLog');
    assert.equal(registered('shown log').length, 1);
    assert.equal(repaints, 1);
    assert.deepEqual(await rows.getChildren(), []);
    assert.deepEqual([recorded.errors.length, registered('log').length], [2, 1]);
  });

  it('reports a failure to load in the background', async () => {
    isBroken = true;
    start({ accounts: [ACME] });
    while (recorded.errors.length === 0) {
      await nextTask();
    }
    assert.equal(recorded.errors.length, 1);
  });
});

import { deleteDestinations } from '../../../src/core/destinations/delete-destinations.ts';
import { restoreDestination } from '../../../src/core/destinations/restore-destination.ts';
import { keyOfReplacement } from '../../../src/core/replacement/state.ts';
import { type RememberedAccount, toAccount } from '../../../src/core/accounts/remembered-accounts.ts';
import type { Api } from '../../../src/core/api/client.ts';
import { createTurns } from '../../../src/core/policies/turns.ts';
import { keyOfDestination } from '../../../src/core/model/id.ts';
import { createVirtualClock } from '../../unit/core/monitoring/simulated-refresh.ts';
import type { Verdict } from '../prove.ts';
import { standInForVscode } from '../vscode.ts';
import { connect, type World } from '../world.ts';
import { type Cloud, createFetch, createMachine } from './shared.ts';
import { openWindow, type Window } from './window.ts';

standInForVscode();
const stored = await import('../../../src/ui/accounts/stored-accounts.ts');

const ACCOUNTS = ['a', 'b', 'c'].map((each) => each.repeat(32));
const INTERVAL = 5 * 60_000;
/** Cloudflare's limit for a token. */

export const ACTIONS = [
  'add',
  'add',
  'remove',
  'rotate',
  'label',
  'refresh',
  'refresh',
  'focus',
  'blur',
  'load',
  'remember',
  'forgetSecret',
  'replace',
  'delete',
  'deleteAndUndo',
  'close',
  'crash',
  'open',
  'wait',
  'waitLong',
] as const;

/** Actions that change the stored accounts or tokens. */
const CHANGES: ReadonlySet<string> = new Set(['add', 'remove', 'rotate', 'label', 'remember', 'forgetSecret']);

export type Scenario = {
  /** The window, the action, the account, and whether the next action begins before this one has ended. */
  readonly steps: readonly (readonly [window: number, action: number, account: number, overlaps: boolean])[];
  readonly decisions: readonly number[];
  readonly locksKeyring: boolean;
};

/** Plays a scenario of up to three windows of one profile, then lets everything settle and looks at what is stored. */
export async function playWindows({ steps, decisions, locksKeyring }: Scenario): Promise<Verdict> {
  const violations: string[] = [];
  const ends: string[] = [];
  let decided = 0;
  const pick = (): number => (decisions[(decided += 1) % Math.max(1, decisions.length)] ?? 0) / 100;
  let isHealing = false;
  const machine = createMachine(pick, () => locksKeyring && !isHealing && pick() > 0.97);
  const clock = createVirtualClock();
  const worlds = new Map(ACCOUNTS.map((id): [string, World] => [id, makeWorld(id)]));
  const cloud: Cloud = { worlds, tokens: new Set(), calls: [] };
  const fetch = createFetch(cloud, clock.elapsed, () => (isHealing ? 1 : pick()));
  const windows = new Map<number, Window>();
  /** What the user was told: which accounts there are, and the value of the token of each. */
  const expected = new Map<string, string>();
  /** Accounts whose last change was not confirmed, so that both outcomes are right. */
  const unsure = new Set<string>();
  /** Accounts for which a secret was remembered, and those in which one was forgotten: the two can overtake each other. */
  const rememberedFor = new Set<string>();
  const forgottenIn = new Set<string>();
  /** Accounts in which a plain deletion was sent, which can take effect also if its window is killed before the answer. */
  const deletedIn = new Set<string>();
  let serial = 0;
  const running: Promise<void>[] = [];
  let changing: Promise<void> = Promise.resolve();
  let focused: Window | undefined;

  const apiOf = (account: string, window: Window): Api =>
    connect(worlds.get(account) ?? makeWorld(account), window.name, {
      gate: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        if (!window.isAlive()) {
          await new Promise(() => {});
        }
      },
      faultOf: () => undefined,
      onSent: () => {},
      onEffect: () => {},
      onRead: () => {},
      after: (milliseconds, work) => void clock.after(milliseconds, work),
    });

  async function open(index: number): Promise<Window> {
    const window = await openWindow({
      machine,
      clock,
      fetch,
      random: pick,
      name: `w${index}-${(serial += 1)}`,
      isAlive: (name) => [...windows.values()].some((each) => each.name === name && each.isAlive()),
    });
    windows.set(index, window);
    return window;
  }

  /** Resolves also if the window is killed before the end. `false`: it was killed, so the outcome is unknown. */
  async function unlessKilled(window: Window, work: Promise<unknown>): Promise<boolean> {
    let isDone = false;
    const ended = work.then(() => void (isDone = true));
    while (!isDone && window.isAlive()) {
      await Promise.race([ended, new Promise((resolve) => setImmediate(resolve))]);
    }
    return isDone;
  }

  /** A change of the stored accounts. Until it is confirmed, either outcome is right. */
  async function change(
    window: Window,
    account: string,
    work: Promise<boolean>,
    after: string | undefined,
  ): Promise<void> {
    const wasUnsure = unsure.has(account);
    unsure.add(account);
    let isSaved = false;
    if (
      !(await unlessKilled(
        window,
        work.then((saved) => void (isSaved = saved)),
      ))
    ) {
      return;
    }
    if (after === undefined) {
      expected.delete(account);
    } else {
      expected.set(account, after);
    }
    // A keyring that refused keeps a token in this session only; it is stored at the next load.
    if (isSaved && !wasUnsure) {
      unsure.delete(account);
    }
  }

  async function act(window: Window, action: (typeof ACTIONS)[number], account: string): Promise<void> {
    const { connections, store } = window;
    const entry = store.entry(account);
    const record = connections.accounts().find(({ id }) => id === account);
    switch (action) {
      case 'add': {
        const token = `cfut_t0k3n-${(serial += 1)}-${'x'.repeat(30)}`;
        cloud.tokens.add(token);
        const added = [{ id: account, name: `Account ${account.slice(0, 1)}` }];
        await change(window, account, stored.storeAccounts(connections, { token, owner: 'user' }, added), token);
        break;
      }
      case 'remove':
        if (record) {
          await change(window, account, stored.removeStoredAccount(window, account), undefined);
          forgottenIn.add(account);
          await unlessKilled(window, window.secretStore.forgetAccount(account));
        }
        break;
      case 'rotate':
        await rotate(window, record);
        break;
      case 'label':
        if (record) {
          await unlessKilled(
            window,
            stored.storeLabel(connections, toAccount(record), `L${serial}`).catch(noteUserError),
          );
        }
        break;
      case 'refresh':
        await unlessKilled(window, store.refresh());
        break;
      case 'focus':
        for (const each of windows.values()) {
          each.blur();
        }
        window.focus(INTERVAL);
        break;
      case 'blur':
        window.blur();
        break;
      case 'load':
        await unlessKilled(window, connections.load());
        break;
      case 'remember':
        if (record) {
          const remembering = window.secretStore.remember(account, `${account}-0`, { secret: 's3cr3t-value' });
          // `false`: SecretStorage failed, and the user was told.
          const note = async (): Promise<void> => void ((await remembering) && rememberedFor.add(account));
          await unlessKilled(window, note());
        }
        break;
      case 'forgetSecret':
        forgottenIn.add(account);
        await unlessKilled(window, window.secretStore.forget(account, `${account}-0`));
        break;
      case 'replace':
      case 'delete':
      case 'deleteAndUndo':
        if (entry) {
          // The secret of a destination that is gone is swept.
          forgottenIn.add(account);
          await changeDestination(window, account, action);
        }
        break;
      case 'close':
        window.close();
        ends.push(
          window.timers() > 0 && window.store.entries().every(({ inFlight }) => !inFlight)
            ? 'closed with timers'
            : 'closed',
        );
        break;
      case 'crash':
        window.crash();
        break;
      case 'open':
      case 'wait':
      case 'waitLong':
        break;
      default:
        action satisfies never;
    }
    ends.push(action);
  }

  async function rotate(window: Window, record: RememberedAccount | undefined): Promise<void> {
    if (!record) {
      return;
    }
    const token = `cfut_r0t4t3d-${(serial += 1)}-${'x'.repeat(30)}`;
    cloud.tokens.add(token);
    const inUse = stored.findTokenInUse(window.connections, record.id);
    const work = stored.replaceStoredToken(window.connections, inUse, { token, owner: 'user' });
    await Promise.all(inUse.accountIds.map(async (id) => change(window, id, work, token))).catch(noteUserError);
  }

  /** Another window removed the account or chose another token: the user is told, and nothing was stored. */
  function noteUserError(error: unknown): void {
    if (!(error instanceof Error) || error.name !== 'UserError') {
      throw error;
    }
    ends.push('UserError');
  }

  async function changeDestination(window: Window, account: string, action: 'replace' | 'delete' | 'deleteAndUndo') {
    const api = apiOf(account, window);
    const [first] = await api.listDestinations(account);
    const connection = window.store.entry(account)?.connection;
    if (!first || !connection) {
      return;
    }
    const host = {
      ...createTurns(),
      now: clock.now,
      sleep: window.host.sleep,
      digest: async (text: string) => `digest ${text.length}`,
      makeSalt: () => 'salt',
    };
    if (action === 'replace') {
      const draft = { name: first.name, url: `https://e.com/${(serial += 1)}` };
      const work = window.replacements
        .start({ api, accountId: account, old: first, draft })
        .then(({ ending }) => void ends.push(ending))
        .catch((error: unknown) => {
          ends.push(error instanceof Error ? error.name : 'failed');
          if (error instanceof Error && error.name === 'Error' && !error.message.includes('locked')) {
            violations.push(`a replacement failed with ${String(error)}`);
          }
        });
      await unlessKilled(window, work);
      return;
    }
    const deleting: Api = {
      ...api,
      async deleteDestination(...given) {
        deletedIn.add(account);
        return api.deleteDestination(...given);
      },
    };
    const target = { connection: { ...connection, api: deleting }, destination: first };
    const policies = await api.listPolicies(account);
    const deleteAndUndo = async (): Promise<void> => {
      const [deletion] = await deleteDestinations([target], {
        host,
        leases: window.leases,
        check: async () => window.replacements.checkFree(api, account, first.id),
      });
      ends.push(deletion?.outcome ?? 'none');
      if (action === 'deleteAndUndo' && deletion?.outcome === 'deleted') {
        const draft = { name: first.name, url: first.url };
        await restoreDestination({
          api,
          host,
          accountId: account,
          oldId: first.id,
          draft,
          policies,
          unanswered: new Map(),
        });
        ends.push('restored');
      }
    };
    await unlessKilled(window, deleteAndUndo());
  }

  for (const [at, which, whose, overlaps] of steps) {
    const index = at % 3;
    const action = ACTIONS[which % ACTIONS.length] ?? 'wait';
    if (CHANGES.has(action) || !windows.get(index)?.isAlive()) {
      // One user changes the stored accounts: the next change, also that of a window that opens for the first time, begins
      // when the one before is seen everywhere.
      await passUntil(changing);
      await clock.goTo(clock.elapsed() + 500);
      await machine.settle();
    }
    const present = windows.get(index);
    const window = present?.isAlive() ? present : await open(index);
    if (window !== focused) {
      // The user clicks into the window, which then reads the storage again.
      focused = window;
      await passUntil(unlessKilled(window, window.connections.load()));
    }
    const acting = act(window, action, ACCOUNTS[whose % ACCOUNTS.length] ?? '').catch((error: unknown) => {
      violations.push(`${action} threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    });
    const work = unlessKilled(window, acting).then(() => undefined);
    running.push(work);
    changing = CHANGES.has(action) ? work : changing;
    await clock.goTo(clock.elapsed() + (action === 'waitLong' ? 40 * 60_000 : action === 'wait' ? 30_000 : 5));
    if (!overlaps) {
      await passUntil(work);
      await machine.settle();
    }
  }
  await passUntil(Promise.all(running));
  await heal();
  return { violations, ends };

  /** Lets time pass until work has ended: what waits for a pause or a deadline must not wait for ever. */
  async function passUntil(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    void work.finally(() => void (isDone = true));
    for (let minutes = 0; !isDone; minutes += 1) {
      await clock.goTo(clock.elapsed() + 1000);
      if (minutes > 5000) {
        violations.push('an action never ends');
        return;
      }
    }
  }

  async function heal(): Promise<void> {
    isHealing = true;
    for (const window of windows.values()) {
      if (window.isAlive()) {
        await window.connections.load();
      }
    }
    await machine.settle();
    for (const window of windows.values()) {
      window.blur();
      await clock.goTo(clock.elapsed() + 60_000);
      const idle = window.store.entries().every(({ inFlight }) => !inFlight);
      if (window.isAlive()) {
        window.close();
      }
      if (idle && window.timers() > 0) {
        violations.push(`${window.timers()} timers of ${window.name} are left`);
      }
    }
    if (machine.listeners() > 0) {
      violations.push(`${machine.listeners()} listeners are left at the shared storage`);
    }
    const last = await open(0);
    await machine.settle();
    await passUntil(last.store.refresh());
    for (let sweep = 0; sweep < 2; sweep += 1) {
      await passUntil(last.sweep());
    }
    await machine.settle();
    await checkReplacements(last);
    check(last);
    last.close();
  }

  async function checkReplacements(last: Window): Promise<void> {
    for (let round = 0; round < 6; round += 1) {
      for (const state of await last.replacements.unfinished()) {
        const api = apiOf(state.accountId, last);
        const key = keyOfReplacement(state);
        const takeFirstStep = async (): Promise<void> => {
          const look = await last.replacements.look(api, key);
          const step = look?.steps.find((each) => each !== 'retry');
          if (step !== undefined) {
            const draft = { name: state.name, url: 'https://e.com/again' };
            await last.replacements.take(step, { api, key, draft }).catch(() => undefined);
          }
        };
        await passUntil(takeFirstStep());
      }
    }
    const left = await last.replacements.unfinished();
    if (left.length > 0) {
      violations.push(`unfinished replacements are lost: ${JSON.stringify(left)}`);
    }
    for (const [id, world] of worlds) {
      const dangling = world.policies.filter(
        ({ webhooks, email }) =>
          email.length === 0 && !webhooks.some((each) => world.destinations.some((one) => one.id === each)),
      );
      // A plain deletion may silence a policy: the user confirms that. A replacement or its Undo never does.
      if (dangling.length > 0 && !deletedIn.has(id)) {
        violations.push(`lost deliveries: ${dangling.map((each) => each.id).join()} of ${id} reach nothing`);
      }
      const names = world.destinations.map(({ name }) => name);
      if (new Set(names).size < names.length) {
        violations.push(`doubled destinations in ${id}: ${names.join()}`);
      }
    }
  }

  function check(last: Window): void {
    const accounts = last.connections.accounts();
    for (const id of ACCOUNTS) {
      const isThere = accounts.some((each) => each.id === id);
      if (isThere !== expected.has(id) && !unsure.has(id)) {
        violations.push(isThere ? `account ${id} is back` : `account ${id} is lost`);
      }
    }
    const ids = accounts.map(({ id }) => id);
    if (new Set(ids).size < ids.length) {
      violations.push(`doubled accounts: ${ids.join()}`);
    }
    const records = [...machine.secrets].filter(([key]) => key.includes('.token.'));
    const used = new Set(accounts.flatMap(({ tokenIds }) => tokenIds));
    for (const [key] of records) {
      const id = key.split('.token.')[1] ?? '';
      if (!used.has(id)) {
        violations.push(`an orphan credential is left: ${key}`);
      }
    }
    for (const { id, tokenIds } of accounts) {
      const value = last.connections.tokens().get(tokenIds[0])?.token;
      if (value === undefined && !unsure.has(id)) {
        violations.push(`the token of ${id} is lost`);
      } else if (value !== expected.get(id) && expected.has(id) && !unsure.has(id)) {
        violations.push(`account ${id} is not shown with its newest token`);
      }
    }
    for (const key of machine.secrets.keys()) {
      if (key.includes('.secret.') && !ids.some((id) => key.includes(`.secret.${id}.`))) {
        violations.push(`a secret of a removed account is left: ${key}`);
      }
    }
    for (const id of rememberedFor) {
      const isThere = [...machine.secrets.keys()].some((key) =>
        key.endsWith(`.secret.${keyOfDestination(id, `${id}-0`)}`),
      );
      if (!isThere && expected.has(id) && !unsure.has(id) && !forgottenIn.has(id)) {
        violations.push(`the remembered secret of ${id} is lost`);
      }
    }
    const visible = JSON.stringify([machine.state(), [...windows.values()].map(({ lines }) => lines)]);
    if (/t0k3n|r0t4t3d|s3cr3t/.test(visible)) {
      violations.push('a credential leaks into globalState or the log');
    }
  }
}

function makeWorld(id: string): World {
  return {
    destinations: [
      { id: `${id}-0`, name: 'Ops', url: 'https://e.com/ops' },
      { id: `${id}-1`, name: 'Dev', url: 'https://e.com/dev' },
    ],
    policies: [
      { id: `${id}-p`, name: 'P', webhooks: [`${id}-0`], email: [], note: '' },
      { id: `${id}-q`, name: 'Q', webhooks: [`${id}-1`], email: ['a@e.com'], note: '' },
    ],
    cleansPolicies: false,
    cutsUrls: false,
    putMode: 'as-documented',
    nextId: 0,
  };
}

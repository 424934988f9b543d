import type * as vscode from 'vscode';
import { ApiError } from '../../../src/core/api/api-error.ts';
import { createRedactor } from '../../../src/core/api/redaction.ts';
import type { Host } from '../../../src/core/api/transport.ts';
import { createLeases } from '../../../src/core/async/lease.ts';
import { createTurns, type Turns } from '../../../src/core/policies/turns.ts';
import { admitUserCall, createCallBudgets } from '../../../src/core/monitoring/call-budget.ts';
import { createRefreshScheduler, type RefreshScheduler } from '../../../src/core/monitoring/refresh-scheduler.ts';
import { createStore, type Store } from '../../../src/core/monitoring/store.ts';
import { createReplacementController } from '../../../src/core/replacement/controller.ts';
import { createReplacementRecords } from '../../../src/core/replacement/records.ts';
import type { VirtualClock } from '../../unit/core/monitoring/simulated-refresh.ts';
import { standInForVscode } from '../vscode.ts';
import type { Machine } from './shared.ts';

standInForVscode();
const { createOrderedState } = await import('../../../src/ui/host/ordered-state.ts');
const { createProfileSecrets } = await import('../../../src/ui/accounts/profile-secrets.ts');
const { createConnections } = await import('../../../src/ui/accounts/connections.ts');
const { createSecretStore } = await import('../../../src/ui/destinations/secret-store.ts');
const { createFailureNotice } = await import('../../../src/ui/monitoring/failure-notice.ts');
const sweeping = await import('../../../src/ui/accounts/sweep.ts');

export type WindowOptions = {
  readonly machine: Machine;
  readonly clock: VirtualClock;
  readonly fetch: typeof globalThis.fetch;
  readonly random: () => number;
  readonly name: string;
  /** Whether windows of this machine still run, for leases. */
  readonly isAlive: (name: string) => boolean;
};

/** One instance of the extension, with everything of it that runs without VS Code. */
export async function openWindow({ machine, clock, fetch, random, name, isAlive }: WindowOptions) {
  let alive = true;
  const lines: string[] = [];
  /** How many timers this window has set and neither run nor canceled. */
  const timers = new Set<object>();
  const storage = machine.openStorage(() => alive);
  const redactor = createRedactor();
  const log: Host['log'] = (level, message) => void lines.push(`${level} ${redactor.redact(message)}`);

  function after(milliseconds: number, work: () => void): () => void {
    const timer = {};
    timers.add(timer);
    const cancel = clock.after(milliseconds, () => {
      timers.delete(timer);
      if (alive) {
        work();
      }
    });
    return () => {
      timers.delete(timer);
      cancel();
    };
  }
  const sleep: Host['sleep'] = async (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const stop = after(milliseconds, resolve);
      signal?.addEventListener(
        'abort',
        () => {
          stop();
          reject(signal.reason);
        },
        { once: true },
      );
    });
  const host: Host & Turns = {
    ...createTurns(),
    async fetch(input, init) {
      // A request of a killed window fails instead of waiting for ever, because the SDK holds a real timer until then.
      const answer = alive ? await fetch(input, init) : undefined;
      if (!answer || !alive) {
        throw new TypeError('the window was killed');
      }
      return answer;
    },
    now: clock.now,
    sleep,
    random,
    log,
    redact: (words, most) => redactor.redact(words, most),
  };
  const state = createOrderedState(storage.memento);
  const secrets = createProfileSecrets(storage.secrets, state, log);
  const context = { secrets } as vscode.ExtensionContext;
  const budgets = createCallBudgets(clock.elapsed);
  const store: Store = createStore({
    now: clock.now,
    toApiError: (error) => (error instanceof ApiError ? error : new ApiError({ kind: 'protocol' })),
    defer: (work) => void after(0, work),
    log,
    admit: async ({ token }, signal) => admitUserCall(budgets.of(token?.id), sleep, signal),
  });
  /** Windows share snapshots through files and file events, which the integration tests cover. */
  const snapshots = { adopt: async () => {}, forget: async () => {}, dispose: () => {} };
  /** `timeline.test.ts` has the windows that record. */
  const timelines = {
    of: async () => ({ destination: () => undefined }),
    onChanged: () => () => {},
    forget: async () => {},
    dispose: () => {},
  };
  const connections = createConnections({
    context,
    userAgent: 'test/1',
    state,
    store,
    redactor,
    host,
    budgets,
    snapshots,
  });
  const secretStore = createSecretStore(secrets, redactor, log);
  const notice = createFailureNotice(storage.files, store, host, async () => {});
  const leases = createLeases({
    files: storage.files,
    now: clock.now,
    makeId: () => crypto.randomUUID(),
    process: name,
    isAlive,
    every(milliseconds, work) {
      let stop = (): void => {};
      const again = (): void => {
        stop = after(milliseconds, () => {
          work();
          again();
        });
      };
      again();
      return () => stop();
    },
  });
  const replacements = createReplacementController({
    records: createReplacementRecords(storage.files),
    leases,
    host: { ...host, digest: async (text) => `digest ${text.length}` },
    makeSalt: () => 'salt',
  });
  let scheduler: RefreshScheduler | undefined;
  await Promise.race([connections.load(), machine.settle()]);

  function dispose(): void {
    scheduler?.dispose();
    connections.dispose();
    notice.dispose();
    storage.close();
  }

  return {
    name,
    host,
    store,
    connections,
    snapshots,
    timelines,
    secretStore,
    replacements,
    leases,
    lines,
    timers: () => timers.size,
    isAlive: () => alive,
    /** Refreshes in the background, as a focused window does. */
    focus(interval: number): void {
      scheduler ??= createRefreshScheduler({
        store,
        budgets,
        now: clock.now,
        elapsed: clock.elapsed,
        after,
        random,
        log,
      });
      scheduler.follow({ interval, focused: true });
    },
    blur: () => scheduler?.follow({ interval: 0, focused: false }),
    sweep: async () => {
      const services = { context, allSecrets: storage.secrets, state, store, connections, host };
      const before = new Set((await sweeping.findUnused(services)).map(({ raw }) => raw));
      return sweeping.sweep(services, before);
    },
    /** Closes the window regularly. */
    close(): void {
      dispose();
      alive = false;
    },
    /** Kills it at once: nothing of it goes on, and its files and leases stay. */
    crash(): void {
      alive = false;
      storage.close();
      timers.clear();
    },
  };
}

export type Window = Awaited<ReturnType<typeof openWindow>>;

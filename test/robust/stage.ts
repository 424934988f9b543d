import * as fc from 'fast-check';
import { createLeases, type Leases } from '../../src/core/async/lease.ts';
import type { SharedFiles } from '../../src/core/async/shared-files.ts';
import type { Api } from '../../src/core/api/client.ts';
import { AccountRemovedError } from '../../src/core/monitoring/connection-now.ts';
import { isSameId } from '../../src/core/model/id.ts';
import { createMemoryFiles } from '../unit/core/async/memory-files.ts';
import { createSimulation, KilledError, type Simulation } from './simulation.ts';
import type { Call, Fault, World, WorldDestination, WorldPolicy } from './world.ts';

/** How Cloudflare answers, and in which order windows go on. Shared by all generated scenarios. */
export type Chaos = {
  readonly cleansPolicies: boolean;
  readonly cutsUrls: boolean;
  readonly putMode: World['putMode'];
  readonly faults: readonly (readonly [number, Fault])[];
  /** What a colleague does, and at which gate: an index into the list of the model. */
  readonly outsiders: readonly (readonly [number, number])[];
  readonly choices: readonly number[];
  /** The gates between which the account is not in VS Code. Then it comes back, with another token. */
  readonly absence?: { readonly from: number; readonly gates: number } | undefined;
};

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>({ kind: 'lostBefore' }, { kind: 'lostAfter' }),
  fc.record({ kind: fc.constantFrom('html' as const, 'broken' as const), after: fc.boolean() }),
  fc.constantFrom(403, 422, 429).map((status): Fault => ({ kind: 'refused', status: status as 403 })),
  fc.integer({ min: 100, max: 25_000 }).map((after): Fault => ({ kind: 'late', after })),
);

/** `gates`: about how many gates a run passes. */
export const chaosOver = (gates: number): fc.Arbitrary<Chaos> =>
  fc.record({
    cleansPolicies: fc.boolean(),
    cutsUrls: fc.boolean(),
    putMode: fc.constantFrom('as-documented', 'rename-only'),
    faults: fc.array(fc.tuple(fc.nat(Math.ceil(gates / 3)), fault), { maxLength: 3 }),
    outsiders: fc.array(fc.tuple(fc.oneof(fc.nat(gates), fc.nat(Math.ceil(gates / 4))), fc.nat(20)), { maxLength: 2 }),
    choices: fc.array(fc.nat(7), { maxLength: 24 }),
    absence: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      fc.record({ from: fc.nat(Math.ceil(gates / 2)), gates: fc.integer({ min: 1, max: Math.ceil(gates / 2) }) }),
    ),
  });

/** A world with a simulation, and the bookkeeping that every model needs. */
export type Stage = {
  readonly world: World;
  readonly simulation: Simulation;
  readonly violations: string[];
  /** Every mutation that was sent, in order. */
  readonly sent: Call[];
  /** How often a colleague acted. */
  readonly outsiderActs: () => number;
  /** A number that grows with everything that happens. */
  readonly tick: () => number;
  /** When a window last read something, e.g. `A/getPolicy/p0`; 0 for never. */
  readonly readAt: (key: string) => number;
  readonly exists: (id: string) => boolean;
  readonly isOn: (policy: WorldPolicy, id: string) => boolean;
  readonly changePolicy: (id: string, to: (policy: WorldPolicy) => WorldPolicy) => void;
  readonly openFiles: (window: string) => SharedFiles;
  readonly openLeases: (window: string) => Leases;
  /** When a window had last read what a mutation changes, at the moment at which it last sent that mutation. */
  readonly readBeforeSent: (mutation: string) => number;
  /** The same for this very mutation, which can take effect after a later one was sent. */
  readonly readBefore: (mutation: Call) => number;
  /** Options whose `api` is the client of the moment, as `withApiNow` makes them. No call may be made with one of before. */
  readonly withApi: <T extends object>(window: string, options: T) => T & { readonly api: Api };
  /** Runs one job of each window, interleaved, until every one has ended or was killed. */
  readonly run: (jobs: Readonly<Record<string, () => Promise<void>>>) => Promise<void>;
};

export type StageOptions = {
  readonly destinations: readonly WorldDestination[];
  readonly policies: readonly WorldPolicy[];
  /** What a colleague may do. */
  readonly outsiders: readonly ((stage: Stage) => void)[];
  readonly onEffect?: (call: Call, stage: Stage) => void;
  readonly onSent?: (call: Call, stage: Stage) => void;
  /** Kills the window `A` at this gate. */
  readonly kill?: number | undefined;
};

/** Which read shows what a mutation changes. */
const READ_OF: Readonly<Record<string, string>> = { updatePolicy: 'getPolicy', updateDestination: 'getDestination' };

export function openStage(chaos: Chaos, options: StageOptions): Stage {
  const { cleansPolicies, cutsUrls, putMode } = chaos;
  const world: World = {
    destinations: [...options.destinations],
    policies: [...options.policies],
    cleansPolicies,
    cutsUrls,
    putMode,
    nextId: 0,
  };
  const reads = new Map<string, number>();
  const beforeSent = new Map<string, number>();
  const beforeEach = new Map<Call, number>();
  const stored = createMemoryFiles();
  let [moment, acts, ids] = [0, 0, 0];
  const tick = (): number => (moment += 1);

  const events = new Map<number, () => void>(
    chaos.outsiders.map(([gate, which]) => [
      gate,
      () => {
        acts += 1;
        tick();
        options.outsiders[which % options.outsiders.length]?.(stage);
      },
    ]),
  );
  if (options.kill !== undefined) {
    events.set(options.kill, () => simulation.kill('A'));
  }
  const simulation: Simulation = createSimulation({
    world,
    faults: new Map(chaos.faults),
    events,
    choices: chaos.choices,
    onEffect(call) {
      tick();
      options.onEffect?.(call, stage);
    },
    onSent(call) {
      if (!/^(get|list)/.test(call.name)) {
        stage.sent.push(call);
        const { by, name, target } = call;
        const read = reads.get(`${by}/${READ_OF[name] ?? ''}/${target}`) ?? 0;
        beforeSent.set(`${by}/${name}/${target}`, read);
        beforeEach.set(call, read);
        options.onSent?.(call, stage);
      }
    },
    onRead: ({ by, name, target }) => void reads.set(`${by}/${name}/${target}`, tick()),
  });

  function openFiles(window: string): SharedFiles {
    const gate = simulation.fileGate(window);
    return {
      names: async () => gate().then(async () => stored.names()),
      read: async (name) => gate().then(async () => stored.read(name)),
      write: async (name, text) => gate().then(async () => stored.write(name, text)),
      create: async (name, text) => gate().then(async () => stored.create(name, text)),
      rename: async (from, to) => gate().then(async () => stored.rename(from, to)),
      remove: async (name) => gate().then(async () => stored.remove(name)),
    };
  }

  type Presence = 'before' | 'absent' | 'back';
  const { absence } = chaos;
  const presence = (): Presence =>
    !absence || simulation.gates() < absence.from
      ? 'before'
      : simulation.gates() < absence.from + absence.gates
        ? 'absent'
        : 'back';
  const clients = new Map<string, Api>();

  /** Notes each call that is made when the client is not the one of the account any more. */
  function clientOf(window: string, made: Presence): Api {
    const key = `${window} ${made}`;
    const client =
      clients.get(key) ??
      new Proxy(simulation.apiOf(window), {
        get(target, name, receiver) {
          if (presence() !== made) {
            stage.violations.push(`a call (${String(name)}) with the client of an account that was removed since`);
          }
          return Reflect.get(target, name, receiver) as unknown;
        },
      });
    clients.set(key, client);
    return client;
  }

  const stage: Stage = {
    world,
    simulation,
    violations: [],
    sent: [],
    outsiderActs: () => acts,
    tick,
    readAt: (key) => reads.get(key) ?? 0,
    exists: (id) => world.destinations.some((each) => isSameId(each.id, id)),
    isOn: ({ webhooks }, id) => webhooks.some((each) => isSameId(each, id)),
    changePolicy(id, to) {
      world.policies = world.policies.map((each) => (each.id === id ? to(each) : each));
    },
    openFiles,
    openLeases: (window) =>
      createLeases({
        files: openFiles(window),
        now: simulation.now,
        makeId: () => `id${(ids += 1)}`,
        process: window,
        isAlive: (process) => simulation.isAlive(process),
        every: simulation.everyOf(window),
      }),
    withApi: (window, given) => ({
      ...given,
      get api() {
        const now = presence();
        if (now === 'absent') {
          throw new AccountRemovedError('The account was removed');
        }
        return clientOf(window, now);
      },
    }),
    readBeforeSent: (mutation) => beforeSent.get(mutation) ?? 0,
    readBefore: (mutation) => beforeEach.get(mutation) ?? 0,
    async run(jobs) {
      const started = Object.entries(jobs).map(async ([window, job]) =>
        simulation.start(window, job).catch((error: unknown) => {
          if (!(error instanceof KilledError)) {
            throw error;
          }
        }),
      );
      await Promise.all([...started, simulation.run()]);
    },
  };
  return stage;
}

import { createLeases, LeaseTakenError } from '../../src/core/async/lease.ts';
import { createTurns } from '../../src/core/policies/turns.ts';
import { isSameId } from '../../src/core/model/id.ts';
import { createReplacementController, type ReplacementController } from '../../src/core/replacement/controller.ts';
import { createReplacementRecords } from '../../src/core/replacement/records.ts';
import type { RunEnd } from '../../src/core/replacement/run.ts';
import { keyOfReplacement } from '../../src/core/replacement/state.ts';
import { createMemoryFiles } from '../unit/core/async/memory-files.ts';
import type { Verdict } from './prove.ts';
import { createSimulation, KilledError, type Simulation } from './simulation.ts';
import { type Call, type Fault, type World, type WorldPolicy } from './world.ts';
import { unexpected } from './expected-errors.ts';

/** How long a lease lasts without a heartbeat, in milliseconds; see `lease.ts`. */
const LEASE_LIFETIME = 20_000;
export const OLD = 'd-0-0';
const ACCOUNT = 'a';
const NEW_URL = 'https://hooks.slack.com/services/T/B/secret';

export type Outsider =
  | 'deleteOld'
  | 'deleteNew'
  | 'attachOld'
  | 'attachNew'
  | 'removePolicy'
  | 'editPolicy'
  | 'detachOld'
  | 'namesake'
  | 'namesakeElsewhere';

export type Scenario = {
  readonly cleansPolicies: boolean;
  readonly cutsUrls: boolean;
  readonly policies: readonly { readonly mail: boolean; readonly bare: boolean }[];
  readonly faults: readonly (readonly [number, Fault])[];
  readonly outsiders: readonly (readonly [number, Outsider])[];
  /** Kills the first window at this gate. */
  readonly kill?: number | undefined;
  /** Which of the offered steps is taken at each stop; -1 for none. */
  readonly buttons: readonly number[];
  /** A second window that presses a button of the same replacement at any time. */
  readonly second: boolean;
  /** Without a heartbeat a lease expires while its owner waits, as on a machine that was suspended. */
  readonly heartbeat: boolean;
  readonly choices: readonly number[];
};

/** Plays a scenario and checks the invariants after every change and every message. */
export async function play(scenario: Scenario): Promise<Verdict> {
  const violations: string[] = [];
  const world: World = {
    destinations: [
      { id: OLD, name: 'Ops', url: 'https://old.example.com/' },
      { id: 'other', name: 'Other', url: 'https://other.example.com/' },
    ],
    policies: scenario.policies.map(({ mail, bare }, index): WorldPolicy => ({
      id: `p${index}`,
      name: `Policy ${index}`,
      // Cloudflare returns one ID with and without dashes.
      webhooks: [bare ? OLD.replaceAll('-', '') : OLD],
      email: mail ? ['ops@example.com'] : [],
      note: '',
    })),
    cleansPolicies: scenario.cleansPolicies,
    cutsUrls: scenario.cutsUrls,
    putMode: 'as-documented',
    nextId: 0,
  };
  const created = new Set<string>();
  const exists = (id: string): boolean => world.destinations.some((each) => isSameId(each.id, id));
  const reaches = ({ webhooks }: WorldPolicy): boolean => webhooks.some(exists);
  let protectedIds = new Set(world.policies.filter(reaches).map(({ id }) => id));
  const late = new Set<string>();
  const attachedAt = new Map<string, number>();
  const deletedAt = new Map<string, number>();
  const seenAt = new Map<string, number>();
  const editedAt = new Map<string, number>();
  /** Policies that a colleague renamed, and took the old destination out of. */
  const noted = new Set<string>();
  const detached = new Set<string>();
  /** The policies that a persisted state named. */
  const recorded = new Set<string>();
  const excused = new Set<string>();
  const listedAt = new Map<string, number>();
  const listedBeforeDelete = new Map<string, number>();
  const readAt = new Map<string, number>();
  /** When the policy was read that an update sends. */
  const bodyReadAt = new WeakMap<Call, number>();
  const sent: Call[] = [];
  /** For each window: when it sent its last mutation, and when it last listed the policies, twice. */
  const mutatedAt = new Map<string, number>();
  const lists = new Map<string, readonly [number, number]>();
  /** For each window: the policies of the replacement that had no destination when it last listed them. */
  const bare = new Map<string, readonly string[]>();
  const confirmed = new Set<string>();
  const decisions = { start: 0 };
  let outsiderCount = 0;
  let moment = 0;
  const tick = (): number => (moment += 1);
  const newest = (): string | undefined => [...created].findLast(exists);
  /** For each window with an operation: how many mutations it has sent, and until when its lease lasts without a heartbeat. */
  const working = new Map<string, { readonly count: number; readonly until: number }>();

  function afterOutsider(): void {
    outsiderCount += 1;
    protectedIds = new Set(world.policies.filter(reaches).map(({ id }) => id));
  }

  function change(id: string, to: (policy: WorldPolicy) => WorldPolicy): void {
    world.policies = world.policies.map((each) => (each.id === id ? to(each) : each));
  }

  function removeDestination(gone: string): void {
    world.destinations = world.destinations.filter(({ id }) => id !== gone);
    if (world.cleansPolicies) {
      for (const { id } of world.policies) {
        change(id, (policy) => ({ ...policy, webhooks: policy.webhooks.filter((each) => !isSameId(each, gone)) }));
      }
    }
  }

  function act(what: Outsider): void {
    const at = tick();
    const [first] = world.policies;
    const fresh = newest();
    switch (what) {
      case 'deleteOld':
        deletedAt.set(OLD, at);
        removeDestination(OLD);
        break;
      case 'deleteNew':
        deletedAt.set(fresh ?? '', at);
        removeDestination(fresh ?? '');
        break;
      case 'attachOld':
      case 'attachNew': {
        const target = what === 'attachOld' ? OLD : fresh;
        if (target !== undefined && exists(target)) {
          const id = `q${at}`;
          world.policies = [...world.policies, { id, name: id, webhooks: [target], email: [], note: '' }];
          attachedAt.set(id, at);
        }
        break;
      }
      case 'removePolicy':
        world.policies = world.policies.slice(1);
        break;
      case 'editPolicy':
        if (first) {
          change(first.id, (policy) => ({ ...policy, note: `colleague ${at}`, name: `${policy.name}!` }));
          editedAt.set(first.id, at);
          noted.add(first.id);
        }
        break;
      case 'detachOld':
        if (first) {
          change(first.id, (policy) => ({ ...policy, webhooks: ['other'] }));
          editedAt.set(first.id, at);
          detached.add(first.id);
        }
        break;
      case 'namesake':
        if (world.cutsUrls || exists(fresh ?? '')) {
          world.destinations = [...world.destinations, { id: `n${at}`, name: 'Ops', url: NEW_URL }];
        }
        break;
      case 'namesakeElsewhere':
        world.destinations = [...world.destinations, { id: `n${at}`, name: 'Ops', url: 'https://else.example.com/' }];
        break;
      default:
        what satisfies never;
    }
    afterOutsider();
  }

  /** A colleague deleted a destination after this window last saw it exist. */
  function wasDeletedUnseen(window: string): boolean {
    return [...deletedAt].some(([id, at]) => at > (seenAt.get(`${window}/${id}`) ?? 0));
  }

  function onEffect(call: Call): void {
    tick();
    if (call.name === 'createDestination') {
      const id = world.destinations.at(-1)?.id ?? '';
      created.add(id);
      seenAt.set(`${call.by}/${id}`, tick());
    }
    if (call.name === 'deleteDestination' && call.target !== OLD && !created.has(call.target)) {
      violations.push(`I2: deleted ${call.target}, which this operation did not create`);
    }
    if (call.name === 'updatePolicy') {
      const edited = editedAt.get(call.target) ?? 0;
      // The API has no conditional update: a colleague's change between the read and the effect of the write is lost.
      if (edited > (bodyReadAt.get(call) ?? 0)) {
        excused.add(call.target);
      }
    }
    const listed = listedBeforeDelete.get(`${call.by}/${call.target}`) ?? 0;
    for (const policy of world.policies) {
      if (protectedIds.has(policy.id) && !reaches(policy)) {
        // Between the last list and the deletion nothing can be seen: it is moved right after, where Cloudflare kept the ID.
        if (call.name === 'deleteDestination' && (attachedAt.get(policy.id) ?? 0) > listed) {
          late.add(policy.id);
        } else if (call.name === 'updatePolicy' && wasDeletedUnseen(call.by)) {
          // Deleted by a colleague between the read and the write: it has to be moved back.
          late.add(policy.id);
        } else if (!late.has(policy.id)) {
          violations.push(`I1: ${policy.id} reaches nothing after ${call.name} ${call.target} by ${call.by}`);
        }
      }
    }
    protectedIds = new Set([...protectedIds, ...world.policies.filter(reaches).map(({ id }) => id)]);
  }

  /** A destination is seen to exist right before a policy moves to it, and before the other one is deleted in its favour. */
  function checkOrder({ by, name, target }: Call): void {
    const isOld = target === OLD;
    const seen = Math.max(0, ...[...seenAt].flatMap(([key, at]) => (key.startsWith(`${by}/`) ? [at] : [])));
    if (name === 'updatePolicy' && seen <= (mutatedAt.get(by) ?? 0)) {
      violations.push(`I1: ${by} moves ${target} to a destination that was not seen to exist since its last change`);
    }
    if (name === 'deleteDestination') {
      const favoured = [...seenAt].flatMap(([key, at]) =>
        key.startsWith(`${by}/`) && (key === `${by}/${OLD}`) !== isOld ? [at] : [],
      );
      const [before = 0, last = 0] = lists.get(by) ?? [];
      const seenFavoured = Math.max(0, ...favoured);
      if (!(before < seenFavoured && seenFavoured < last)) {
        violations.push(`I1: ${by} deletes ${target} without seeing the other one and then listing the policies`);
      }
    }
    if (name === 'deleteDestination') {
      violations.push(...(bare.get(by) ?? []).map((id) => `I1: ${by} deletes ${target} although ${id} has none`));
    }
    if (confirmed.has(target) && name === 'deleteDestination') {
      violations.push(`I2: ${by} deletes ${target}, which the user confirmed`);
    }
    mutatedAt.set(by, tick());
  }

  function onSent(call: Call): void {
    if (/^(get|list)/.test(call.name)) {
      return;
    }
    sent.push(call);
    bodyReadAt.set(call, readAt.get(`${call.by}/${call.target}`) ?? 0);
    checkOrder(call);
    if (call.name === 'deleteDestination') {
      listedBeforeDelete.set(`${call.by}/${call.target}`, listedAt.get(call.by) ?? 0);
    }
    for (const [window, { count, until }] of working) {
      if (window !== call.by && count > 0 && simulation.isAlive(window) && simulation.now() < until) {
        violations.push(`I5: ${call.by} sends ${call.name} while ${window} works`);
      }
    }
    const mine = working.get(call.by);
    if (mine) {
      working.set(call.by, { ...mine, count: mine.count + 1 });
    }
  }

  function onRead(call: Call): void {
    if (call.name === 'listPolicies') {
      const at = tick();
      lists.set(call.by, [listedAt.get(call.by) ?? 0, at]);
      const ours = world.policies.filter(({ id }) => recorded.has(id) && !detached.has(id));
      bare.set(
        call.by,
        ours.filter(({ webhooks }) => webhooks.length === 0).map(({ id }) => id),
      );
    }
    if (call.name === 'getDestination') {
      seenAt.set(`${call.by}/${call.target}`, tick());
    }
    if (call.name === 'getPolicy') {
      readAt.set(`${call.by}/${call.target}`, tick());
    }
  }

  const events = new Map<number, () => void>(scenario.outsiders.map(([at, what]) => [at, () => act(what)]));
  if (scenario.kill !== undefined) {
    const other = events.get(scenario.kill);
    events.set(scenario.kill, () => {
      other?.();
      simulation.kill('A');
      working.delete('A');
    });
  }
  const simulation: Simulation = createSimulation({
    world,
    faults: new Map(scenario.faults),
    events,
    choices: scenario.choices,
    onEffect,
    onSent,
    onRead,
  });
  const gates = new Map<string, () => Promise<void>>();
  let current = 'A';
  const files = createMemoryFiles(async () => (gates.get(current) ?? (async () => {}))());

  let ids = 0;
  function openWindow(name: string): { controller: ReplacementController } {
    gates.set(name, simulation.fileGate(name));
    const gated = gateFiles(files, simulation.fileGate(name), (text) => {
      const { policies = [] }: { readonly policies?: readonly { readonly id: string }[] } = JSON.parse(text);
      policies.forEach(({ id }) => recorded.add(id));
    });
    return {
      controller: createReplacementController({
        records: createReplacementRecords(gated),
        leases: createLeases({
          files: gated,
          now: simulation.now,
          makeId: () => `id${(ids += 1)}`,
          process: name,
          isAlive: (process) => simulation.isAlive(process),
          every: scenario.heartbeat ? simulation.everyOf(name) : () => () => {},
        }),
        host: {
          now: simulation.now,
          sleep: simulation.sleepOf(name),
          ...createTurns(),
          digest: async (text) => `digest of ${text}`,
        },
        makeSalt: () => 'salt',
      }),
    };
  }
  gates.clear();
  current = '';

  const key = keyOfReplacement({ accountId: ACCOUNT, oldId: OLD });
  const draft = { name: 'Ops', url: NEW_URL };
  const ends: string[] = [];
  /** The user was told that a policy which could not be read may still use a deleted destination. */
  let isTold = false;

  async function attempt(window: string, work: () => Promise<RunEnd>): Promise<RunEnd | undefined> {
    const before = sent.length;
    const outsidersBefore = outsiderCount;
    working.set(window, { count: 0, until: scenario.heartbeat ? Infinity : simulation.now() + LEASE_LIFETIME });
    try {
      const end = await work();
      ends.push(end.ending);
      checkEnd(end, outsiderCount === outsidersBefore);
      return end;
    } catch (error) {
      if (error instanceof KilledError) {
        throw error;
      }
      violations.push(...unexpected(error));
      ends.push('stopped');
      return undefined;
    } finally {
      working.delete(window);
      const mine = sent.slice(before).filter(({ by }) => by === window);
      for (const name of ['createDestination', 'deleteDestination'] as const) {
        const targets = mine.filter((each) => each.name === name).map(({ target }) => target);
        if (new Set(targets).size < targets.length) {
          violations.push(`I3: ${name} was sent twice after one decision`);
        }
      }
    }
  }

  function checkEnd({ ending, state, isPartial = false }: RunEnd, undisturbed: boolean): void {
    const old = exists(OLD);
    const fresh = state.newId !== undefined && exists(state.newId);
    const on = (id: string): number =>
      world.policies.filter(({ webhooks }) => webhooks.some((each) => isSameId(each, id))).length;
    // Also where a colleague deleted the other destination, and Cloudflare took it out of the policies.
    const remaining = ending === 'done' ? state.newId : ending === 'undone' ? OLD : undefined;
    isTold ||= isPartial;
    if (remaining !== undefined && exists(remaining) && !isPartial) {
      for (const { id, webhooks } of world.policies) {
        if (recorded.has(id) && !detached.has(id) && !webhooks.some((each) => isSameId(each, remaining))) {
          violations.push(`I1: said ${ending}, and ${id} is not on ${remaining}`);
        }
      }
    }
    if (!undisturbed || isPartial) {
      return;
    }
    if (ending === 'done' && (old || !fresh || on(OLD) > 0)) {
      violations.push(`I4: said done: old ${String(old)}, new ${String(fresh)}, ${on(OLD)} policies on the old one`);
    }
    if (ending === 'undone' && (!old || (fresh && state.origin !== 'confirmed'))) {
      violations.push(`I4: said undone: old ${String(old)}, new ${String(fresh)}`);
    }
    if (ending === 'kept' && (!old || !fresh)) {
      violations.push('I4: said that both are kept');
    }
  }

  /** Looks and presses buttons as the scenario says, until nothing is offered. */
  async function press(window: string, controller: ReplacementController, buttons: readonly number[]): Promise<void> {
    for (const button of buttons) {
      const look = await controller.look(simulation.apiOf(window), key);
      if (!look) {
        if (window !== 'B') {
          return;
        }
        // The first window may not have persisted anything yet.
        await simulation.sleepOf(window)(7000);
        continue;
      }
      const { steps, observed } = look;
      if (steps.includes('undo') && observed.old !== 'exists') {
        violations.push('I4: offers Undo although the old destination was not seen to exist');
      }
      if (steps.includes('close') && observed.new === 'exists') {
        violations.push('I4: offers to forget a new destination that exists');
      }
      checkOffer(steps, observed.newId);
      const offered = steps.filter((step) => step !== 'retry');
      const step = button < 0 ? undefined : offered[button % Math.max(1, offered.length)];
      if (step === undefined) {
        if (look.isBusy) {
          await simulation.sleepOf(window)(7000);
        }
        continue;
      }
      const candidateId = observed.candidates[0]?.id;
      if (step === 'adopt' && candidateId !== undefined) {
        confirmed.add(candidateId);
      }
      await attempt(window, async () =>
        controller.take(step, {
          api: simulation.apiOf(window),
          key,
          ...(candidateId === undefined ? {} : { candidateId }),
        }),
      );
    }
  }

  function checkOffer(steps: readonly string[], newId: string | undefined): void {
    // Between the look and this check no other window can go on, but the look itself takes several calls.
    if (scenario.second || scenario.outsiders.length > 0) {
      return;
    }
    if (steps.includes('undo') && !exists(OLD)) {
      violations.push('I4: offers Undo although the old destination is gone');
    }
    if (steps.includes('keepBoth') && (!exists(OLD) || newId === undefined || !exists(newId))) {
      violations.push('I4: offers to keep both although one is gone');
    }
    if (steps.includes('finish') && exists(OLD)) {
      violations.push('I4: offers to finish although the old destination exists');
    }
  }

  const first = openWindow('A');
  const jobs = [
    simulation.start('A', async () => {
      decisions.start += 1;
      const api = simulation.apiOf('A');
      const old = { id: OLD, name: 'Ops', type: 'generic', url: 'https://old.example.com/' };
      await attempt('A', async () => first.controller.start({ api, accountId: ACCOUNT, old, draft }));
      await press('A', first.controller, scenario.buttons);
    }),
    ...(scenario.second
      ? [
          simulation.start('B', async () => {
            const second = openWindow('B');
            await press('B', second.controller, [0, ...scenario.buttons, 0, 0, 0]);
          }),
        ]
      : []),
  ].map(async (job) =>
    job.catch((error: unknown) => {
      if (!(error instanceof KilledError) && !(error instanceof LeaseTakenError)) {
        throw error;
      }
    }),
  );
  await Promise.all([simulation.run(), ...jobs]);

  // A healthy window comes later and takes what is offered first, until nothing is left.
  const last = openWindow('C');
  await Promise.all([
    simulation.start('C', async () =>
      press(
        'C',
        last.controller,
        Array.from({ length: 12 }, () => 0),
      ),
    ),
    simulation.run(),
  ]);
  const left: unknown[] = [];
  await Promise.all([
    simulation.start('C', async () => left.push(...(await last.controller.unfinished()))),
    simulation.run(),
  ]);
  if (left.length > 0) {
    violations.push(`left behind: ${JSON.stringify(left)}`);
  }
  for (const policy of world.policies) {
    const mustReach = late.has(policy.id) ? !scenario.cleansPolicies : protectedIds.has(policy.id);
    const couldReach = exists(OLD) || [...created].some(exists);
    if (!reaches(policy) && mustReach && couldReach && !isTold) {
      violations.push(`I1 at the end: ${policy.id} reaches nothing`);
    }
    const isKept = policy.name.endsWith('!') && policy.note.startsWith('colleague');
    if (noted.has(policy.id) && !excused.has(policy.id) && !isKept) {
      violations.push(`I6: the change of ${policy.id} is lost`);
    }
  }
  const alive = [...created].filter(exists);
  if (alive.length > 1) {
    violations.push(`doubled: ${alive.join(' ')} all exist`);
  }
  const posts = sent.filter(({ name }) => name === 'createDestination').length;
  if (posts > decisions.start) {
    violations.push(`I3: ${posts} creations for ${decisions.start} decisions`);
  }
  return { violations, ends };
}

function gateFiles(
  files: ReturnType<typeof createMemoryFiles>,
  gate: () => Promise<void>,
  onRecord: (text: string) => void,
): typeof files {
  return {
    names: async () => (await gate(), files.names()),
    read: async (name) => (await gate(), files.read(name)),
    async write(name, text) {
      await gate();
      if (name.endsWith('.replacement.json')) {
        onRecord(text);
      }
      await files.write(name, text);
    },
    create: async (name, text) => (await gate(), files.create(name, text)),
    rename: async (from, to) => (await gate(), files.rename(from, to)),
    remove: async (name) => (await gate(), files.remove(name)),
  };
}

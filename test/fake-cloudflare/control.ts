import { recordOutcome } from './delivery.ts';
import { demoPopulation } from './demo-world.ts';
import { typeOf } from './destination-types.ts';
import type { FaultRule } from './faults.ts';
import { hexId } from './random.ts';
import { receiverNamed } from './receiver-answers.ts';
import type { ReceivedRequest, ReceiverRule } from './receivers.ts';
import type { LoggedRequest } from './request-log.ts';
import { createWorld, findAccount, nextId, stamp, withRecord } from './world.ts';
import type {
  Account,
  Destination,
  HistoryEntry,
  Policy,
  Population,
  Settings,
  Surroundings,
  Token,
  World,
} from './world.ts';

/** `demo` is the seeded world of three accounts; `empty` has no account and no token. */
export type Seed = 'demo' | 'empty';

type Part = 'faults' | 'log' | 'received' | 'receiverRules';
type OfAccount = { readonly account: string };

/**
 * What a test may do to the world, by name. Over HTTP each is `POST /control/{name}` with its argument as the JSON body;
 * in the same process it is a call. `client.ts` has the same functions for tests in other processes.
 */
export const controls = {
  /** Everything as at the start: settings, faults, log and receivers too. */
  reset: (world: World, { seed }: { readonly seed: Seed }): void => {
    // Ids and timestamps must not come twice in the life of a server, so their counters go on.
    const { idsGiven, lastStamp } = world;
    Object.assign(world, createWorld(world, populationOf(seed, world)), { idsGiven, lastStamp });
  },

  changeSettings: (world: World, changes: Partial<Settings>): Settings => {
    world.settings = { ...world.settings, ...changes };
    return world.settings;
  },

  tokens: (world: World): readonly Token[] => world.tokens,

  /** Adds a token, or changes the one with the same value. What is not given is that of a user's token for everything. */
  putToken: (world: World, changes: Partial<Token> & Pick<Token, 'value'>): Token => {
    const known = world.tokens.find(({ value }) => value === changes.value) ?? {
      id: nextId(world),
      kind: 'user',
      accounts: 'all',
      permissions: ['accounts:read', 'notifications:read', 'notifications:write'],
    };
    const token = { ...known, ...changes };
    world.tokens = withRecord(world.tokens, token);
    return token;
  },

  accounts: (world: World): readonly Account[] => world.accounts,

  /** Adds an account, or changes the one with the same id. */
  putAccount: (world: World, changes: Partial<Account> & Pick<Account, 'name'>): Account => {
    const known = (changes.id === undefined ? undefined : findAccount(world, changes.id)) ?? {
      id: hexId(`account/${changes.name}`),
      type: 'standard',
      created_on: stamp(world),
      destinations: [],
      policies: [],
      history: [],
    };
    const account = { ...known, ...changes };
    world.accounts = withRecord(world.accounts, account);
    return account;
  },

  removeAccount: (world: World, { account }: OfAccount): void => {
    world.accounts = world.accounts.filter(({ id }) => id !== account);
  },

  /** The destinations with their whole URLs and their secrets. */
  destinations: (world: World, { account }: OfAccount): readonly Destination[] => need(world, account).destinations,

  /** Adds a destination without any test of its URL, or changes the one with the same id; `null` stays `null`. */
  putDestination: (world: World, { account, ...changes }: OfAccount & Partial<Destination>): Destination => {
    const owner = need(world, account);
    const url = changes.url ?? `${world.receiversUrl}/generic/hook`;
    const known = owner.destinations.find(({ id }) => id === changes.id) ?? {
      id: nextId(world),
      name: 'Unnamed',
      url,
      type: typeOf(new URL(url), world.extraTypes),
      created_at: stamp(world),
      last_success: null,
      last_failure: null,
    };
    const destination = { ...known, ...changes };
    owner.destinations = withRecord(owner.destinations, destination);
    return destination;
  },

  removeDestination: (world: World, { account, id }: OfAccount & { readonly id: string }): void => {
    const owner = need(world, account);
    owner.destinations = owner.destinations.filter((destination) => destination.id !== id);
  },

  policies: (world: World, { account }: OfAccount): readonly Policy[] => need(world, account).policies,

  /** Adds a policy, or changes the one with the same id. Nothing is checked. */
  putPolicy: (world: World, { account, ...changes }: OfAccount & Partial<Policy>): Policy => {
    const owner = need(world, account);
    const now = stamp(world);
    const known = owner.policies.find(({ id }) => id === changes.id) ?? {
      id: nextId(world),
      name: 'Unnamed',
      enabled: true,
      alert_type: 'universal_ssl_event_type',
      mechanisms: {},
      created: now,
      modified: now,
    };
    const policy = { ...known, ...changes };
    owner.policies = withRecord(owner.policies, policy);
    return policy;
  },

  removePolicy: (world: World, { account, id }: OfAccount & { readonly id: string }): void => {
    const owner = need(world, account);
    owner.policies = owner.policies.filter((policy) => policy.id !== id);
  },

  setHistory: (world: World, { account, history }: OfAccount & { readonly history: readonly HistoryEntry[] }): void => {
    need(world, account).history = history;
  },

  /** As if a notification had just been delivered, or had just failed to be; nothing is sent. */
  recordDelivery: (
    world: World,
    { account, id, succeeded }: OfAccount & { readonly id: string; readonly succeeded: boolean },
  ): void => recordOutcome(world, need(world, account), id, succeeded),

  /** Rules are tried in the order in which they were added. */
  addFault: (world: World, rule: FaultRule): void => {
    world.faults = [...world.faults, rule];
  },

  addReceiverRule: (world: World, rule: ReceiverRule): void => {
    // A misspelt answer would quietly be the right one.
    const { type, answer } = rule;
    if (answer !== undefined && !(type && answer in (receiverNamed(type, world.extraTypes)?.wrong ?? {}))) {
      throw new Error(`No answer ${answer} for a receiver of type ${type ?? '(not given)'}`);
    }
    world.receiverRules = [...world.receiverRules, rule];
  },

  /** What was asked of the API, oldest first. */
  log: (world: World): readonly LoggedRequest[] => world.log,

  /** What the webhook receivers got, oldest first. */
  received: (world: World): readonly ReceivedRequest[] => world.received,

  clear: (world: World, { part }: { readonly part: Part }): void => {
    world[part] = [];
  },
} as const;

export type Controls = typeof controls;

/** Any control, as seen from the wire: written as a method, as the compiler then lets the argument's type be narrower. */
type Control = { call(world: World, argument: unknown): unknown }['call'];

/** Answers `POST /control/{name}`: 200 with the result, 400 with a sentence where the call cannot be made. */
export async function answerControl(world: World, request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.split('/').at(-1) ?? '';
  // Arguments are taken on trust: they come from the typed functions of `client.ts`.
  const known: Readonly<Record<string, Control | undefined>> = controls;
  const control = known[name];
  if (!control || request.method !== 'POST') return new Response(`No control named ${name}`, { status: 404 });
  try {
    return Response.json(control(world, await request.json()) ?? null);
  } catch (error) {
    return new Response(String(error), { status: 400 });
  }
}

/** The people of a seed. */
export function populationOf(seed: Seed, surroundings: Surroundings): Population {
  return seed === 'demo' ? demoPopulation(surroundings) : { accounts: [], tokens: [] };
}

function need(world: World, id: string): Account {
  const account = findAccount(world, id);
  if (!account) throw new Error(`The fake has no account ${id}`);
  return account;
}

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

/** `demo` has three accounts with destinations, policies and history. `empty` has no account and no token. */
export type Seed = 'demo' | 'empty';

type Part = 'faults' | 'log' | 'received' | 'receiverRules';
type OfAccount = { readonly account: string };

/**
 * The functions that tests use to inspect and change the world. Over HTTP, each is `POST /control/{name}` with its
 * argument as the JSON body. `client.ts` has the same functions for tests in other processes.
 */
export const controls = {
  /** Resets everything, including settings, faults, log and receivers. */
  reset: (world: World, { seed }: { readonly seed: Seed }): void => {
    // The counters continue, because ids and timestamps must be unique for the lifetime of a server.
    const { idsGiven, lastStamp } = world;
    Object.assign(world, createWorld(world, populationOf(seed, world)), { idsGiven, lastStamp });
  },

  changeSettings: (world: World, changes: Partial<Settings>): Settings => {
    world.settings = { ...world.settings, ...changes };
    return world.settings;
  },

  tokens: (world: World): readonly Token[] => world.tokens,

  /** Adds a token, or changes the token with the same value. Default: a user token with access to everything. */
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

  /** Adds an account, or changes the account with the same id. */
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

  /** Returns the destinations with complete URLs and secrets. */
  destinations: (world: World, { account }: OfAccount): readonly Destination[] =>
    requireAccount(world, account).destinations,

  /** Adds a destination without testing its URL, or changes the destination with the same id. `null` is kept. */
  putDestination: (world: World, { account, ...changes }: OfAccount & Partial<Destination>): Destination => {
    const owner = requireAccount(world, account);
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
    const owner = requireAccount(world, account);
    owner.destinations = owner.destinations.filter((destination) => destination.id !== id);
  },

  policies: (world: World, { account }: OfAccount): readonly Policy[] => requireAccount(world, account).policies,

  /** Adds a policy, or changes the policy with the same id. Does not validate the policy. */
  putPolicy: (world: World, { account, ...changes }: OfAccount & Partial<Policy>): Policy => {
    const owner = requireAccount(world, account);
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
    const owner = requireAccount(world, account);
    owner.policies = owner.policies.filter((policy) => policy.id !== id);
  },

  setHistory: (world: World, { account, history }: OfAccount & { readonly history: readonly HistoryEntry[] }): void => {
    requireAccount(world, account).history = history;
  },

  /** Records a successful or failed delivery without sending a notification. */
  recordDelivery: (
    world: World,
    { account, id, succeeded }: OfAccount & { readonly id: string; readonly succeeded: boolean },
  ): void => recordOutcome(world, requireAccount(world, account), id, succeeded),

  /** Adds a rule. Rules are matched in the order in which they were added. */
  addFault: (world: World, rule: FaultRule): void => {
    world.faults = [...world.faults, rule];
  },

  addReceiverRule: (world: World, rule: ReceiverRule): void => {
    // Without this check, a misspelled answer would make the receiver accept the request.
    const { type, answer } = rule;
    if (answer !== undefined && !(type && answer in (receiverNamed(type, world.extraTypes)?.wrong ?? {}))) {
      throw new Error(`No answer ${answer} for a receiver of type ${type ?? '(not given)'}`);
    }
    world.receiverRules = [...world.receiverRules, rule];
  },

  /** Returns the requests to the API, oldest first. */
  log: (world: World): readonly LoggedRequest[] => world.log,

  /** Returns the requests to the webhook receivers, oldest first. */
  received: (world: World): readonly ReceivedRequest[] => world.received,

  clear: (world: World, { part }: { readonly part: Part }): void => {
    world[part] = [];
  },
} as const;

export type Controls = typeof controls;

/** Any control with an unchecked argument. The method syntax lets TypeScript accept controls with narrower arguments. */
type Control = { call(world: World, argument: unknown): unknown }['call'];

/** Answers `POST /control/{name}`: 200 with the result as JSON, 400 with the error, 404 for an unknown control. */
export async function answerControl(world: World, request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.split('/').at(-1) ?? '';
  // Arguments are not validated, because they come from the typed functions in `client.ts`.
  const known: Readonly<Record<string, Control | undefined>> = controls;
  const control = known[name];
  if (!control || request.method !== 'POST') return new Response(`Unknown control "${name}"`, { status: 404 });
  try {
    return Response.json(control(world, await request.json()) ?? null);
  } catch (error) {
    return new Response(String(error), { status: 400 });
  }
}

/** Returns the accounts and tokens of a seed. */
export function populationOf(seed: Seed, surroundings: Surroundings): Population {
  return seed === 'demo' ? demoPopulation(surroundings) : { accounts: [], tokens: [] };
}

function requireAccount(world: World, id: string): Account {
  const account = findAccount(world, id);
  if (!account) throw new Error(`The fake has no account ${id}.`);
  return account;
}

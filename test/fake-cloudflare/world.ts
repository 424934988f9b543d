import type { DestinationType } from './destination-types.ts';
import type { FaultRule } from './faults.ts';
import type { Quota } from './rate-limit.ts';
import type { ExtraType } from './receiver-answers.ts';
import type { ReceivedRequest, ReceiverRule } from './receivers.ts';
import type { LoggedRequest } from './request-log.ts';
import { hexId } from './random.ts';
import { toTimestamp } from './timestamps.ts';

/** Field names are the wire's own, so that a record can be compared with an answer at sight. */
export type Destination = {
  readonly id: string;
  readonly name: string;
  /** The whole URL, secret included: what deliveries go to. Answers carry it as `settings.urlSecrets` says. */
  readonly url: string;
  /** Any string: tests try types that Cloudflare has not invented yet. */
  readonly type: DestinationType | (string & {});
  readonly secret?: string | undefined;
  readonly created_at?: string | undefined;
  readonly last_success?: string | null | undefined;
  readonly last_failure?: string | null | undefined;
};

export type MechanismKind = 'email' | 'webhooks' | 'pagerduty';
export type Mechanisms = { readonly [Kind in MechanismKind]?: readonly { readonly id: string }[] };

export type Policy = {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly enabled: boolean;
  readonly alert_type: string;
  readonly alert_interval?: string;
  readonly filters?: Readonly<Record<string, readonly string[]>>;
  readonly mechanisms: Mechanisms;
  readonly created: string;
  readonly modified: string;
};

export type HistoryEntry = {
  readonly id: string;
  readonly policy_id: string;
  readonly name: string;
  readonly description: string;
  readonly alert_type: string;
  /** A string in the official schema, an object in its example: both occur here. */
  readonly alert_body: unknown;
  /** For webhooks the destination's id; answers carry it as `settings.historyMechanism` says. */
  readonly mechanism: string;
  readonly mechanism_type: 'email' | 'pagerduty' | 'webhook';
  readonly sent: string;
};

export type Account = {
  readonly id: string;
  readonly name: string;
  readonly type: 'standard' | 'enterprise';
  readonly created_on: string;
  destinations: readonly Destination[];
  policies: readonly Policy[];
  history: readonly HistoryEntry[];
};

export type Permission = 'accounts:read' | 'notifications:read' | 'notifications:write';

export type Token = {
  /** The tag that the verify calls answer with, and the name of the token in the request log. */
  readonly id: string;
  readonly value: string;
  /** A global key is no token: the API refuses it as a malformed header. */
  readonly kind: 'user' | 'account' | 'global';
  readonly disabled?: boolean;
  readonly expires_on?: string;
  readonly not_before?: string;
  /** The accounts it may enter; an account-owned token has exactly one. */
  readonly accounts: 'all' | readonly string[];
  readonly permissions: readonly Permission[];
};

/** Where nobody knows what the real API does, a test may choose. */
export type Settings = {
  /** Users report `rename-only`: a changed url and secret are ignored silently (terraform-provider-cloudflare #2266, #7358). */
  readonly putMode: 'rename-only' | 'as-documented';
  /** What a PUT without `secret` does in the mode `as-documented`. */
  readonly omittedSecret: 'kept' | 'cleared';
  /** Whether the secret part of a slack, discord, gchat or feishu URL is cut from answers. */
  readonly urlSecrets: 'cut' | 'returned';
  readonly historyMechanism: 'id' | 'name' | 'url';
  readonly rateLimit: { readonly calls: number; readonly windowSeconds: number };
  readonly deliveryTimeoutMs: number;
};

export const defaultSettings: Settings = {
  putMode: 'rename-only',
  omittedSecret: 'kept',
  urlSecrets: 'cut',
  historyMechanism: 'id',
  rateLimit: { calls: 1200, windowSeconds: 300 },
  deliveryTimeoutMs: 5000,
};

/** Everything the fake knows. Lists are replaced, never changed in place. */
export type World = {
  settings: Settings;
  accounts: readonly Account[];
  tokens: readonly Token[];
  faults: readonly FaultRule[];
  receiverRules: readonly ReceiverRule[];
  received: readonly ReceivedRequest[];
  log: readonly LoggedRequest[];
  quotas: ReadonlyMap<string, Quota>;
  /** Where the webhook receivers are: deliveries to the outside world end there. */
  readonly receiversUrl: string;
  readonly extraTypes: readonly ExtraType[];
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  lastStamp: number;
  idsGiven: number;
};

export type Surroundings = {
  readonly receiversUrl: string;
  readonly clock: () => number;
  readonly extraTypes?: readonly ExtraType[];
};
export type Population = { readonly accounts: readonly Account[]; readonly tokens: readonly Token[] };

/** A world with these people in it, nothing logged and nothing broken. */
export function createWorld(surroundings: Surroundings, population: Population): World {
  return {
    extraTypes: [],
    ...surroundings,
    ...population,
    settings: defaultSettings,
    faults: [],
    receiverRules: [],
    received: [],
    log: [],
    quotas: new Map(),
    lastStamp: 0,
    idsGiven: 0,
  };
}

/** Now, with microseconds; later than every timestamp given before, also within one millisecond. */
export function stamp(world: World): string {
  world.lastStamp = Math.max(world.clock() * 1000, world.lastStamp + 1);
  return toTimestamp(world.lastStamp);
}

/** An id that this world has not given yet. */
export function nextId(world: World): string {
  world.idsGiven += 1;
  return hexId(`${world.clock()}/${world.idsGiven}`);
}

export function findAccount(world: World, id: string): Account | undefined {
  return world.accounts.find((account) => account.id === id);
}

/** The list with the record of the same id replaced, or with the record at its end where there was none. */
export function withRecord<T extends { readonly id: string }>(records: readonly T[], record: T): readonly T[] {
  return records.some(({ id }) => id === record.id)
    ? records.map((existing) => (existing.id === record.id ? record : existing))
    : [...records, record];
}

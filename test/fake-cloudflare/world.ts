import type { DestinationType } from './destination-types.ts';
import type { FaultRule } from './faults.ts';
import type { Quota } from './rate-limit.ts';
import type { ExtraType } from './receiver-answers.ts';
import type { ReceivedRequest, ReceiverRule } from './receivers.ts';
import type { LoggedRequest } from './request-log.ts';
import { hexId } from './random.ts';
import { toTimestamp } from './timestamps.ts';

/** Field names are those of the API, so that a record can be compared with a response. */
export type Destination = {
  readonly id: string;
  readonly name: string;
  /** The complete URL with its secret, used for deliveries. `settings.urlSecrets` decides what responses contain. */
  readonly url: string;
  /** Any string, so that tests can use unknown types. */
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
  readonly conditions?: Readonly<Record<string, unknown>>;
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
  /** A string in the API schema, but an object in its example. The fake uses both. */
  readonly alert_body: unknown;
  /** For webhooks, the id of the destination. `settings.historyMechanism` decides what responses contain. */
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
  /** Default: none. */
  readonly silences?: readonly Silence[];
  /** The kinds of mechanisms that the account may not use. Default: none. */
  readonly ineligible?: readonly HistoryEntry['mechanism_type'][];
};

export type Silence = {
  readonly id: string;
  readonly policy_id: string;
  readonly start_time: string;
  readonly end_time: string;
};

export type Permission = 'accounts:read' | 'notifications:read' | 'notifications:write';

export type Token = {
  /** The id in responses of the verify calls and in the request log. */
  readonly id: string;
  readonly value: string;
  /** The API rejects a Global API Key (`global`) as a malformed header. */
  readonly kind: 'user' | 'account' | 'global';
  readonly disabled?: boolean;
  readonly expires_on?: string;
  readonly not_before?: string;
  /** The accounts that the token has access to. An account-owned token has exactly one. */
  readonly accounts: 'all' | readonly string[];
  readonly permissions: readonly Permission[];
};

/** Behavior of the real API that is unknown or undocumented, so that tests can cover each possibility. */
export type Settings = {
  /**
   * With `rename-only`, PUT ignores a changed URL and secret, as users report (terraform-provider-cloudflare #2266,
   * #7358). With `tests-url`, PUT sends a test to the URL in its body, with the secret in its body, and answers 422
   * unless the test succeeds; it then behaves `as-documented`.
   */
  readonly putMode: 'rename-only' | 'as-documented' | 'tests-url';
  /** The effect of a PUT without `secret`, unless the mode is `rename-only`. */
  readonly omittedSecret: 'kept' | 'cleared';
  /** Whether responses redact the secret part of a slack, discord, gchat or feishu URL. */
  readonly urlSecrets: 'cut' | 'returned';
  /** Whether names are saved without white space around them. */
  readonly names: 'as-sent' | 'trimmed';
  /**
   * How responses write the ids of destinations: as they are stored, as dashed UUIDs, or `mixed`: dashed in destinations
   * and bare in policies and in the response to POST. Requests may use either form.
   */
  readonly ids: 'stored' | 'dashed' | 'mixed';
  readonly historyMechanism: 'id' | 'name' | 'url';
  readonly rateLimit: { readonly calls: number; readonly windowSeconds: number };
  readonly deliveryTimeoutMs: number;
};

export const defaultSettings: Settings = {
  putMode: 'rename-only',
  omittedSecret: 'kept',
  urlSecrets: 'cut',
  names: 'as-sent',
  ids: 'stored',
  historyMechanism: 'id',
  rateLimit: { calls: 1200, windowSeconds: 300 },
  deliveryTimeoutMs: 5000,
};

/** The state of the fake. Lists are replaced, never changed in place. */
export type World = {
  settings: Settings;
  accounts: readonly Account[];
  tokens: readonly Token[];
  faults: readonly FaultRule[];
  receiverRules: readonly ReceiverRule[];
  received: readonly ReceivedRequest[];
  log: readonly LoggedRequest[];
  quotas: ReadonlyMap<string, Quota>;
  /** Base URL of the webhook receivers, which get all deliveries to hosts on the internet. */
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

/** Creates a world with the given accounts and tokens, default settings, an empty log and no faults. */
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

/** Returns the current time with microseconds. Each timestamp is later than the one before. */
export function stamp(world: World): string {
  world.lastStamp = Math.max(world.clock() * 1000, world.lastStamp + 1);
  return toTimestamp(world.lastStamp);
}

/** Returns a new id that is unique in this world. */
export function nextId(world: World): string {
  world.idsGiven += 1;
  return hexId(`${world.clock()}/${world.idsGiven}`);
}

/** An id without dashes, to compare by. */
export function bareId(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}

/** An id of 32 digits as a UUID; any other id unchanged. */
export function dashedId(id: string): string {
  return bareId(id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function findAccount(world: World, id: string): Account | undefined {
  return world.accounts.find((account) => account.id === id);
}

/** Returns the list with the record of the same id replaced, or with the record appended if the id is new. */
export function withRecord<T extends { readonly id: string }>(records: readonly T[], record: T): readonly T[] {
  return records.some(({ id }) => id === record.id)
    ? records.map((existing) => (existing.id === record.id ? record : existing))
    : [...records, record];
}

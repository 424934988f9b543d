import { skippedIn } from '../api/skipped.ts';
import type { Destination } from '../model/destination.ts';
import { type Health, healthOf, isDoubtful } from '../model/health.ts';
import { type Policy, policiesOf, type SentAlert, wentTo } from '../model/policy.ts';
import { type Silence, silencedUntil } from '../model/silence.ts';
import { typeOrGeneric } from '../model/destination-types/index.ts';
import { isUnreadable, parseTimestamp, toMilliseconds } from '../model/timestamp.ts';
import { isSameAddress } from '../model/web-address.ts';
import { lacksSecret, wholeUrlOf } from '../model/whole-url.ts';

/**
 * How a link of the chain from an event at Cloudflare to the receiver stands. `broken`: no alert arrives because of it.
 * `weak`: some alerts may not arrive. `unknown`: nothing proves or disproves it.
 */
export type LinkState = 'broken' | 'weak' | 'unknown' | 'sound';

/** One link of the chain, as data. `ui` has the sentences. */
export type Link = { readonly state: LinkState } & (
  | { readonly kind: 'destination' }
  /** `lacks`: what this machine does not know. `perhapsSecret`: the destination may have a secret. */
  | { readonly kind: 'credentials'; readonly lacks?: 'url' | 'secret' | 'perhapsSecret'; readonly hasSecret: boolean }
  /** `isPartial`: other policies could not be read, and may use the destination. */
  | { readonly kind: 'policies'; readonly policies: readonly Policy[]; readonly isPartial: boolean }
  /** `policies`: those that are disabled, of `count` that use the destination. */
  | { readonly kind: 'enabled'; readonly policies: readonly Policy[]; readonly count: number }
  /** `policies`: those that are enabled and silenced now, of `count` that are enabled. */
  | { readonly kind: 'silences'; readonly policies: readonly Policy[]; readonly count: number; readonly until: string }
  /** `unreadable`: the last success or failure cannot be read, so it may be failing. */
  | { readonly kind: 'health'; readonly health: Health | 'unreadable' }
  /** `last`: when the last alert was sent, as Cloudflare wrote it; absent if the history has none or could not be read. */
  | { readonly kind: 'sent'; readonly last?: string; readonly isRead: boolean }
  /** `isOutdated`: the last test was of another URL. */
  | { readonly kind: 'test'; readonly isOutdated: boolean }
);

/** What is known when the chain is walked. Anything that could not be read is undefined. */
export type Observed = {
  /** Undefined: the destination no longer exists at Cloudflare. */
  readonly destination: Destination | undefined;
  readonly remembered: { readonly url?: string; readonly secret?: string } | undefined;
  /** The list of the client, which knows how many policies it leaves out. */
  readonly policies: readonly Policy[] | undefined;
  readonly silences: readonly Silence[] | undefined;
  readonly sent: readonly SentAlert[] | undefined;
  /** The last test in this session. `at` is in milliseconds since the epoch. */
  readonly test:
    | {
        readonly way: 'direct' | 'cloudflare';
        readonly result: 'worked' | 'failed' | 'undecided';
        readonly at: number;
        /** The URL that the destination had. */
        readonly url: string;
      }
    | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

const ORDER: readonly LinkState[] = ['broken', 'weak', 'unknown', 'sound'];

/** The links of the chain, the weakest first; links of one state are in the order of the chain. */
export function walkDelivery(observed: Observed): readonly Link[] {
  const { destination } = observed;
  if (!destination) {
    return [{ kind: 'destination', state: 'broken' }];
  }
  const links: readonly Link[] = [
    { kind: 'destination', state: 'sound' },
    toCredentials(destination, observed),
    ...toPolicies(destination, observed),
    toHealth(destination),
    toSent(destination, observed),
    toTest(destination, observed),
  ];
  return links.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

function toTest(destination: Destination, observed: Observed): Link {
  const { test } = observed;
  const isOutdated = test !== undefined && !isSameAddress(test.url, destination.url);
  return { kind: 'test', isOutdated, state: isOutdated ? 'unknown' : rateTest(destination, observed) };
}

/** A test from this machine can fail for reasons of this machine, and a later delivery outdates any failed test. */
function rateTest({ lastSuccess }: Destination, { test }: Observed): LinkState {
  const success = parseTimestamp(lastSuccess);
  if (!test || test.result === 'undecided') {
    return 'unknown';
  }
  if (test.result === 'worked') {
    return 'sound';
  }
  return success && toMilliseconds(success) > test.at ? 'unknown' : test.way === 'direct' ? 'weak' : 'broken';
}

/** Cloudflare has the whole URL and the secret. Whether this machine has them decides only what can be tested from here. */
function toCredentials(destination: Destination, { remembered }: Observed): Link {
  const type = typeOrGeneric(destination.type);
  const hasSecret = remembered?.secret !== undefined;
  // Nothing stored is not the same as stored that there is no secret.
  const isKnown = hasSecret || (type.secret === 'optional' && remembered !== undefined);
  const lacks = lacksSecret(type, wholeUrlOf(destination, remembered))
    ? 'url'
    : isKnown || type.secret === 'url'
      ? undefined
      : type.secret === 'required'
        ? 'secret'
        : 'perhapsSecret';
  return { kind: 'credentials', state: lacks ? 'unknown' : 'sound', hasSecret, ...(lacks ? { lacks } : {}) };
}

function toPolicies({ id }: Destination, { policies, silences, now }: Observed): readonly Link[] {
  if (!policies) {
    return [{ kind: 'policies', state: 'unknown', policies: [], isPartial: false }];
  }
  const using = policiesOf(policies, id);
  const isPartial = skippedIn(policies) > 0;
  if (using.length === 0) {
    return [{ kind: 'policies', state: isPartial ? 'unknown' : 'broken', policies: [], isPartial }];
  }
  /** How many of all do not send. A policy that could not be read may send. */
  const rate = (missing: number, all: number): LinkState =>
    missing === 0 ? 'sound' : missing === all && !isPartial ? 'broken' : 'weak';
  const enabled = using.filter((policy) => policy.enabled);
  const ends =
    (silences ?? []).length === 0 ? [] : enabled.map((policy) => silencedUntil(silences ?? [], policy.id, now));
  const silenced = enabled.filter((_policy, index) => ends[index] !== undefined);
  const until = ends.find((each) => each !== undefined) ?? '';
  return [
    { kind: 'policies', state: 'sound', policies: using, isPartial },
    {
      kind: 'enabled',
      state: rate(using.length - enabled.length, using.length),
      policies: using.filter((policy) => !policy.enabled),
      count: using.length,
    },
    ...(enabled.length === 0
      ? []
      : [
          {
            kind: 'silences',
            state: silences ? rate(silenced.length, enabled.length) : 'unknown',
            policies: silenced,
            count: enabled.length,
            until,
          } as const,
        ]),
  ];
}

function toHealth(destination: Destination): Link {
  const health = healthOf(destination);
  if (health !== 'failing' && isDoubtful(destination)) {
    return { kind: 'health', health: 'unreadable', state: 'unknown' };
  }
  const state = { failing: 'broken', healthy: 'sound', unused: 'unknown' } as const;
  return { kind: 'health', health, state: state[health] };
}

function toSent(destination: Destination, { sent }: Observed): Link {
  const mine = (sent ?? []).filter((alert) => wentTo(alert, destination));
  const latest = mine.toSorted((a, b) => b.sent.localeCompare(a.sent)).find((alert) => !isUnreadable(alert.sent));
  const last = (latest ?? mine[0])?.sent;
  return {
    kind: 'sent',
    state: last === undefined ? 'unknown' : 'sound',
    isRead: sent !== undefined,
    ...(last === undefined ? {} : { last }),
  };
}

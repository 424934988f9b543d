import { demoAccountNames, demoDestinations } from './demo-destinations.ts';
import type { DemoAccountName, DemoDestination, Past } from './demo-destinations.ts';
import { demoPolicies } from './demo-policies.ts';
import type { DemoPolicy } from './demo-policies.ts';
import { demoTokens } from './demo-tokens.ts';
import type { DemoTokenName } from './demo-tokens.ts';
import { typeOf } from './destination-types.ts';
import { dashedId, hexId, integerBetween, seededRandom } from './random.ts';
import { day, hour, minute, toTimestamp } from './timestamps.ts';
import type { Account, Destination, HistoryEntry, Policy, Population, Surroundings, Token } from './world.ts';

/**
 * Returns three accounts with about forty destinations and thirty days of history. Ids and order are the same on every
 * run. Timestamps are relative to the clock.
 */
export function demoPopulation({ clock, receiversUrl }: Surroundings): Population {
  const now = clock() * 1000;
  const destinations = demoDestinations(receiversUrl);
  return {
    accounts: demoAccountNames.map((name) => accountOf(name, destinations[name], now)),
    tokens: demoTokensAt(now),
  };
}

/** Returns the id of a demo account, which is derived from its name. */
export function demoAccountId(name: string): string {
  return hexId(`account/${name}`);
}

/** Returns the id of a demo destination. One id is a dashed UUID, the format that Cloudflare used in 2024. */
export function demoDestinationId(name: string): string {
  return name === 'Customs gateway' ? dashedId(`destination/${name}`) : hexId(`destination/${name}`);
}

export function demoPolicyId(name: string): string {
  return hexId(`policy/${name}`);
}

/** The failing destinations of a new demo world. */
export const demoFailing: readonly { readonly account: string; readonly id: string; readonly name: string }[] =
  Object.entries(demoDestinations('http://127.0.0.1/receivers')).flatMap(([account, destinations]) =>
    destinations
      .filter(({ past }) => past === 'failing' || past === 'never-worked')
      .map(({ name }) => ({ account: demoAccountId(account), id: demoDestinationId(name), name })),
  );

/** Maximum age of the last success and the last failure, in microseconds. Absent means never. */
const pasts: Readonly<Record<Past, { readonly success?: number; readonly failure?: number }>> = {
  healthy: { success: 2 * day },
  recovered: { success: day, failure: 9 * day },
  failing: { success: 12 * day, failure: 5 * hour },
  'never-worked': { failure: 8 * hour },
  unused: {},
  'unused-bare': {},
};

function accountOf(name: DemoAccountName, destinations: readonly DemoDestination[], now: number): Account {
  const policies = demoPolicies[name].map((policy) => policyOf(policy, now));
  return {
    id: demoAccountId(name),
    name,
    type: name === 'Halden Logistics' ? 'enterprise' : 'standard',
    created_on: ago(now, `account/${name}`, 2000 * day),
    destinations: destinations.map((destination) => destinationOf(destination, now)),
    policies,
    history: policies.filter(({ enabled }) => enabled).flatMap((policy) => historyOf(policy, now)),
  };
}

function destinationOf({ name, url, past, secret }: DemoDestination, now: number): Destination {
  const { success, failure } = pasts[past];
  const timestamps = {
    last_success: success === undefined ? null : ago(now, `success/${name}`, success),
    last_failure: failure === undefined ? null : ago(now, `failure/${name}`, failure),
  };
  return {
    id: demoDestinationId(name),
    name,
    url,
    type: typeOf(new URL(url)),
    ...(secret === undefined ? {} : { secret }),
    created_at: ago(now, `destination/${name}`, 700 * day),
    ...(past === 'unused-bare' ? {} : timestamps),
  };
}

function policyOf(row: DemoPolicy, now: number): Policy {
  const { name, webhooks = [], email = [], pagerduty = [], enabled = true, ...rest } = row;
  const mechanisms = {
    ...(webhooks.length > 0 ? { webhooks: webhooks.map((target) => ({ id: demoDestinationId(target) })) } : {}),
    ...(email.length > 0 ? { email: email.map((id) => ({ id })) } : {}),
    ...(pagerduty.length > 0 ? { pagerduty: pagerduty.map((id) => ({ id })) } : {}),
  };
  const created = ago(now, `policy/${name}`, 600 * day);
  return { id: demoPolicyId(name), name, enabled, ...rest, mechanisms, created, modified: created };
}

/** Returns two to nine alerts in the last thirty days, with one entry for each mechanism of the policy. */
function historyOf(policy: Policy, now: number): readonly HistoryEntry[] {
  const random = seededRandom(`history/${policy.id}`);
  const { webhooks = [], email = [], pagerduty = [] } = policy.mechanisms;
  const targets = [
    ...webhooks.map(({ id }) => ({ mechanism: id, mechanism_type: 'webhook' as const })),
    ...email.map(({ id }) => ({ mechanism: id, mechanism_type: 'email' as const })),
    ...pagerduty.map(({ id }) => ({ mechanism: id, mechanism_type: 'pagerduty' as const })),
  ];
  const alerts = Array.from({ length: integerBetween(random, 2, 9) }, (_, number) => ({
    number,
    sent: now - integerBetween(random, 10 * minute, 30 * day - minute),
  }));
  return alerts.flatMap((alert) => targets.map((target, index) => entryOf(policy, alert, target, index)));
}

function entryOf(
  policy: Policy,
  alert: { readonly number: number; readonly sent: number },
  target: Pick<HistoryEntry, 'mechanism' | 'mechanism_type'>,
  index: number,
): HistoryEntry {
  const summary = `${policy.name}: ${alert.number % 2 === 0 ? 'began' : 'ended'}`;
  return {
    id: hexId(`history/${policy.id}/${alert.number}/${index}`),
    policy_id: policy.id,
    name: policy.name,
    description: policy.description ?? '',
    alert_type: policy.alert_type,
    // In the API schema, the type is a string, but the example is an object. The fake returns both.
    alert_body: alert.number % 3 === 0 ? { data: { summary }, alert_event: 'ALERT_STATE_EVENT_START' } : summary,
    ...target,
    sent: toTimestamp(alert.sent + index * 1371),
  };
}

function demoTokensAt(now: number): readonly Token[] {
  const [first, second] = demoAccountNames;
  const rows: Readonly<Record<DemoTokenName, Partial<Token>>> = {
    demo: {},
    accountOwned: { kind: 'account', accounts: [demoAccountId(first)] },
    narrow: { accounts: [demoAccountId(second)], permissions: ['notifications:write'] },
    readOnly: { permissions: ['accounts:read', 'notifications:read'] },
    expired: { expires_on: toTimestamp(now - day) },
    disabled: { disabled: true },
    expiringSoon: { expires_on: toTimestamp(now + 3 * day) },
    globalKey: { kind: 'global' },
  };
  const byName = new Map(Object.entries(rows));
  return Object.entries(demoTokens).map(([name, value]) => tokenOf(name, value, byName.get(name) ?? {}));
}

function tokenOf(name: string, value: string, row: Partial<Token>): Token {
  const permissions = ['accounts:read', 'notifications:read', 'notifications:write'] as const;
  return { id: hexId(`token/${name}`), value, kind: 'user', accounts: 'all', permissions, ...row };
}

/** Returns a timestamp between half of `atMost` and `atMost` microseconds ago. */
function ago(now: number, seed: string, atMost: number): string {
  return toTimestamp(now - integerBetween(seededRandom(seed), Math.floor(atMost / 2), atMost));
}

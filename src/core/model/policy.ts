import type { Destination } from './destination.ts';

/**
 * A notification policy: which alert goes to which mechanisms. `whole` is the object as it was read, for writing back:
 * the update call replaces all of it.
 */
export type Policy = {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** As the API calls it, e.g. `dos_attack_l7`. */
  readonly alertType: string;
  /** Ids by kind of mechanism: email, pagerduty, webhooks. */
  readonly mechanisms: Readonly<Record<string, readonly string[]>>;
  readonly whole: Readonly<Record<string, unknown>>;
};

/** An alert that Cloudflare sent to one mechanism (`GET …/history`). It does not tell whether it arrived. */
export type SentAlert = {
  readonly policyId: string;
  readonly policyName: string;
  readonly alertType: string;
  /** For a webhook: its id, its name or its URL; nobody documents which. */
  readonly mechanism: string;
  readonly mechanismKind: string;
  readonly sent: string;
};

export function usesDestination({ mechanisms }: Policy, destinationId: string): boolean {
  return mechanisms['webhooks']?.includes(destinationId) ?? false;
}

/** The policies that use a destination, by name. */
export function policiesOf(policies: readonly Policy[], destinationId: string): readonly Policy[] {
  return policies
    .filter((policy) => usesDestination(policy, destinationId))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** How many mechanisms of any kind a policy delivers to. */
export function countMechanisms({ mechanisms }: Policy): number {
  return Object.values(mechanisms).reduce((sum, ids) => sum + ids.length, 0);
}

function idOf(mechanism: unknown): unknown {
  return typeof mechanism === 'object' && mechanism !== null && 'id' in mechanism ? mechanism.id : undefined;
}

/** The webhooks of a policy as they were read, with what else stands beside an id. */
function webhooksOf({ whole: { mechanisms } }: Policy): readonly unknown[] {
  const isThere = typeof mechanisms === 'object' && mechanisms !== null && 'webhooks' in mechanisms;
  return isThere && Array.isArray(mechanisms.webhooks) ? mechanisms.webhooks : [];
}

/** The whole policy with other webhooks, and nothing else changed. */
function withWebhooks({ whole }: Policy, webhooks: readonly unknown[]): Policy['whole'] {
  const mechanisms = typeof whole['mechanisms'] === 'object' ? whole['mechanisms'] : {};
  return { ...whole, mechanisms: { ...mechanisms, webhooks } };
}

/** The whole policy with one destination in the place of another. */
export function swapDestination(policy: Policy, oldId: string, newId: string): Policy['whole'] {
  const webhooks = webhooksOf(policy);
  const hasNew = webhooks.some((each) => idOf(each) === newId);
  const swapped = webhooks.flatMap((each) => (idOf(each) !== oldId ? [each] : hasNew ? [] : [{ id: newId }]));
  return withWebhooks(policy, swapped);
}

/**
 * The whole policy with a destination that was deleted put back under its new id: in its old place where the policy
 * still holds it, else after the others.
 */
export function putBackDestination(policy: Policy, oldId: string, newId: string): Policy['whole'] {
  return usesDestination(policy, oldId)
    ? swapDestination(policy, oldId, newId)
    : withWebhooks(policy, [...webhooksOf(policy), { id: newId }]);
}

/**
 * The whole policy without these destinations; undefined where it would be left without any mechanism, which the API
 * refuses (code 17102).
 */
export function withoutDestinations(policy: Policy, ids: ReadonlySet<string>): Policy['whole'] | undefined {
  const kept = webhooksOf(policy).filter((each) => !ids.has(String(idOf(each))));
  const left = countMechanisms(policy) - webhooksOf(policy).length + kept.length;
  return left > 0 ? withWebhooks(policy, kept) : undefined;
}

/** Whether a sent alert went to this destination, whatever the API writes into `mechanism`. */
export function wentTo(alert: SentAlert, { id, name, url }: Destination): boolean {
  return /^webhooks?$/.test(alert.mechanismKind) && alert.mechanism !== '' && [id, name, url].includes(alert.mechanism);
}

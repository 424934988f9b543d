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

/** The whole policy with one destination in the place of another, and nothing else changed. */
export function swapDestination({ whole }: Policy, oldId: string, newId: string): Policy['whole'] {
  const { mechanisms } = whole;
  if (typeof mechanisms !== 'object' || mechanisms === null || !('webhooks' in mechanisms)) {
    return whole;
  }
  const webhooks: readonly unknown[] = Array.isArray(mechanisms.webhooks) ? mechanisms.webhooks : [];
  const hasNew = webhooks.some((each) => idOf(each) === newId);
  const swapped = webhooks.flatMap((each) => (idOf(each) !== oldId ? [each] : hasNew ? [] : [{ id: newId }]));
  return { ...whole, mechanisms: { ...mechanisms, webhooks: swapped } };
}

/** Whether a sent alert went to this destination, whatever the API writes into `mechanism`. */
export function wentTo(alert: SentAlert, { id, name, url }: Destination): boolean {
  return /^webhooks?$/.test(alert.mechanismKind) && alert.mechanism !== '' && [id, name, url].includes(alert.mechanism);
}

import type { Destination } from './destination.ts';

/**
 * A notification policy: which alert goes to which mechanisms. `whole` is the object as returned by the API. An update
 * starts from `whole`, because the update call replaces the entire policy.
 */
export type Policy = {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** The API's identifier, for example `dos_attack_l7`. */
  readonly alertType: string;
  /** Ids by kind of mechanism: `email`, `pagerduty`, `webhooks`. */
  readonly mechanisms: Readonly<Record<string, readonly string[]>>;
  readonly whole: Readonly<Record<string, unknown>>;
};

/** An alert that Cloudflare sent to one mechanism (`GET …/history`). The API does not report the delivery result. */
export type SentAlert = {
  readonly policyId: string;
  readonly policyName: string;
  readonly alertType: string;
  /** The id, name or URL of a webhook. The API reference does not say which. */
  readonly mechanism: string;
  readonly mechanismKind: string;
  readonly sent: string;
};

export function usesDestination({ mechanisms }: Policy, destinationId: string): boolean {
  return mechanisms['webhooks']?.includes(destinationId) ?? false;
}

/** Returns the policies that use a destination, sorted by name. */
export function policiesOf(policies: readonly Policy[], destinationId: string): readonly Policy[] {
  return policies
    .filter((policy) => usesDestination(policy, destinationId))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Returns the number of mechanisms of all kinds in a policy. */
export function countMechanisms({ mechanisms }: Policy): number {
  return Object.values(mechanisms).reduce((sum, ids) => sum + ids.length, 0);
}

function idOf(mechanism: unknown): unknown {
  return typeof mechanism === 'object' && mechanism !== null && 'id' in mechanism ? mechanism.id : undefined;
}

/** Returns the webhooks of a policy as returned by the API, including fields besides the id. */
function webhooksOf({ whole: { mechanisms } }: Policy): readonly unknown[] {
  const isThere = typeof mechanisms === 'object' && mechanisms !== null && 'webhooks' in mechanisms;
  return isThere && Array.isArray(mechanisms.webhooks) ? mechanisms.webhooks : [];
}

/** Returns the update body of a policy with different webhooks. */
function withWebhooks({ whole }: Policy, webhooks: readonly unknown[]): Policy['whole'] {
  const mechanisms = typeof whole['mechanisms'] === 'object' ? whole['mechanisms'] : {};
  return { ...whole, mechanisms: { ...mechanisms, webhooks } };
}

/** Returns the update body of a policy with the destination `oldId` replaced by `newId`. Never adds `newId` twice. */
export function swapDestination(policy: Policy, oldId: string, newId: string): Policy['whole'] {
  const webhooks = webhooksOf(policy);
  const hasNew = webhooks.some((each) => idOf(each) === newId);
  const swapped = webhooks.flatMap((each) => (idOf(each) !== oldId ? [each] : hasNew ? [] : [{ id: newId }]));
  return withWebhooks(policy, swapped);
}

/**
 * Returns the update body of a policy with a restored destination under its new id. The new id replaces the old id if
 * the policy still contains it, and is appended otherwise.
 */
export function putBackDestination(policy: Policy, oldId: string, newId: string): Policy['whole'] {
  return usesDestination(policy, oldId)
    ? swapDestination(policy, oldId, newId)
    : withWebhooks(policy, [...webhooksOf(policy), { id: newId }]);
}

/**
 * Returns the update body of a policy without these destinations. Returns undefined if no mechanism would be left,
 * because the API rejects such a policy (code 17102).
 */
export function withoutDestinations(policy: Policy, ids: ReadonlySet<string>): Policy['whole'] | undefined {
  const kept = webhooksOf(policy).filter((each) => !ids.has(String(idOf(each))));
  const left = countMechanisms(policy) - webhooksOf(policy).length + kept.length;
  return left > 0 ? withWebhooks(policy, kept) : undefined;
}

/** Returns whether an alert was sent to a destination. Accepts the id, name or URL in `mechanism`. */
export function wentTo(alert: SentAlert, { id, name, url }: Destination): boolean {
  return /^webhooks?$/.test(alert.mechanismKind) && alert.mechanism !== '' && [id, name, url].includes(alert.mechanism);
}

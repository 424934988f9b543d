import type { Destination } from './destination.ts';
import { comparableId, createIdSet, type IdSet, isSameId } from './id.ts';

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
  /** For a webhook: its ID, its name or its URL. Cloudflare does not document which. */
  readonly mechanism: string;
  readonly mechanismKind: string;
  readonly sent: string;
};

export function usesDestination({ mechanisms }: Policy, destinationId: string): boolean {
  return mechanisms['webhooks']?.some((id) => isSameId(id, destinationId)) ?? false;
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

function idOf(mechanism: unknown): string {
  return typeof mechanism === 'object' && mechanism !== null && 'id' in mechanism ? String(mechanism.id) : '';
}

/** The mechanisms of one kind. A single one counts as a list of one, as where a policy is decoded. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : idOf(value) === '' ? [] : [value];
}

/** The webhooks of a policy as Cloudflare sent them, with every field beside the ID. */
function webhooksIn({ mechanisms }: Policy['whole']): readonly unknown[] {
  const isThere = typeof mechanisms === 'object' && mechanisms !== null && 'webhooks' in mechanisms;
  return isThere ? listOf(mechanisms.webhooks) : [];
}

/** The whole policy with other webhooks, and nothing else changed. */
function withWebhooks({ whole }: Policy, webhooks: readonly unknown[]): Policy['whole'] {
  const mechanisms = typeof whole['mechanisms'] === 'object' ? whole['mechanisms'] : {};
  return { ...whole, mechanisms: { ...mechanisms, webhooks } };
}

/** The whole policy with one destination in the place of another. A policy that has both keeps the new one once. */
export function swapDestination(policy: Policy, oldId: string, newId: string): Policy['whole'] {
  const webhooks = webhooksIn(policy.whole);
  const hasNew = webhooks.some((each) => isSameId(idOf(each), newId));
  const isOld = (each: unknown): boolean => isSameId(idOf(each), oldId);
  const place = hasNew ? -1 : webhooks.findIndex(isOld);
  const swapped = webhooks.flatMap((each, index) => (index === place ? [{ id: newId }] : isOld(each) ? [] : [each]));
  return withWebhooks(policy, swapped);
}

/**
 * The whole policy with a deleted destination restored under its new ID: in its old place where the policy still has the
 * old ID, else after the others.
 */
export function restoreDestinationIn(policy: Policy, oldId: string, newId: string): Policy['whole'] {
  if (usesDestination(policy, oldId)) {
    return swapDestination(policy, oldId, newId);
  }
  return usesDestination(policy, newId)
    ? policy.whole
    : withWebhooks(policy, [...webhooksIn(policy.whole), { id: newId }]);
}

/** The whole policy with these destinations after the others. Destinations that it has already stay where they are. */
export function withDestinations(policy: Policy, ids: readonly string[]): Policy['whole'] {
  const missing = ids.filter((id) => !usesDestination(policy, id));
  return withWebhooks(policy, [...webhooksIn(policy.whole), ...missing.map((id) => ({ id }))]);
}

/**
 * The whole policy without these destinations. Undefined where no mechanism that exists would be left: the API refuses a
 * policy without mechanisms (code 17102), and a deleted destination (not in `existing`) receives nothing.
 */
export function withoutDestinations(policy: Policy, ids: IdSet, existing?: IdSet): Policy['whole'] | undefined {
  const webhooks = webhooksIn(policy.whole);
  const kept = webhooks.filter((each) => !ids.has(idOf(each)));
  const reached = kept.filter((each) => existing?.has(idOf(each)) ?? true).length;
  return countMechanisms(policy) - webhooks.length + reached > 0 ? withWebhooks(policy, kept) : undefined;
}

/** Fields of a policy that two objects say differently, but for the webhooks and for fields Cloudflare sets itself. */
export function differingFields(a: Policy['whole'], b: Policy['whole']): readonly string[] {
  const [left, right] = [comparable(a), comparable(b)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((key) => left[key] !== right[key]);
}

/** Set by Cloudflare with each change. */
const VOLATILE: ReadonlySet<string> = new Set(['modified', 'created']);

function comparable(whole: Policy['whole']): Readonly<Record<string, string>> {
  const { mechanisms, ...fields } = whole;
  const others = typeof mechanisms === 'object' && mechanisms !== null ? { ...mechanisms, webhooks: undefined } : {};
  return Object.fromEntries(
    Object.entries({ ...fields, mechanisms: others }).flatMap(([key, value]) => {
      const text = VOLATILE.has(key) ? '' : canonical(value);
      return text === '' ? [] : [[key, text]];
    }),
  );
}

/** JSON with sorted keys, to compare by; absent, null and empty are the same, since Cloudflare leaves any of them out of answers. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? '' : `[${value.map(canonical).join()}]`;
  }
  if (typeof value !== 'object' || value === null) {
    return value === undefined || value === null || value === '' ? '' : JSON.stringify(value);
  }
  const entries = Object.entries(value)
    .map(([key, each]) => [key, canonical(each)] as const)
    .filter(([, text]) => text !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '' : `{${entries.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join()}}`;
}

/** The webhooks of two policies are the same set of destinations. */
export function hasSameWebhooks(a: Policy['whole'], b: Policy['whole']): boolean {
  const [left, right] = [webhookIdsOf(a), webhookIdsOf(b)];
  const [inLeft, inRight] = [createIdSet(left), createIdSet(right)];
  return left.every((id) => inRight.has(id)) && right.every((id) => inLeft.has(id));
}

/** The IDs of the webhooks of a policy, as it has them. */
export function webhookIdsOf(whole: Policy['whole']): readonly string[] {
  return webhooksIn(whole).map(idOf);
}

/** Kind and ID of every mechanism, sorted, to compare by. Mail addresses are compared without case. */
export function recipientsOf({ mechanisms }: Policy['whole']): readonly string[] {
  const kinds = Object.entries(typeof mechanisms === 'object' && mechanisms !== null ? mechanisms : {});
  const all = kinds.flatMap(([kind, each]: [string, unknown]) =>
    listOf(each).map((one) =>
      kind === 'webhooks' ? `${kind} ${comparableId(idOf(one))}` : `${kind} ${idOf(one).toLowerCase()}`,
    ),
  );
  return [...new Set(all)].toSorted();
}

/** Two policies have the same mechanisms of every kind, whatever the order. */
export function hasSameRecipients(a: Policy['whole'], b: Policy['whole']): boolean {
  return recipientsOf(a).join('\n') === recipientsOf(b).join('\n');
}

/** Whether a sent alert went to this destination, whatever the API writes into `mechanism`. */
export function wentTo(alert: SentAlert, { id, name, url }: Destination): boolean {
  return (
    /^webhooks?$/.test(alert.mechanismKind) &&
    alert.mechanism !== '' &&
    (isSameId(alert.mechanism, id) || [name, url].includes(alert.mechanism))
  );
}

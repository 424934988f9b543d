import { countMechanisms, type Policy } from '../model/policy.ts';

/** A policy that would deliver to fewer mechanisms. */
export type Impact = {
  readonly policy: Policy;
  /** Whether nothing would be left of them: the policy would fall silent without a word. */
  readonly silenced: boolean;
};

/**
 * What deleting these destinations of one account does to its policies, the silenced ones first, then by name. A policy
 * keeps the ids of deleted destinations and simply no longer delivers to them; those it holds already count as lost.
 */
export function impactOf(
  policies: readonly Policy[],
  deleted: ReadonlySet<string>,
  existing: ReadonlySet<string>,
): readonly Impact[] {
  return policies
    .flatMap((policy): readonly Impact[] => {
      const webhooks = policy.mechanisms['webhooks'] ?? [];
      if (!webhooks.some((id) => deleted.has(id))) {
        return [];
      }
      const others = countMechanisms(policy) - webhooks.length;
      const left = webhooks.filter((id) => existing.has(id) && !deleted.has(id)).length;
      return [{ policy, silenced: others + left === 0 }];
    })
    .toSorted((a, b) => (a.silenced === b.silenced ? a.policy.name.localeCompare(b.policy.name) : a.silenced ? -1 : 1));
}

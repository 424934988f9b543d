import type { IdSet } from '../model/id.ts';
import { countMechanisms, type Policy } from '../model/policy.ts';

/** A policy that would lose destinations. */
export type Impact = {
  readonly policy: Policy;
  /** Whether the policy would stop delivering alerts, because it would have no existing mechanism left. */
  readonly silenced: boolean;
};

/**
 * The impact of deleting these destinations on the policies of their account: silenced policies first, then by name. A
 * policy may still have the IDs of destinations that were deleted earlier; they count as lost.
 */
export function impactOf(policies: readonly Policy[], deleted: IdSet, existing: IdSet): readonly Impact[] {
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

/** Whether the second impact names a policy that the first does not, or silences one that the first does not. */
export function hasGrown(before: readonly Impact[], after: readonly Impact[]): boolean {
  return after.some(
    ({ policy, silenced }) => !before.some((each) => each.policy.id === policy.id && (each.silenced || !silenced)),
  );
}

import type { ShownDestination } from '../model/destination.ts';
import { comparableId } from '../model/id.ts';
import type { Policy } from '../model/policy.ts';

/** How many policies use each destination, by destination ID, in one pass over the policies. */
export function countPerDestination(
  policies: readonly Policy[],
  destinations: readonly ShownDestination[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { mechanisms } of policies) {
    for (const id of new Set((mechanisms['webhooks'] ?? []).map(comparableId))) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return new Map(destinations.map(({ id }) => [id, counts.get(comparableId(id)) ?? 0]));
}

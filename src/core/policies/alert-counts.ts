import type { ShownDestination } from '../model/destination.ts';
import { comparableId } from '../model/id.ts';
import type { SentAlert } from '../model/policy.ts';

/**
 * How many of the alerts went to each destination, by destination ID: one pass over the alerts, whatever the number of
 * destinations. As {@link wentTo}, it accepts the ID, the name or the URL as the mechanism of an alert.
 */
export function countAlerts(
  alerts: readonly SentAlert[],
  destinations: readonly ShownDestination[],
): ReadonlyMap<string, number> {
  const counts = new Map(destinations.map(({ id }) => [id, 0]));
  /** Several destinations may have the same name or URL. */
  const idsOf = new Map<string, Set<string>>();
  for (const destination of destinations) {
    const { id, name } = destination;
    for (const key of [
      `id ${comparableId(id)}`,
      `as ${name}`,
      ...('url' in destination ? [`as ${destination.url}`] : []),
    ]) {
      idsOf.set(key, (idsOf.get(key) ?? new Set()).add(id));
    }
  }
  for (const { mechanism, mechanismKind } of alerts) {
    if (/^webhooks?$/.test(mechanismKind) && mechanism !== '') {
      const matches = new Set([
        ...(idsOf.get(`id ${comparableId(mechanism)}`) ?? []),
        ...(idsOf.get(`as ${mechanism}`) ?? []),
      ]);
      for (const id of matches) {
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
  }
  return counts;
}

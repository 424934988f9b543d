import type { Connection } from '../accounts/connection.ts';
import type { Destination } from '../model/destination.ts';
import { countHealth, type HealthCounts, healthOf, sortDestinations } from '../model/health.ts';
import type { AccountEntry } from './store.ts';

/** A destination with the account it belongs to. */
export type Located = { readonly connection: Connection; readonly destination: Destination };

/** All destinations of all accounts, as last read. */
export function locateAll(entries: readonly AccountEntry[]): readonly Located[] {
  return entries.flatMap(({ connection, state }) =>
    (state.last?.destinations ?? []).map((destination) => ({ connection, destination })),
  );
}

/** The failing ones of all accounts, newest failure first. */
export function locateFailing(entries: readonly AccountEntry[]): readonly Located[] {
  const located = locateAll(entries);
  const byDestination = new Map(located.map((each) => [each.destination, each]));
  return sortDestinations([...byDestination.keys()], 'health')
    .filter((destination) => healthOf(destination) === 'failing')
    .flatMap((destination) => byDestination.get(destination) ?? []);
}

/** How many there are of each health, over all accounts. */
export function countAll(entries: readonly AccountEntry[]): HealthCounts {
  return countHealth(locateAll(entries).map(({ destination }) => destination));
}

import type { Connection } from '../accounts/connection.ts';
import type { Destination, ShownDestination } from '../model/destination.ts';
import { compareNewest, healthOf } from '../model/health.ts';
import { type AccountEntry, shownOf } from './account-state.ts';

/** A destination with the account it belongs to. */
export type Located<D extends ShownDestination = Destination> = {
  readonly connection: Connection;
  readonly destination: D;
};

/** A destination as the views show it: it may come from the cache, without its URL. */
export type Shown = Located<ShownDestination>;

/** All destinations of all accounts, as last fetched. */
export function locateAll(entries: readonly AccountEntry[]): readonly Shown[] {
  return entries.flatMap(({ connection, state }) =>
    (shownOf(state)?.destinations ?? []).map((destination) => ({ connection, destination })),
  );
}

/** The failing destinations of all accounts, newest failure first. */
export function locateFailing(entries: readonly AccountEntry[]): readonly Shown[] {
  return entries
    .filter(({ state }) => (shownOf(state)?.counts.failing ?? 0) > 0)
    .flatMap(({ connection, state }) =>
      (shownOf(state)?.destinations ?? [])
        .filter((destination) => healthOf(destination) === 'failing')
        .map((destination) => ({ connection, destination })),
    )
    .toSorted((a, b) => compareNewest(a.destination, b.destination));
}

import { provedAt } from '../model/health.ts';
import { type AccountEntry, shownOf } from './account-state.ts';

const DAY = 24 * 60 * 60_000;

/**
 * For how many whole days no delivery has proved that a destination works. `since`: its last success, else its creation,
 * in milliseconds since the epoch, as `now`. Undefined if that is less than `afterDays`, if `afterDays` is 0, or if
 * neither time is known.
 */
export function unprovenDaysOf(since: number | undefined, afterDays: number, now: number): number | undefined {
  if (since === undefined || !(afterDays > 0)) {
    return undefined;
  }
  const days = Math.floor((now - since) / DAY);
  return days >= afterDays ? days : undefined;
}

/** How many destinations of these accounts are not proved. */
export function countUnproven(entries: readonly AccountEntry[], afterDays: number, now: number): number {
  return entries.reduce(
    (sum, { state }) =>
      sum +
      (shownOf(state)?.destinations ?? []).filter(
        (destination) => unprovenDaysOf(provedAt(destination), afterDays, now) !== undefined,
      ).length,
    0,
  );
}

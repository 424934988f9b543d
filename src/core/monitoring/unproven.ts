const DAY = 24 * 60 * 60_000;

/** Times in milliseconds since the epoch. */
export type ProofTimes = { readonly success?: number | undefined; readonly created?: number | undefined };

/**
 * For how many whole days no delivery to a destination has proved that it works: since its last success, else since its
 * creation. Undefined if that is less than `afterDays`, if `afterDays` is 0, or if neither time is known.
 */
export function unprovenDaysOf({ success, created }: ProofTimes, afterDays: number, now: number): number | undefined {
  const since = success ?? created;
  if (since === undefined || !(afterDays > 0)) {
    return undefined;
  }
  const days = Math.floor((now - since) / DAY);
  return days >= afterDays ? days : undefined;
}

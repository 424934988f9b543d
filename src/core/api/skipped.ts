/** By list, because a list that is handed on must not look complete. */
const counts = new WeakMap<readonly unknown[], number>();

/**
 * How many entries of Cloudflare's list could not be read, so that something may exist that the list does not show. The list
 * must be the very array that the client returned; for any other it is 0.
 */
export function skippedIn(list: readonly unknown[]): number {
  return counts.get(list) ?? 0;
}

/** Notes how many entries are left out. Returns the same list. */
export function noteSkipped<T>(list: readonly T[], skipped: number): readonly T[] {
  counts.set(list, skipped);
  return list;
}

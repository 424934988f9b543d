/** A property of the list itself, because each bundle has modules of its own. Registered for the same reason. */
const KEY = Symbol.for('cloudflareWebhooks.skipped');

/**
 * How many entries of Cloudflare's list could not be read, so that something may exist that the list does not show. The list
 * must be the very array that the client returned; for any other it is 0.
 */
export function skippedIn(list: readonly unknown[]): number {
  const skipped: unknown = Reflect.get(list, KEY);
  return typeof skipped === 'number' ? skipped : 0;
}

/** Notes how many entries are left out. Returns the same list. */
export function noteSkipped<T>(list: readonly T[], skipped: number): readonly T[] {
  // Not enumerable, so that a copy or a comparison does not see it.
  return Object.defineProperty(list, KEY, { value: skipped, configurable: true });
}

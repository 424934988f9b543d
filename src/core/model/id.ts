/**
 * The form of an ID to compare by: without dashes, in lower case. Cloudflare returns the ID of one destination with dashes
 * in one answer and without them in another (terraform-provider-cloudflare #1151, #5639). Send an ID as it was received.
 */
export function comparableId(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}

export function isSameId(a: string, b: string): boolean {
  return a === b || comparableId(a) === comparableId(b);
}

/** The one with this ID. The same spelling goes first, which is the usual case and the fast one. */
export function findById<T extends { readonly id: string }>(all: readonly T[], wanted: string): T | undefined {
  return all.find(({ id }) => id === wanted) ?? all.find(({ id }) => isSameId(id, wanted));
}

/** The key of a destination among those of all accounts, the same for each spelling of its ID. */
export function keyOfDestination(accountId: string, destinationId: string): string {
  return `${accountId}.${comparableId(destinationId)}`;
}

/** A set of IDs that ignores dashes and case. */
export type IdSet = { has(id: string): boolean };

export function createIdSet(ids: Iterable<string>): IdSet {
  const known = new Set([...ids].map(comparableId));
  return { has: (id) => known.has(comparableId(id)) };
}

import { ApiError } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import type { Destination, Draft } from '../model/destination.ts';
import { canStandFor } from '../model/plan.ts';

/**
 * Creates a destination, once. Where the answer is lost it looks among the destinations for one that was not there
 * before (`knownIds`) and has this name and URL, so that trying again never makes a second one. Returns the id.
 * Throws the `ApiError` of the creation where it was refused, or where nothing of it is to be found.
 */
export async function createDestination(
  api: Api,
  accountId: string,
  draft: Draft,
  knownIds: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<string> {
  try {
    return await api.createDestination(accountId, draft, signal);
  } catch (error) {
    const made = leavesDoubt(error) ? await findCreated(api, accountId, draft, knownIds) : undefined;
    if (made) {
      return made.id;
    }
    throw error;
  }
}

/** Whether the work may have been done although the call failed. */
export function leavesDoubt(error: unknown): boolean {
  // What is not an ApiError here is the user's own cancelling, which the request may have outrun.
  return !(error instanceof ApiError) || ['network', 'timeout', 'unavailable', 'protocol'].includes(error.kind);
}

/** A destination that came to be since, by name and, where it is known, URL; undefined where there is none. */
export async function findCreated(
  api: Api,
  accountId: string,
  draft: { readonly name: string; readonly url?: string },
  knownIds: ReadonlySet<string>,
): Promise<Destination | undefined> {
  const destinations = await api.listDestinations(accountId);
  return destinations.find(
    ({ id, name, url }) =>
      !knownIds.has(id) && name === draft.name && (draft.url === undefined || canStandFor(url, draft.url)),
  );
}

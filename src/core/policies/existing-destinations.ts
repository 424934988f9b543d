import { ApiError, isNotFound } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import { skippedIn } from '../api/skipped.ts';
import { createIdSet, type IdSet } from '../model/id.ts';

/** `api`: read again for each call. */
type Lookup = { readonly api: Api; readonly accountId: string; readonly signal?: AbortSignal | undefined };

/**
 * The IDs of the destinations that exist, for policies that name some of them. Where Cloudflare's list has entries that could
 * not be read, a named destination that it does not show is fetched by its ID. Throws `ApiError`.
 */
export async function fetchExisting(named: readonly string[], lookup: Lookup): Promise<IdSet> {
  const list = await lookup.api.listDestinations(lookup.accountId, lookup.signal);
  const ids = list.map(({ id }) => id);
  const shown = createIdSet(ids);
  if (skippedIn(list) === 0) {
    return shown;
  }
  const found: string[] = [];
  for (const id of new Set(named.filter((each) => !shown.has(each)))) {
    if (await exists(id, lookup)) {
      found.push(id);
    }
  }
  return createIdSet([...ids, ...found]);
}

async function exists(id: string, { api, accountId, signal }: Lookup): Promise<boolean> {
  try {
    await api.getDestination(accountId, id, signal);
    return true;
  } catch (error) {
    if (isNotFound(error)) {
      return false;
    }
    // What cannot be read is there.
    if (error instanceof ApiError && error.kind === 'protocol') {
      return true;
    }
    throw error;
  }
}

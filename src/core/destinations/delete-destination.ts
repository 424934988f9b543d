import { ApiError } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';

/** `alreadyGone`: somebody else deleted it before us. */
export type DeleteOutcome = 'deleted' | 'alreadyGone';

/**
 * Deletes one destination, once. Cloudflare answers an unknown id with an "internal" error (code 15000), and an answer
 * that is lost tells nothing, so whatever is not a plain refusal is settled by reading the destination.
 * Throws the {@link ApiError} of the deletion where the destination is still there, or where that cannot be read.
 */
export async function deleteDestination(
  api: Api,
  accountId: string,
  destinationId: string,
  signal?: AbortSignal,
): Promise<DeleteOutcome> {
  try {
    await api.deleteDestination(accountId, destinationId, signal);
    return 'deleted';
  } catch (error) {
    if (!(error instanceof ApiError) || !LEAVES_DOUBT.has(error.kind)) {
      throw error;
    }
    if (await isGone(api, accountId, destinationId, signal)) {
      // After a lost answer nobody can tell whose deletion it was; the user's was asked for, so it is theirs.
      return error.kind === 'notFound' || error.details.codes?.includes(15000) ? 'alreadyGone' : 'deleted';
    }
    throw error;
  }
}

const LEAVES_DOUBT: ReadonlySet<string> = new Set(['notFound', 'unavailable', 'network', 'timeout', 'protocol']);

async function isGone(api: Api, accountId: string, destinationId: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await api.getDestination(accountId, destinationId, signal);
    return false;
  } catch (error) {
    return error instanceof ApiError && error.kind === 'notFound' && !error.details.codes?.includes(7003);
  }
}

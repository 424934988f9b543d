import { ApiError, isNotFound, isUncertain, markUnsettled } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';

/** `alreadyGone`: another client had deleted the destination before. */
export type DeleteOutcome = 'deleted' | 'alreadyGone';

export type DeleteOptions = {
  /** Read again right before each call, so that a getter can return the present client, or throw. */
  readonly api: Api;
  readonly host: Pick<Host, 'sleep'>;
  readonly accountId: string;
  readonly destinationId: string;
};

/** Pauses before each look at a destination whose deletion was not answered, in milliseconds. */
const PAUSES = [0, 1000, 2000] as const;

/**
 * Deletes one destination; the deletion is sent once. Cloudflare answers an unknown ID with an "internal" error (code
 * 15000), and a lost answer says nothing, so both are settled by reading the destination. Only the API's own "not found"
 * counts as gone. Throws the {@link ApiError} of the deletion where the destination is still there or cannot be read.
 */
export async function deleteDestination(options: DeleteOptions): Promise<DeleteOutcome> {
  const { api, host, accountId, destinationId } = options;
  try {
    await api.deleteDestination(accountId, destinationId);
    return 'deleted';
  } catch (error) {
    const isUnknownId = error instanceof ApiError && (error.kind === 'notFound' || hasCode(error, 15000));
    if (!isUnknownId && !isUncertain(error)) {
      throw error;
    }
    for (const pause of PAUSES) {
      if (pause > 0) {
        await host.sleep(pause);
      }
      if (await isGone(options)) {
        // A lost answer does not tell whose deletion it was. The user asked for one, so it counts as the user's.
        return isUnknownId ? 'alreadyGone' : 'deleted';
      }
    }
    throw markUnsettled(error);
  }
}

function hasCode({ details }: ApiError, code: number): boolean {
  return details.codes?.includes(code) ?? false;
}

async function isGone(options: DeleteOptions): Promise<boolean> {
  const { accountId, destinationId } = options;
  try {
    await options.api.getDestination(accountId, destinationId);
    return false;
  } catch (error) {
    return isNotFound(error);
  }
}

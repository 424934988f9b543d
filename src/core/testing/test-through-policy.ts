import { ApiError, isUncertain } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import type { Destination } from '../model/destination.ts';
import { compareInstants, type Instant, parseTimestamp } from '../model/timestamp.ts';

/** What moved after Cloudflare sent a test; `nothing`: in a minute neither time did, so nothing is proved. */
export type PolicyTest = {
  readonly moved: 'success' | 'failure' | 'nothing';
  readonly destination: Destination;
  /** What Cloudflare said where it could not reach one of those the policy notifies. */
  readonly refusal?: ApiError;
};

/** Pauses between two looks, in milliseconds: a minute in all. */
const PAUSES = [1, 1, 2, 3, 4, 5, 6, 8, 10, 10, 10].map((seconds) => seconds * 1000);

/**
 * Has Cloudflare send a test to all that a policy notifies (`POST …/policies/{id}/test`), then watches the destination's
 * last success and last failure for up to a minute. Where both move the later one counts. `onRead` gets each reading.
 * Throws the `ApiError` of the call, or of the first reading where none worked, or the signal's reason.
 */
export async function testThroughPolicy(
  api: Api,
  { sleep }: Pick<Host, 'sleep'>,
  accountId: string,
  policyId: string,
  destinationId: string,
  onRead: (destination: Destination) => void,
  signal?: AbortSignal,
): Promise<PolicyTest> {
  // Read before, since what the view holds may be minutes old and its next move would be taken for ours.
  const before = await api.getDestination(accountId, destinationId, signal);
  // The signal is not handed on: what has been asked for will be sent.
  const problem = await api.testPolicy(accountId, policyId).then(
    () => undefined,
    (error: unknown) => {
      // A lost answer leaves open whether it was sent, so what moves is watched all the same.
      if (error instanceof ApiError && (error.kind === 'rejected' || isUncertain(error))) {
        return error;
      }
      throw error;
    },
  );
  const refusal = problem?.kind === 'rejected' ? problem : undefined;
  let last = before;
  for (const pause of PAUSES) {
    await sleep(pause, signal);
    // A reading that fails tells nothing; the next one may.
    last = await api.getDestination(accountId, destinationId, signal).catch(() => last);
    signal?.throwIfAborted();
    onRead(last);
    const moved = whatMoved(before, last);
    if (moved !== 'nothing') {
      return { moved, destination: last, ...(refusal ? { refusal } : {}) };
    }
    if (refusal) {
      throw refusal;
    }
  }
  if (problem) {
    throw problem;
  }
  return { moved: 'nothing', destination: last };
}

function whatMoved(before: Destination, after: Destination): PolicyTest['moved'] {
  const success = later(before.lastSuccess, after.lastSuccess);
  const failure = later(before.lastFailure, after.lastFailure);
  if (!success && !failure) {
    return 'nothing';
  }
  return !failure || (success && compareInstants(success, failure) >= 0) ? 'success' : 'failure';
}

/** The later time, where it is later than the earlier one, to the nanosecond. */
function later(before: string | undefined, after: string | undefined): Instant | undefined {
  const [from, to] = [parseTimestamp(before), parseTimestamp(after)];
  return to && (!from || compareInstants(to, from) > 0) ? to : undefined;
}

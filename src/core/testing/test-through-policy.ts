import { ApiError, isNotFound, isUncertain } from '../api/api-error.ts';
import type { Api } from '../api/client.ts';
import type { Host } from '../api/transport.ts';
import type { Destination } from '../model/destination.ts';
import { compareInstants, type Instant, isUnreadable, parseTimestamp } from '../model/timestamp.ts';

/**
 * Which timestamp changed after Cloudflare sent a test. `nothing`: neither changed within a minute, which proves
 * nothing.
 */
export type PolicyTest = {
  readonly moved: 'success' | 'failure' | 'nothing';
  readonly destination: Destination;
  /** Cloudflare's error if it could not reach a recipient of the policy. */
  readonly refusal?: ApiError;
  /** Why the answer to the call was lost, where nothing changed: the test may have been sent all the same. */
  readonly lost?: ApiError;
  /** Where nothing changed: whether that is unknown, because the last poll failed. */
  readonly isUnread?: boolean;
};

/** `onSend`: just before the test is requested. `onRead`: for each polled destination. */
export type TestEvents = {
  readonly onSend?: () => void;
  readonly onRead: (destination: Destination) => void;
};

/** Pauses between two polls, in milliseconds: a minute in total. */
export const PAUSES: readonly number[] = [1, 1, 2, 3, 4, 5, 6, 8, 10, 10, 10].map((seconds) => seconds * 1000);

/**
 * Tests everything that a policy notifies (`POST …/policies/{id}/test`). Then polls the destination's last success and
 * last failure for up to a minute. If both change, the later one counts. Throws the `ApiError` of the first fetch, of a
 * call that was refused, or of a destination that is gone, or the signal's reason.
 */
export async function testThroughPolicy(
  api: Api,
  { sleep }: Pick<Host, 'sleep'>,
  accountId: string,
  policyId: string,
  destinationId: string,
  { onSend, onRead }: TestEvents,
  signal?: AbortSignal,
): Promise<PolicyTest> {
  // Fetch first: the snapshot may be minutes old, and an earlier change would count as the result of the test.
  const before = await api.getDestination(accountId, destinationId, signal);
  onSend?.();
  // Do not pass the signal on: a requested test cannot be canceled.
  const problem = await api.testPolicy(accountId, policyId).then(
    () => undefined,
    (error: unknown) => {
      // After a lost answer the test may have been sent, so poll the timestamps anyway.
      if (error instanceof ApiError && (error.kind === 'rejected' || isUncertain(error))) {
        return error;
      }
      throw error;
    },
  );
  const refusal = problem?.kind === 'rejected' ? problem : undefined;
  let last = before;
  let isUnread = false;
  for (const pause of PAUSES) {
    await sleep(pause, signal);
    const read = await api.getDestination(accountId, destinationId, signal).catch((error: unknown) => {
      if (isNotFound(error)) {
        throw error;
      }
      // The next poll may succeed.
      return undefined;
    });
    signal?.throwIfAborted();
    isUnread = read === undefined;
    if (read) {
      last = read;
      onRead(read);
    }
    const moved = whatMoved(before, last);
    if (moved !== 'nothing') {
      return { moved, destination: last, ...(refusal ? { refusal } : {}) };
    }
    if (refusal) {
      throw refusal;
    }
  }
  return { moved: 'nothing', destination: last, isUnread, ...(problem ? { lost: problem } : {}) };
}

/** Which timestamp is later than before. If both are, the later one counts. */
export function whatMoved(before: Destination, after: Destination): PolicyTest['moved'] {
  const success = later(before.lastSuccess, after.lastSuccess);
  const failure = later(before.lastFailure, after.lastFailure);
  if (!success && !failure) {
    return 'nothing';
  }
  return !failure || (success && compareInstants(success, failure) >= 0) ? 'success' : 'failure';
}

/** Returns the later timestamp if it is later than the earlier one, to the nanosecond. One that cannot be read may be later. */
function later(before: string | undefined, after: string | undefined): Instant | undefined {
  const [from, to] = [parseTimestamp(before), parseTimestamp(after)];
  const isLater = from ? to && compareInstants(to, from) > 0 : !isUnreadable(before);
  return isLater ? to : undefined;
}

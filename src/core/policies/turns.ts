import type { UnansweredUpdates } from '../api/unanswered.ts';
import { createKeyedQueue, type KeyedQueue } from '../async/serial-queue.ts';
import { comparableId } from '../model/id.ts';
import type { Policy } from '../model/policy.ts';

/** What changes the same policy takes turns in a window, because each change writes the whole policy. */
export type Turns = {
  readonly inTurn: KeyedQueue;
  /** By {@link keyOfPolicy}. */
  readonly unanswered: UnansweredUpdates<Policy>;
};

export function createTurns(): Turns {
  return { inTurn: createKeyedQueue(), unanswered: new Map() };
}

/** The key of a policy in the turns of its changes. */
export function keyOfPolicy(accountId: string, policyId: string): string {
  return `policy/${accountId}/${comparableId(policyId)}`;
}

import { createKeyedQueue, type KeyedQueue } from '../async/serial-queue.ts';
import { comparableId } from '../model/id.ts';
import type { Policy } from '../model/policy.ts';

/** An update without an answer. `sentAt` is in milliseconds since the epoch. `isApplied`: whether a policy shows it. */
type UnansweredUpdate = { readonly sentAt: number; readonly isApplied: (policy: Policy) => boolean };

/** What changes the same policy takes turns in a window, because each change writes the whole policy. */
export type Turns = {
  readonly inTurn: KeyedQueue;
  /** By {@link keyOfPolicy}. An update that takes effect late would undo the next one, which therefore waits for it. */
  readonly unanswered: Map<string, UnansweredUpdate>;
};

export function createTurns(): Turns {
  return { inTurn: createKeyedQueue(), unanswered: new Map() };
}

/** The key of a policy in the turns of its changes. */
export function keyOfPolicy(accountId: string, policyId: string): string {
  return `policy/${accountId}/${comparableId(policyId)}`;
}

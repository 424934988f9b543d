import type { ApiError } from '../api/api-error.ts';
import type { AccountEntry } from './account-state.ts';
import { createDueQueue, type DueQueue } from './due-queue.ts';
import type { Seen } from './refresh-turns.ts';

/** An account in the scheduler, with its position within its token. */
export type Plan = { readonly accountId: string; readonly place: number; readonly seen: Seen };

/** The pacing of a token, which is kept while its accounts change. */
type Pacing = {
  lastStart: number;
  running: number;
  /** The time until which the budget or the pacing allows no refresh. */
  blockedUntil: number;
  /** The interval that was logged last. */
  saidInterval: number;
};

/** The accounts of one token. */
export type Group = {
  readonly tokenId: string | undefined;
  readonly plans: Plan[];
  /** IDs of the accounts that are neither in flight nor refused, ordered by due time. */
  readonly due: DueQueue<string>;
  readonly pacing: Pacing;
  /** With which the accounts were planned. */
  refusal?: ApiError | undefined;
};

export type Groups = ReadonlyMap<string | undefined, Group>;

/** Groups the accounts by token. Tokens and accounts that exist in `before` keep their state. */
export function groupByToken(entries: readonly AccountEntry[], before: Groups): Groups {
  const seen = new Map([...before.values()].flatMap(({ plans }) => plans.map((plan) => [plan.accountId, plan.seen])));
  const groups = new Map<string | undefined, Group>();
  for (const { connection } of entries) {
    const tokenId = connection.token?.id;
    const group = groups.get(tokenId) ?? createGroup(tokenId, before.get(tokenId));
    groups.set(tokenId, group);
    const accountId = connection.account.id;
    group.plans.push({ accountId, place: group.plans.length, seen: seen.get(accountId) ?? { triedAt: 0, dataAt: 0 } });
  }
  return groups;
}

function createGroup(tokenId: string | undefined, before: Group | undefined): Group {
  return {
    tokenId,
    plans: [],
    due: createDueQueue<string>(),
    // Keep the same object, because refreshes in flight are counted in it.
    pacing: before?.pacing ?? { lastStart: 0, running: 0, blockedUntil: 0, saidInterval: 0 },
  };
}

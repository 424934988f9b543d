import type { AccountEntry } from './account-state.ts';
import { createDueQueue, type DueQueue } from './due-queue.ts';
import type { Seen } from './refresh-turns.ts';

/** An account in the scheduler, with its place among those of its token. */
export type Plan = { readonly accountId: string; readonly place: number; readonly seen: Seen };

/** What is kept of a token while its accounts come and go. */
type Pacing = {
  lastStart: number;
  running: number;
  /** Until when budget or pace allow no refresh. */
  blockedUntil: number;
  /** The interval that was logged last. */
  saidInterval: number;
};

/** The accounts of one token. */
export type Group = {
  readonly tokenId: string | undefined;
  readonly plans: Plan[];
  /** IDs of the accounts that are neither in flight nor refused, by when they are due. */
  readonly due: DueQueue<string>;
  readonly pacing: Pacing;
  isRefused: boolean;
};

export type Groups = ReadonlyMap<string | undefined, Group>;

/** Groups the accounts by their token. What is known of tokens and accounts that were there `before` is kept. */
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
    // The same object: refreshes in flight count in it.
    pacing: before?.pacing ?? { lastStart: 0, running: 0, blockedUntil: 0, saidInterval: 0 },
    isRefused: false,
  };
}

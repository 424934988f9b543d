import type { CallMeter } from '../api/call-meter.ts';
import { createLimit, type Limit } from '../async/limit.ts';

/** The call budget of one token: how many more calls background work and the user may send. */
export type CallBudget = CallMeter & {
  /** How many calls went out in the last five minutes. */
  used(): number;
  /** Milliseconds until background work may send this many calls; 0 if it may send them now. */
  backgroundWait(calls: number): number;
  /** The same for calls of the user, which may use the token's whole rate limit. */
  userWait(calls: number): number;
};

const WINDOW = 5 * 60_000;
/** Cloudflare's limit for a token: 1,200 calls per five minutes. */
const TOKEN_CALLS = 1_200;
/** Background work may use a quarter of the limit. */
export const BACKGROUND_CALLS = TOKEN_CALLS / 4;
/** Reserved for other programs that use the token, and for retries of calls in flight. */
const RESERVE = 100;
export const USER_CALLS = TOKEN_CALLS - RESERVE;
/** If the server reports fewer calls left than this, background work waits. */
const FEW_LEFT = 100;
const LONGEST_PAUSE = 30 * 60_000;

/** `now` is monotonic, in milliseconds: a corrected clock must neither free nor block any call. */
export function createCallBudget(now: () => number): CallBudget {
  /** The times of the calls of the last five minutes, oldest first, from index `first`. */
  let calls: number[] = [];
  let first = 0;
  let backgroundPausedUntil = 0;
  let pausedUntil = 0;

  function dropOld(): void {
    const end = now() - WINDOW;
    while ((calls[first] ?? Number.POSITIVE_INFINITY) <= end) {
      first += 1;
    }
    if (first > TOKEN_CALLS) {
      calls = calls.slice(first);
      first = 0;
    }
  }

  function waitFor(more: number, most: number, paused: number): number {
    dropOld();
    const tooMany = calls.length - first + more - most;
    const free = tooMany <= 0 ? 0 : (calls[first + tooMany - 1] ?? now()) + WINDOW;
    return Math.max(0, free - now(), paused - now());
  }

  const until = (milliseconds: number): number => now() + Math.min(milliseconds, LONGEST_PAUSE);

  return {
    sent() {
      calls.push(now());
    },
    answered({ left, resetsIn = 0, retryAfter = 0 }) {
      pausedUntil = Math.max(pausedUntil, until(retryAfter));
      const pause = left !== undefined && left < FEW_LEFT ? resetsIn : 0;
      backgroundPausedUntil = Math.max(backgroundPausedUntil, pausedUntil, until(pause));
    },
    used() {
      dropOld();
      return calls.length - first;
    },
    backgroundWait: (more) => waitFor(more, BACKGROUND_CALLS, backgroundPausedUntil),
    userWait: (more) => waitFor(more, USER_CALLS, pausedUntil),
  };
}

/** A budget for each token, by the id of its record. */
export type CallBudgets = {
  of(tokenId: string | undefined): CallBudget;
  /** Counts the calls made before a token was stored for its record. */
  carryOver(from: string, tokenId: string): void;
};

export function createCallBudgets(now: () => number): CallBudgets {
  const budgets = new Map<string | undefined, CallBudget>();
  return {
    of(tokenId) {
      const budget = budgets.get(tokenId) ?? createCallBudget(now);
      budgets.set(tokenId, budget);
      return budget;
    },
    carryOver(from, tokenId) {
      const budget = budgets.get(from);
      if (budget) {
        budgets.set(tokenId, budget);
        budgets.delete(from);
      }
    },
  };
}

type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** Waits until a call of the user fits into the budget, or several of them. Rejects once the signal aborts. */
export async function admitUserCall(budget: CallBudget, sleep: Sleep, signal?: AbortSignal, calls = 1): Promise<void> {
  for (let wait = budget.userWait(calls); wait > 0; wait = budget.userWait(calls)) {
    await sleep(wait, signal);
  }
  signal?.throwIfAborted();
}

/** Jobs of the user that one token runs at a time. */
export const JOBS_AT_ONCE = 4;

/** The limit for jobs of one token that send so many calls each. */
export type UserLimits = (tokenId: string | undefined, calls?: number) => Limit;

/**
 * Makes the limits of an operation of the user over many accounts: few jobs at a time for each token, and each within its call
 * budget. A token that waits does not keep another one from its jobs. A job rejects once the signal aborts, before it begins.
 */
export function createUserLimits(budgets: CallBudgets, sleep: Sleep, signal: AbortSignal): UserLimits {
  const limits = new Map<CallBudget, Limit>();
  return (tokenId, calls = 1) => {
    const budget = budgets.of(tokenId);
    const limit = limits.get(budget) ?? createLimit(JOBS_AT_ONCE);
    limits.set(budget, limit);
    return async (job) =>
      limit(async () => {
        await admitUserCall(budget, sleep, signal, calls);
        return job();
      });
  };
}

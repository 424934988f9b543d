import type { CallMeter } from '../api/call-meter.ts';

/** The calls made with one token: how many of them background work may still make. */
export type CallBudget = CallMeter & {
  /** How many calls went out in the last five minutes. */
  used(): number;
  /** From when on (milliseconds since the epoch) so many more calls fit; in the past where they do now. */
  freeFrom(calls: number): number;
};

const WINDOW = 5 * 60_000;
/** A quarter of the 1,200 calls per five minutes that a token has; the rest is for people and other programs. */
export const BACKGROUND_CALLS = 300;
/** Where the server says that fewer are left, they are left to what people ask for. */
const FEW_LEFT = 100;
const LONGEST_PAUSE = 30 * 60_000;

export function createCallBudget(now: () => number): CallBudget {
  /** When each call of the last five minutes went out, oldest first. */
  let calls: number[] = [];
  let pausedUntil = 0;

  function dropOld(): void {
    const first = calls.findIndex((at) => at > now() - WINDOW);
    calls = first === -1 ? [] : first === 0 ? calls : calls.slice(first);
  }

  function pause(milliseconds: number): void {
    pausedUntil = Math.max(pausedUntil, now() + Math.min(milliseconds, LONGEST_PAUSE));
  }

  return {
    sent() {
      calls.push(now());
    },
    answered({ left, resetsIn, retryAfter }) {
      if (left !== undefined && left < FEW_LEFT) {
        pause(resetsIn ?? 0);
      }
      pause(retryAfter ?? 0);
    },
    used() {
      dropOld();
      return calls.length;
    },
    freeFrom(more) {
      dropOld();
      const tooMany = calls.length + more - BACKGROUND_CALLS;
      return tooMany <= 0 ? pausedUntil : Math.max(pausedUntil, (calls[tooMany - 1] ?? now()) + WINDOW);
    },
  };
}

/** A budget for each token, by the id of its record. */
export type CallBudgets = { of(tokenId: string | undefined): CallBudget };

export function createCallBudgets(now: () => number): CallBudgets {
  const budgets = new Map<string | undefined, CallBudget>();
  return {
    of(tokenId) {
      const budget = budgets.get(tokenId) ?? createCallBudget(now);
      budgets.set(tokenId, budget);
      return budget;
    },
  };
}

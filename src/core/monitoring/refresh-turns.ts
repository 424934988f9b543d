import { type AccountEntry, type Attempt, shownOf } from './account-state.ts';
import { BACKGROUND_CALLS } from './call-budget.ts';

const MINUTE = 60_000;
/** What one refresh of an account may come to: a call and the two retries of `api/retry.ts`. */
export const CALLS_OF_A_REFRESH = 3;
export const MOST_OF_A_TOKEN = 6;
/**
 * Between two refreshes through one token where they are many. A little more than the budget's second, so that the
 * retries of those in flight still fit into it.
 */
export const PACE = (5 * MINUTE) / (BACKGROUND_CALLS - (MOST_OF_A_TOKEN + 1) * CALLS_OF_A_REFRESH);
const LONGEST_BACK_OFF = 30 * MINUTE;

/**
 * The turns of the accounts of one token. They stand on a grid, an interval from one turn of an account to its next and
 * evenly spread within it, so that nothing drifts and nothing bunches up. `phase` (0 ≤ phase < 1) moves the grid as a
 * whole: two machines with the same token do not ask at the same moment. `interval` in milliseconds, 0 for never.
 */
export type Turns = { readonly interval: number; readonly count: number; readonly phase: number };

/** What is known of one account, by a clock that never goes back; undefined for never. */
type Known = {
  /** When it was last tried through its present client, and how many tries in a row have failed. */
  readonly triedAt: number | undefined;
  readonly failures: number;
  /** Whether another client has tried it: that says nothing of the present one. */
  readonly isTriedByOther: boolean;
  /** Of when the data shown is. */
  readonly dataAt: number | undefined;
};

/** What was last seen of an account, and when that was by a clock that never goes back. */
export type Seen = { attempt?: Attempt | undefined; triedAt: number; data?: object | undefined; dataAt: number };

/** Looks at an account again. `toElapsed` turns a time of the machine's clock into one of the clock that never goes back. */
export function observe(
  seen: Seen,
  { connection, state, attempt }: AccountEntry,
  toElapsed: (at: number) => number,
): Known {
  const data = shownOf(state);
  if (attempt && attempt !== seen.attempt) {
    seen.attempt = attempt;
    seen.triedAt = toElapsed(attempt.at);
  }
  if (data && data !== seen.data) {
    seen.data = data;
    seen.dataAt = toElapsed(data.at);
  }
  const isTried = attempt?.api === connection.api;
  return {
    triedAt: isTried ? seen.triedAt : undefined,
    failures: isTried ? attempt.failures : 0,
    isTriedByOther: attempt !== undefined && !isTried,
    dataAt: data && seen.dataAt,
  };
}

/** However many accounts there are, their refreshes keep within the budget. */
export function stretchInterval(interval: number, count: number): number {
  return interval === 0 ? 0 : Math.max(interval, count * PACE);
}

/**
 * When the account at this place among those of its token is due: 0 for now, infinity for never. What was refreshed out of
 * turn waits at least half an interval. After each failure in a row the wait doubles, up to half an hour. Coming back to
 * the window (`focusedAt`) ends any wait longer than an interval.
 */
export function dueAt(known: Known, place: number, { interval, count, phase }: Turns, focusedAt: number): number {
  const { triedAt, dataAt = Number.NEGATIVE_INFINITY, failures, isTriedByOther } = known;
  // Data of another window or session is good until it is old.
  if (triedAt === undefined && (isTriedByOther || known.dataAt === undefined || interval === 0)) {
    return 0;
  }
  if (interval === 0) {
    return Number.POSITIVE_INFINITY;
  }
  const tried = triedAt ?? Number.NEGATIVE_INFINITY;
  const last = Math.max(tried, dataAt);
  if (focusedAt >= last + interval) {
    return 0;
  }
  const inARow = tried >= dataAt ? failures : 0;
  const longest = Math.max(interval, LONGEST_BACK_OFF - interval / 2);
  const wait = Math.min(interval * 2 ** Math.max(0, inARow - 1), longest);
  const firstTurn = (phase + place / count) * interval;
  const earliest = last + wait - interval / 2;
  return firstTurn + Math.ceil((earliest - firstTurn) / interval) * interval;
}

import { type AccountEntry, type Attempt, shownOf } from './account-state.ts';
import { BACKGROUND_CALLS } from './call-budget.ts';

const MINUTE = 60_000;
/** The most calls that one refresh of an account sends: a call and the two retries of `api/retry.ts`. */
export const CALLS_OF_A_REFRESH = 3;
export const MOST_OF_A_TOKEN = 6;
/**
 * The time between two refreshes of one token with many accounts. Slightly longer than the budget requires, so that
 * retries of calls in flight still fit.
 */
export const PACE = (5 * MINUTE) / (BACKGROUND_CALLS - (MOST_OF_A_TOKEN + 1) * CALLS_OF_A_REFRESH);
const LONGEST_BACK_OFF = 30 * MINUTE;

/**
 * The refresh schedule of the accounts of one token. Each account is due once per `interval`, and the accounts are
 * spread evenly within it. Due times do not drift. `phase` (0 ≤ phase < 1) shifts the whole schedule, so that two
 * machines with the same token do not poll at the same moment. `interval` is in milliseconds; 0 means never.
 */
export type Turns = { readonly interval: number; readonly count: number; readonly phase: number };

/** The refresh history of one account, in monotonic time; undefined means never. */
type Known = {
  /** The last refresh through the present client, and the number of consecutive failures. */
  readonly triedAt: number | undefined;
  readonly failures: number;
  /**
   * Whether another client tried the last refresh, and no other window has fetched the account since. Such an attempt does not
   * count for the present client.
   */
  readonly isTriedByOther: boolean;
  /** When the shown data was fetched. */
  readonly dataAt: number | undefined;
};

/** The last observed state of an account, and when it was observed, in monotonic time. */
export type Seen = { attempt?: Attempt | undefined; triedAt: number; data?: object | undefined; dataAt: number };

/** Observes an account again. `toElapsed` converts wall-clock time to monotonic time. */
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
    isTriedByOther: attempt !== undefined && !isTried && (data?.at ?? 0) <= attempt.at,
    dataAt: data && seen.dataAt,
  };
}

/** Lengthens the interval so that the refreshes of all accounts stay within the budget. */
export function stretchInterval(interval: number, count: number): number {
  return interval === 0 ? 0 : Math.max(interval, count * PACE);
}

/**
 * When the account at this position within its token is due: 0 for now, infinity for never. An account that was
 * refreshed off schedule waits at least half an interval. Each consecutive failure doubles the wait, up to half an
 * hour. Focusing the window (`focusedAt`) ends any wait longer than an interval.
 */
export function dueAt(known: Known, place: number, { interval, count, phase }: Turns, focusedAt: number): number {
  const { triedAt, dataAt = Number.NEGATIVE_INFINITY, failures, isTriedByOther } = known;
  // Data of another window or session counts until it is stale.
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

import { type CallBudgets, BACKGROUND_CALLS } from './call-budget.ts';
import type { Log } from '../api/transport.ts';
import type { Connection } from '../accounts/connection.ts';
import type { AccountEntry, Store } from './store.ts';

const MINUTE = 60_000;
/** What one reading may come to: a call and the two repeats of `api/retry.ts`. */
const CALLS_OF_A_READING = 3;
const MOST_AT_ONCE = 6;
/**
 * Between two readings through one token where they are many. A little more than the budget's second, so that the
 * repeats of those under way still fit into it.
 */
export const PACE = (5 * MINUTE) / (BACKGROUND_CALLS - (MOST_AT_ONCE + 1) * CALLS_OF_A_READING);
/** As long as a token has hardly been used, whoever comes to the window is not kept waiting. */
const AT_ONCE = 100;
const LONGEST_BACK_OFF = 30 * MINUTE;
const NEVER = Number.POSITIVE_INFINITY;

/** When the watch may work; intervals in milliseconds, 0 for never. */
export type RefreshMode = { readonly interval: number; readonly focused: boolean };

/** Reads accounts again in the background, each through its token, within a quarter of what the token may do. */
export type RefreshScheduler = {
  follow(mode: RefreshMode): void;
  /** How often an account of this token is really read; 0 for never. */
  intervalOf(connection: Connection): number;
  /** For good, also where it is told to follow again. */
  dispose(): void;
};

export type RefreshSchedulerOptions = {
  readonly store: Pick<Store, 'entries' | 'refresh' | 'isRefused' | 'onChanged'>;
  readonly budgets: CallBudgets;
  readonly now: () => number;
  /** Calls after so many milliseconds; what it returns cancels that. */
  readonly after: (milliseconds: number, work: () => void) => () => void;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly log: Log;
};

/**
 * The turns of the accounts of one token. They stand on a grid, an interval from one turn of an account to its next and
 * evenly spread within it, so that nothing drifts and nothing bunches up. `phase` (0 ≤ phase < 1) moves the grid as a
 * whole: two machines with the same token do not ask at the same moment.
 */
export type Turns = { readonly interval: number; readonly count: number; readonly phase: number };

/** However many accounts there are, their readings keep within the budget. */
export function stretchInterval(interval: number, count: number): number {
  return interval === 0 ? 0 : Math.max(interval, count * PACE);
}

/**
 * When the account at this place among those of its token is to be read (milliseconds since the epoch): 0 for as soon as
 * may be, infinity for not by itself. What was read out of turn waits at least half an interval. After each failure in
 * a row the wait doubles, up to half an hour. Coming back to the window (`focusedAt`) ends any wait longer than an interval.
 */
export function dueAt(
  { connection, state, attempt }: AccountEntry,
  place: number,
  { interval, count, phase }: Turns,
  focusedAt: number,
): number {
  const isTried = attempt?.api === connection.api;
  // What another client has read says nothing of this one; what another window has read is good until it is old.
  if (!isTried && (attempt || !state.last || interval === 0)) {
    return 0;
  }
  if (interval === 0) {
    return NEVER;
  }
  const tried = isTried ? attempt.at : 0;
  const read = state.last?.at ?? 0;
  const last = Math.max(tried, read);
  if (focusedAt >= last + interval) {
    return 0;
  }
  const failures = isTried && tried >= read ? attempt.failures : 0;
  const longest = Math.max(interval, LONGEST_BACK_OFF - interval / 2);
  const wait = Math.min(interval * 2 ** Math.max(0, failures - 1), longest);
  const firstTurn = (phase + place / count) * interval;
  const earliest = last + wait - interval / 2;
  return firstTurn + Math.ceil((earliest - firstTurn) / interval) * interval;
}

/** What is kept of a token. */
type Pacing = {
  lastStart: number;
  running: number;
  saidInterval: number;
  /** The place after the account that was read last. */
  next: number;
};

type Group = { readonly tokenId: string | undefined; readonly entries: AccountEntry[] };

/** Does nothing until it is told to follow. There is one timer, for the next reading that is due. */
export function createRefreshScheduler({
  store,
  budgets,
  now,
  after,
  random,
  log,
}: RefreshSchedulerOptions): RefreshScheduler {
  const phase = random();
  const pacings = new Map<string | undefined, Pacing>();
  let mode: RefreshMode = { interval: 0, focused: false };
  let focusedAt = 0;
  let running = 0;
  let looking = false;
  let disposed = false;
  let cancel: (() => void) | undefined;

  /** Kept until accounts come, go or change: the entries themselves stay the same objects. */
  let known: readonly Group[] | undefined;

  function groupByToken(): readonly Group[] {
    const groups = new Map<string | undefined, Group>();
    for (const entry of store.entries()) {
      const tokenId = entry.connection.token?.id;
      const group = groups.get(tokenId);
      if (group) {
        group.entries.push(entry);
      } else {
        groups.set(tokenId, { tokenId, entries: [entry] });
      }
    }
    return [...groups.values()];
  }

  /** Starts what is due and may go. Returns when to look again; infinity where the end of a reading tells. */
  function startDue({ tokenId, entries }: Group): number {
    const turns = { interval: stretchInterval(mode.interval, entries.length), count: entries.length, phase };
    const pacing = pacings.get(tokenId) ?? { lastStart: 0, running: 0, saidInterval: 0, next: 0 };
    pacings.set(tokenId, pacing);
    sayStretched(turns, pacing);
    const budget = budgets.of(tokenId);
    while (running < MOST_AT_ONCE) {
      const paced = budget.used() >= AT_ONCE ? pacing.lastStart + PACE : 0;
      const free = Math.max(paced, budget.freeFrom((pacing.running + 1) * CALLS_OF_A_READING));
      if (free > now()) {
        return free;
      }
      const { at, place } = findFirst(entries, turns, pacing.next);
      const entry = entries[place];
      if (!entry || at > now()) {
        return at;
      }
      pacing.next = place + 1;
      void start(entry.connection.account.id, pacing);
    }
    return NEVER;
  }

  /**
   * One that is due, else the one whose turn comes first. There may be ten thousand, and one of them starts every second;
   * turns go by place, so whoever is due next mostly stands where the last one stood.
   */
  function findFirst(entries: readonly AccountEntry[], turns: Turns, from: number) {
    const first = { at: NEVER, place: -1 };
    for (let step = 0; step < entries.length && first.at > now(); step += 1) {
      const place = (from + step) % entries.length;
      const entry = entries[place];
      if (!entry || entry.reading) {
        continue;
      }
      const at = dueAt(entry, place, turns, focusedAt);
      if (at < first.at && (entry.state.kind === 'idle' || !store.isRefused(entry.connection))) {
        first.at = at;
        first.place = place;
      }
    }
    return first;
  }

  async function start(accountId: string, pacing: Pacing): Promise<void> {
    pacing.lastStart = now();
    pacing.running += 1;
    running += 1;
    await store.refresh([accountId], { background: true });
    pacing.running -= 1;
    running -= 1;
    if (!cancel) {
      look();
    }
  }

  function look(): void {
    if (looking) {
      return;
    }
    cancel?.();
    cancel = undefined;
    if (!mode.focused || disposed) {
      return;
    }
    looking = true;
    known ??= groupByToken();
    const next = Math.min(...known.map(startDue));
    looking = false;
    if (next < NEVER) {
      cancel = after(Math.max(0, next - now()), () => {
        cancel = undefined;
        look();
      });
    } else if (running === 0) {
      void lookAfterOthers();
    }
  }

  /** Somebody else reads what there is to read; our own readings look again when they end. */
  async function lookAfterOthers(): Promise<void> {
    const entry = store.entries().find(({ reading }) => reading !== undefined);
    if (entry) {
      await entry.reading;
      if (!cancel) {
        look();
      }
    }
  }

  function sayStretched({ interval, count }: Turns, pacing: Pacing): void {
    if (interval > mode.interval && interval !== pacing.saidInterval) {
      const minutes = (interval / MINUTE).toFixed(1);
      const reason = `${count} accounts share a quarter of the calls their token may make`;
      log('info', `Each account is read every ${minutes} minutes, not every ${mode.interval / MINUTE}: ${reason}`);
    }
    pacing.saidInterval = interval;
  }

  // A change of states matters only where nothing is waited for: a refused token that works again, after a try by hand.
  const stop = store.onChanged(({ accounts }) => {
    if (accounts) {
      known = undefined;
    }
    if (accounts || !cancel) {
      look();
    }
  });

  return {
    follow(next) {
      if (next.focused && !mode.focused) {
        focusedAt = now();
      }
      mode = next;
      look();
    },
    intervalOf(connection) {
      const sameToken = store.entries().filter((entry) => entry.connection.token?.id === connection.token?.id);
      return stretchInterval(mode.interval, sameToken.length);
    },
    dispose() {
      disposed = true;
      look();
      stop();
    },
  };
}

import type { Connection } from '../accounts/connection.ts';
import { describeForLog } from '../api/api-error.ts';
import type { Log } from '../api/transport.ts';
import type { CallBudgets } from './call-budget.ts';
import { createDueQueue } from './due-queue.ts';
import { type Group, groupByToken, type Groups, type Plan } from './refresh-groups.ts';
import {
  CALLS_OF_A_REFRESH,
  dueAt,
  MOST_OF_A_TOKEN,
  observe,
  PACE,
  stretchInterval,
  type Turns,
} from './refresh-turns.ts';
import type { Store } from './store.ts';

const MINUTE = 60_000;
/** Over all tokens, so that a token whose requests hang does not block the others. */
const MOST_AT_ONCE = 24;
/** Accounts are not paced until a token has sent this many calls, so that focusing the window shows them soon. */
const UNPACED = 100;
const NEVER = Number.POSITIVE_INFINITY;

/** When the scheduler may work. Intervals are in milliseconds; 0 means never. */
export type RefreshMode = { readonly interval: number; readonly focused: boolean };

/** Refreshes accounts in the background, each through its token, within a quarter of the token's rate limit. */
export type RefreshScheduler = {
  follow(mode: RefreshMode): void;
  /** The effective refresh interval of the token's accounts; 0 means never. */
  intervalOf(connection: Connection): number;
  /** Stops the scheduler for good. A later call of `follow` does not start it again. */
  dispose(): void;
};

export type RefreshSchedulerOptions = {
  readonly store: Pick<Store, 'entries' | 'entry' | 'refresh' | 'refusalOf' | 'onChanged' | 'onSettled'>;
  readonly budgets: CallBudgets;
  /** Wall-clock time, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic time in milliseconds, independent of changes to the clock. */
  readonly elapsed: () => number;
  /** Runs `work` after a delay. Returns a function that cancels it. */
  readonly after: (milliseconds: number, work: () => void) => () => void;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly log: Log;
};

/**
 * Idle until `follow` is called. One queue orders the tokens by their next due account, and each token has a queue of
 * its accounts. One timer waits for the first due account. Each event recomputes only what it changes.
 */
export function createRefreshScheduler({
  store,
  budgets,
  now,
  elapsed,
  after,
  random,
  log,
}: RefreshSchedulerOptions): RefreshScheduler {
  const phase = random();
  let groups: Groups = new Map();
  let plans: ReadonlyMap<string, Plan> = new Map();
  const queue = createDueQueue<Group>();
  let mode: RefreshMode = { interval: 0, focused: false };
  let focusedAt = 0;
  let running = 0;
  let pumping = false;
  let disposed = false;
  /** The difference between the clock and `elapsed`. It changes when the clock is set or the machine has slept. */
  let ahead = now() - elapsed();
  let cancelTimer: (() => void) | undefined;
  const isFull = (): boolean => running >= MOST_AT_ONCE;

  function turnsOf({ plans: { length } }: Group): Turns {
    return { interval: stretchInterval(mode.interval, length), count: length, phase };
  }

  /** Regroups the accounts after they have changed. */
  function rebuild(): void {
    groups = groupByToken(store.entries(), groups);
    plans = new Map([...groups.values()].flatMap((group) => group.plans.map((plan) => [plan.accountId, plan])));
    queue.clear();
    replanAll();
  }

  function replanAll(): void {
    for (const group of groups.values()) {
      replanGroup(group);
    }
  }

  function replanGroup(group: Group): void {
    const turns = turnsOf(group);
    const first = store.entry(group.plans[0]?.accountId ?? '');
    group.refusal = first && store.refusalOf(first.connection);
    sayStretched(turns, group);
    for (const plan of group.plans) {
      replan(plan, group, turns);
    }
    enqueue(group);
  }

  /** Updates the position of one account in the queue of its token. */
  function replan(plan: Plan, group: Group, turns: Turns): void {
    const entry = store.entry(plan.accountId);
    // An account with a refused token is due until it shows the error of the token, which sends nothing.
    const isLeftAlone =
      !entry ||
      entry.inFlight ||
      (entry.state.kind === 'failed' && entry.state.error === store.refusalOf(entry.connection));
    const at = isLeftAlone ? NEVER : dueAt(observe(plan.seen, entry, toElapsed), plan.place, turns, focusedAt);
    if (at < NEVER) {
      group.due.set(plan.accountId, at);
    } else {
      group.due.delete(plan.accountId);
    }
  }

  /** Converts wall-clock time to monotonic time. A future time counts as now. */
  function toElapsed(at: number): number {
    return elapsed() - Math.max(0, now() - at);
  }

  /** Updates the position of a token in the queue of tokens. */
  function enqueue(group: Group): void {
    const first = group.due.first();
    if (first && group.pacing.running < MOST_OF_A_TOKEN) {
      queue.set(group, Math.max(first.at, group.pacing.blockedUntil));
    } else {
      queue.delete(group);
    }
  }

  /** Starts due refreshes, then sets the timer for the next one. */
  function pump(): void {
    if (pumping) {
      return;
    }
    cancelTimer?.();
    cancelTimer = undefined;
    if (!mode.focused || disposed) {
      return;
    }
    pumping = true;
    noticeSleep();
    let first = queue.first();
    while (first && first.at <= elapsed() && !isFull()) {
      startFirstOf(first.key);
      first = queue.first();
    }
    pumping = false;
    if (first && !isFull()) {
      // At most a minute, to detect that the machine has slept.
      cancelTimer = after(Math.min(Math.max(0, first.at - elapsed()), MINUTE), () => {
        cancelTimer = undefined;
        pump();
      });
    }
  }

  /** After a sleep or a clock change all data is older than it seemed, so this counts as focusing the window. */
  function noticeSleep(): void {
    const jump = now() - elapsed() - ahead;
    ahead += jump;
    if (jump < MINUTE) {
      return;
    }
    for (const { seen } of plans.values()) {
      seen.triedAt -= jump;
      seen.dataAt -= jump;
    }
    focusedAt = elapsed();
    replanAll();
  }

  function startFirstOf(group: Group): void {
    const budget = budgets.of(group.tokenId);
    const pace = budget.used() >= UNPACED ? group.pacing.lastStart + PACE - elapsed() : 0;
    const wait = Math.max(pace, budget.backgroundWait((group.pacing.running + 1) * CALLS_OF_A_REFRESH));
    const accountId = group.due.first()?.key;
    if (wait <= 0 && accountId !== undefined) {
      group.due.delete(accountId);
      void start(accountId, group);
    } else {
      group.pacing.blockedUntil = elapsed() + wait;
    }
    enqueue(group);
  }

  async function start(accountId: string, { tokenId, pacing }: Group): Promise<void> {
    pacing.lastStart = elapsed();
    pacing.running += 1;
    running += 1;
    try {
      await store.refresh([accountId], { background: true });
    } catch (error) {
      log('error', `Refreshing account ${accountId} failed: ${describeForLog(error)}`);
    }
    pacing.running -= 1;
    running -= 1;
    // The account may have been removed; another one of the token can start all the same.
    const group = groups.get(tokenId);
    if (group) {
      enqueue(group);
    }
    settle(accountId);
  }

  function settle(accountId: string): void {
    const entry = store.entry(accountId);
    const plan = plans.get(accountId);
    const group = entry && groups.get(entry.connection.token?.id);
    if (group && plan) {
      if (store.refusalOf(entry.connection) === group.refusal) {
        replan(plan, group, turnsOf(group));
        enqueue(group);
      } else {
        replanGroup(group);
      }
    }
    pump();
  }

  function sayStretched({ interval, count }: Turns, { pacing }: Group): void {
    if (interval > mode.interval && interval !== pacing.saidInterval) {
      const minutes = (interval / MINUTE).toFixed(1);
      const reason = `${count} accounts share a quarter of their token's rate limit`;
      log('info', `Each account is refreshed every ${minutes} minutes, not every ${mode.interval / MINUTE}: ${reason}`);
    }
    pacing.saidInterval = interval;
  }

  rebuild();
  const stops = [
    store.onSettled(settle),
    store.onChanged(({ accounts }) => {
      if (accounts) {
        rebuild();
        pump();
      }
    }),
  ];

  return {
    follow(next) {
      if (next.focused && !mode.focused) {
        focusedAt = elapsed();
      }
      mode = next;
      replanAll();
      pump();
    },
    intervalOf: ({ token }) => stretchInterval(mode.interval, groups.get(token?.id)?.plans.length ?? 0),
    dispose() {
      disposed = true;
      pump();
      for (const stop of stops) {
        stop();
      }
    },
  };
}

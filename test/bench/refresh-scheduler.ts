import { countBusiest, simulateRefresh } from '../unit/core/monitoring/simulated-refresh.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Simulates the refresh scheduler for 24 hours with one token and different numbers of accounts. */
export async function benchRefreshScheduler(): Promise<void> {
  console.log('Refresh scheduler, 24 h, one token, polling interval 5 min, call budget 300 calls per 5 min:');
  for (const accounts of [1, 50, 1_000, 10_000]) {
    const { clock, calls, scheduler, store } = simulateRefresh({ accounts, interval: 5 * MINUTE });
    const start = clock.now();
    await clock.goTo(start + DAY);
    const [anAccount] = store.entries();
    const interval = anAccount ? scheduler.intervalOf(anAccount.connection) : 0;
    scheduler.dispose();
    await clock.goTo(start + DAY + MINUTE);
    const { mean, longest, drift } = measureAges(calls, interval);
    const facts = [
      `${accounts} accounts`,
      `interval ${toMinutes(interval)}`,
      `${calls.length} calls`,
      `at most ${countBusiest(calls)} in 5 min`,
      `mean age ${toMinutes(mean)}, maximum age ${toMinutes(longest)}`,
      `drift ${drift.toFixed(0)} ms`,
      `${clock.pending()} timers left`,
    ];
    console.log(`  ${facts.join(', ')}`);
  }
}

/**
 * Returns the mean and the longest age of the data between two refreshes of an account, and the drift: how far the last
 * refresh is from a multiple of the interval after the third refresh. All in milliseconds.
 */
function measureAges(calls: readonly { readonly at: number; readonly id: string }[], interval: number) {
  const refreshes = Map.groupBy(calls, ({ id }) => id);
  let time = 0;
  let area = 0;
  let longest = 0;
  let drift = 0;
  for (const times of refreshes.values()) {
    for (const [index, { at }] of times.entries()) {
      const gap = at - (times[index - 1]?.at ?? at);
      time += gap;
      area += (gap * gap) / 2;
      longest = Math.max(longest, gap);
    }
    const [, , third] = times;
    const last = times.at(-1);
    if (third && last) {
      const rounds = (last.at - third.at) / interval;
      drift = Math.max(drift, Math.abs(rounds - Math.round(rounds)) * interval);
    }
  }
  return { mean: area / time, longest, drift };
}

function toMinutes(milliseconds: number): string {
  return `${(milliseconds / MINUTE).toFixed(1)} min`;
}

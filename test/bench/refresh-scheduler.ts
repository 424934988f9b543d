import { countBusiest, simulateRefresh } from '../unit/core/monitoring/simulated-refresh.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A day of the scheduler with a clock of its own, for few and very many accounts of one token. */
export async function benchRefreshing(): Promise<void> {
  console.log('The watch over 24 h, one token, every 5 minutes where the budget of 300 calls per 5 minutes allows:');
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
      `age ${toMinutes(mean)} in the mean, ${toMinutes(longest)} at most`,
      `drift ${drift.toFixed(0)} ms`,
      `${clock.pending()} timers left`,
    ];
    console.log(`  ${facts.join(', ')}`);
  }
}

/** From one reading of an account to its next; and how far the last one is from where the third put it on the grid. */
function measureAges(calls: readonly { readonly at: number; readonly id: string }[], interval: number) {
  const readings = Map.groupBy(calls, ({ id }) => id);
  let time = 0;
  let area = 0;
  let longest = 0;
  let drift = 0;
  for (const times of readings.values()) {
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

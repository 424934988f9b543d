import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import { BACKGROUND_CALLS, USER_CALLS } from '../../../../src/core/monitoring/call-budget.ts';
import { countBusiest, type SimulatedRefresh, simulateRefresh } from './simulated-refresh.ts';

const MINUTE = 60_000;

/** How an account answers: always with success, always with the same error, or with the error every second time. */
const behaviours: readonly (readonly (ApiErrorDetails | undefined)[])[] = [
  [undefined],
  [undefined],
  [undefined],
  [{ kind: 'forbidden', status: 403 }],
  // Of a valid token that may not use the account.
  [{ kind: 'auth', status: 401 }],
  [{ kind: 'network' }],
  [{ kind: 'timeout' }],
  [{ kind: 'unavailable', status: 503 }, undefined],
  [{ kind: 'protocol' }],
];

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('blur' as const), minutes: fc.integer({ min: 0, max: 60 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clock' as const), minutes: fc.integer({ min: -90, max: 90 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('accounts' as const), count: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('byHand' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('interval' as const), minutes: fc.integer({ min: 2, max: 10 }) }),
  },
);

const world = fc.record({
  accounts: fc.integer({ min: 1, max: 40 }),
  tokens: fc.integer({ min: 1, max: 4 }),
  minutes: fc.integer({ min: 2, max: 10 }),
  behaviours: fc.array(fc.nat({ max: behaviours.length - 1 }), { minLength: 1, maxLength: 9 }),
  random: fc.double({ min: 0, max: 0.99, noNaN: true }),
  throwing: fc.boolean(),
  events: fc.array(event, { maxLength: 14 }),
});

describe('refresh scheduler in any world', () => {
  // So few accounts never reach the budget: `refresh-scheduler.test.ts` does.
  it('refreshes each healthy account within 1.5 intervals, doubles and leaks nothing', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(world, async ({ accounts, tokens, minutes, behaviours: chosen, random, throwing, events }) => {
        const behaviourOf = (id: string) => behaviours[chosen[Number(id.slice(1)) % chosen.length] ?? 0] ?? [];
        const turns = new Map<string, number>();
        let interval = minutes * MINUTE;
        const simulation = simulateRefresh({
          accounts,
          tokens,
          interval,
          random: () => random,
          answer(id) {
            const behaviour = behaviourOf(id);
            turns.set(id, (turns.get(id) ?? 0) + 1);
            return behaviour[(turns.get(id) ?? 0) % behaviour.length];
          },
        });
        const { clock, store, scheduler, calls } = simulation;
        if (throwing) {
          const fail = (): never => {
            throw new Error('broken listener');
          };
          store.onChanged(fail);
          store.onRead(fail);
          store.onSettled(fail);
        }
        /** Since when each account could have been refreshed without interruption. */
        let waiting = new Map(store.entries().map(({ connection }) => [connection.account.id, clock.elapsed()]));
        const restart = (): void => {
          waiting = new Map(store.entries().map(({ connection }) => [connection.account.id, clock.elapsed()]));
        };
        const check = (): void => {
          for (const [id, since] of waiting) {
            if (behaviourOf(id).every((answer) => answer === undefined)) {
              const last = calls.findLast((call) => call.id === id)?.at ?? Number.NEGATIVE_INFINITY;
              const age = clock.elapsed() - Math.max(last, since);
              assert.ok(age <= 1.5 * interval + 2000, `${id} waits for ${age / MINUTE} min of ${interval / MINUTE}`);
            }
          }
        };
        for (const each of events) {
          switch (each.kind) {
            case 'pass':
              for (let minute = 0; minute < each.minutes; minute += 1) {
                await clock.goTo(clock.elapsed() + MINUTE);
                check();
              }
              break;
            case 'blur':
              scheduler.follow({ interval, focused: false });
              await clock.goTo(clock.elapsed() + each.minutes * MINUTE);
              scheduler.follow({ interval, focused: true });
              restart();
              break;
            case 'clock':
              clock.set(each.minutes * MINUTE);
              break;
            case 'accounts':
              store.setConnections(simulation.connections(each.count));
              // An account that is removed and added again during its refresh is fetched again.
              await clock.goTo(clock.elapsed() + MINUTE / 4);
              restart();
              break;
            case 'byHand':
              void store.refresh();
              break;
            case 'interval':
              interval = each.minutes * MINUTE;
              scheduler.follow({ interval, focused: true });
              restart();
              break;
            default:
              each satisfies never;
          }
        }
        await clock.goTo(clock.elapsed() + MINUTE);
        checkCalls(simulation, events.some(({ kind }) => kind === 'byHand') ? USER_CALLS : BACKGROUND_CALLS);
        scheduler.dispose();
        const made = calls.length;
        await clock.goTo(clock.elapsed() + 60 * MINUTE);
        // Refreshes in flight may still retry.
        assert.ok(calls.length <= made + 6 * 3 * tokens);
        assert.equal(clock.pending(), 0);
      }),
      { numRuns: 200 },
    );
  });

  /** Asserts that no account is fetched twice concurrently, and that no token exceeds its call budget. */
  function checkCalls({ calls }: SimulatedRefresh, most: number): void {
    const byToken = Map.groupBy(calls, ({ token }) => token);
    for (const ofToken of byToken.values()) {
      assert.ok(countBusiest(ofToken) <= most, `${countBusiest(ofToken)} calls`);
    }
    for (const ofAccount of Map.groupBy(calls, ({ id }) => id).values()) {
      for (const [index, { at }] of ofAccount.entries()) {
        assert.ok(index === 0 || at - (ofAccount[index - 1]?.at ?? 0) >= 100, 'fetched twice at once');
      }
    }
  }

  it('refreshes a healthy account as ever beside one that is forbidden', async () => {
    const simulation = simulateRefresh({
      accounts: 2,
      interval: 5 * MINUTE,
      answer: (id) => (id === 'a0' ? { kind: 'forbidden', status: 403 } : undefined),
    });
    await simulation.clock.goTo(simulation.clock.elapsed() + 180 * MINUTE);
    const times = simulation.calls.filter(({ id }) => id === 'a1').map(({ at }) => at);
    assert.ok(times.length >= 35, `${times.length} refreshes in 3 hours`);
    assert.ok(times.every((at, index) => index === 0 || at - (times[index - 1] ?? at) <= 7.5 * MINUTE));
  });

  for (const by of [6 * 60 * MINUTE, -6 * 60 * MINUTE]) {
    it(`makes at most one early refresh where the clock is set by ${by / MINUTE} minutes and back`, async () => {
      const simulation = simulateRefresh({ accounts: 1, interval: 5 * MINUTE });
      const pass = async (minutes: number) => simulation.clock.goTo(simulation.clock.elapsed() + minutes * MINUTE);
      await pass(30);
      const before = simulation.calls.length;
      simulation.clock.set(by);
      await pass(20);
      simulation.clock.set(-by);
      await pass(20);
      const made = simulation.calls.length - before;
      assert.ok(made >= 7 && made <= 10, `${made} refreshes in 40 minutes`);
      assert.equal(simulation.clock.pending(), 1);
    });
  }

  it('goes on if accounts are removed while a token has as many refreshes in flight as it may', async () => {
    const simulation = simulateRefresh({ accounts: 8, interval: 8 * MINUTE, random: () => 0 });
    const pass = async (minutes: number) => simulation.clock.goTo(simulation.clock.elapsed() + minutes * MINUTE);
    await pass(24);
    simulation.scheduler.follow({ interval: 2 * MINUTE, focused: true });
    simulation.store.setConnections(simulation.connections(1));
    await pass(1);
    const before = simulation.calls.length;
    await pass(10);
    const made = simulation.calls.length - before;
    assert.ok(made >= 4, `${made} refreshes in 10 minutes`);
    assert.equal(simulation.clock.pending(), 1);
  });

  it('notices within a minute that the machine has slept', async () => {
    const simulation = simulateRefresh({ accounts: 3, interval: 60 * MINUTE });
    await simulation.clock.goTo(simulation.clock.elapsed() + 2 * MINUTE);
    const before = simulation.calls.length;
    simulation.clock.set(8 * 60 * MINUTE);
    await simulation.clock.goTo(simulation.clock.elapsed() + 2 * MINUTE);
    assert.equal(simulation.calls.length, before + 3);
  });

  it('works on through handlers that throw, and logs them', async () => {
    const lines: string[] = [];
    const simulation = simulateRefresh({ accounts: 1, interval: 5 * MINUTE, log: (line) => lines.push(line) });
    simulation.store.onSettled(() => {
      throw new Error('broken listener');
    });
    await simulation.clock.goTo(simulation.clock.elapsed() + 120 * MINUTE);
    assert.ok(simulation.calls.length >= 23);
    assert.equal(lines.length, simulation.calls.length);
  });
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import { BACKGROUND_CALLS } from '../../../../src/core/monitoring/call-budget.ts';
import { PACE } from '../../../../src/core/monitoring/refresh-turns.ts';
import { failWith, makeApi, makeConnection, makeDestination } from '../api/fake-api.ts';
import { countBusiest, type SimulatedRefresh, simulateRefresh } from './simulated-refresh.ts';

const MINUTE = 60_000;
const INTERVAL = 5 * MINUTE;

async function pass({ clock }: SimulatedRefresh, milliseconds: number): Promise<void> {
  await clock.goTo(clock.elapsed() + milliseconds);
}

describe('refresh scheduler', () => {
  it('reads each account at once, then once an interval, without drift', async () => {
    const simulation = simulateRefresh({ accounts: 3, interval: INTERVAL });
    await pass(simulation, 1000);
    assert.deepEqual(
      simulation.calls.map(({ id }) => id),
      ['a0', 'a1', 'a2'],
    );
    await pass(simulation, 100 * INTERVAL);
    const times = simulation.calls.filter(({ id }) => id === 'a1').map(({ at }) => at);
    const gaps = times.map((at, index) => at - (times[index - 1] ?? at)).slice(1);
    assert.ok((gaps[0] ?? 0) >= INTERVAL / 2 - 1000 && (gaps[0] ?? 0) <= INTERVAL * 1.5);
    assert.ok(gaps.length >= 99);
    assert.deepEqual(new Set(gaps.slice(1).map((gap) => Math.round(gap))), new Set([INTERVAL]));
  });

  it('spreads the accounts over the interval', async () => {
    const simulation = simulateRefresh({ accounts: 50, interval: INTERVAL });
    await pass(simulation, 3 * INTERVAL);
    const from = simulation.clock.now();
    await pass(simulation, INTERVAL);
    const times = simulation.calls.filter(({ at }) => at >= from).map(({ at }) => at);
    assert.equal(times.length, 50);
    assert.ok(times.every((at, index) => index === 0 || at - (times[index - 1] ?? 0) > 5000));
  });

  it('stretches the interval of many accounts, and says so once', async () => {
    const lines: string[] = [];
    const simulation = simulateRefresh({ accounts: 1000, interval: INTERVAL, log: (line) => lines.push(line) });
    await pass(simulation, 60 * MINUTE);
    assert.ok(countBusiest(simulation.calls) <= BACKGROUND_CALLS);
    const [entry] = simulation.store.entries();
    assert.equal(entry && simulation.scheduler.intervalOf(entry.connection), 1000 * PACE);
    assert.deepEqual(lines, [
      "Each account is refreshed every 17.9 minutes, not every 5: 1000 accounts share a quarter of their token's rate limit",
    ]);
    simulation.store.setConnections(simulation.connections(1000).toReversed());
    await pass(simulation, 1000);
    assert.equal(lines.length, 1, 'said again for accounts in another order');
  });

  it('stretches the interval of one token and not of another', async () => {
    const simulation = simulateRefresh({ accounts: 1000, tokens: 2, interval: INTERVAL });
    const connections = simulation.store.entries().map(({ connection }) => connection);
    const first = connections.filter(({ token }) => token?.id === connections[0]?.token?.id);
    const rest = connections.filter(({ token }) => token?.id !== connections[0]?.token?.id);
    simulation.store.setConnections([...first, ...rest.slice(0, 3)]);
    await pass(simulation, 1000);
    const intervalOf = (at: number): number => {
      const connection = simulation.store.entries().at(at)?.connection ?? assert.fail();
      return simulation.scheduler.intervalOf(connection);
    };
    assert.deepEqual([intervalOf(0), intervalOf(-1)], [500 * PACE, INTERVAL]);
    assert.equal(first.length, 500);
    const before = simulation.calls.length;
    await pass(simulation, 4 * INTERVAL);
    const last = simulation.store.entries().at(-1)?.connection.account.id;
    assert.equal(simulation.calls.slice(before).filter(({ id }) => id === last).length, 4);
  });

  it('refreshes 24 accounts at a time over all tokens', async () => {
    const simulation = simulateRefresh({ accounts: 48, tokens: 8, interval: INTERVAL });
    await pass(simulation, 100);
    assert.equal(simulation.store.entries().filter((entry) => entry.inFlight !== undefined).length, 24);
  });

  it('keeps within the budget whatever the number of accounts and whatever fails', async function () {
    this.timeout(30_000);
    const failures: readonly (ApiErrorDetails | undefined)[] = [
      undefined,
      { kind: 'network' },
      { kind: 'unavailable', status: 503 },
      { kind: 'rateLimited', status: 429, retryAfter: 3000 },
      { kind: 'rateLimited', status: 429, retryAfter: 120_000 },
      { kind: 'forbidden', status: 403 },
    ];
    const world = fc.record({
      accounts: fc.integer({ min: 1, max: 500 }),
      minutes: fc.integer({ min: 1, max: 10 }),
      answers: fc.array(fc.constantFrom(...failures), { minLength: 1, maxLength: 7 }),
      random: fc.double({ min: 0, max: 0.99, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ accounts, minutes, answers, random }) => {
        let call = 0;
        const simulation = simulateRefresh({
          accounts,
          interval: minutes * MINUTE,
          random: () => random,
          answer: () => answers[(call += 1) % answers.length],
        });
        await pass(simulation, 25 * MINUTE);
        assert.ok(countBusiest(simulation.calls) <= BACKGROUND_CALLS, `${countBusiest(simulation.calls)} calls`);
        simulation.scheduler.dispose();
        const made = simulation.calls.length;
        await pass(simulation, 60 * MINUTE);
        // Refreshes in flight may still retry.
        assert.ok(simulation.calls.length <= made + 12);
        assert.equal(simulation.clock.pending(), 0);
      }),
      { numRuns: 12 },
    );
  });

  it('backs down by what the user reads by hand, which goes at once', async () => {
    const simulation = simulateRefresh({ accounts: 280, interval: INTERVAL });
    await pass(simulation, 10 * MINUTE);
    const before = simulation.calls.length;
    void simulation.store.refresh();
    await pass(simulation, 20_000);
    const byHand = simulation.calls.length;
    assert.ok(byHand - before >= 280, `${byHand - before} calls`);
    await pass(simulation, 4 * MINUTE);
    assert.equal(simulation.calls.length, byHand);
  });

  it('waits longer after each failure in a row, up to half an hour, and reads as ever once it works', async () => {
    let broken = true;
    const answer = (): ApiErrorDetails | undefined => (broken ? { kind: 'timeout' } : undefined);
    const simulation = simulateRefresh({ accounts: 1, interval: INTERVAL, answer });
    await pass(simulation, 4 * 60 * MINUTE);
    const times = simulation.calls.map(({ at }) => at);
    const gaps = times.map((at, index) => (at - (times[index - 1] ?? at)) / MINUTE).slice(1);
    assert.ok((gaps[0] ?? 0) <= 7.6 && gaps.every((gap) => gap <= 30.1), gaps.join());
    assert.ok((gaps.at(-1) ?? 0) > 25);
    broken = false;
    await pass(simulation, 31 * MINUTE);
    const recovered = simulation.calls.length;
    await pass(simulation, 60 * MINUTE);
    assert.equal(simulation.calls.length - recovered, 12);
  });

  it('waits as the server asks, with all accounts of the token', async () => {
    let limited = true;
    const simulation = simulateRefresh({
      accounts: 6,
      interval: MINUTE,
      answer: () => (limited ? { kind: 'rateLimited', retryAfter: 600_000 } : undefined),
    });
    await pass(simulation, 1000);
    limited = false;
    const asked = simulation.calls.length;
    await pass(simulation, 9.9 * MINUTE);
    assert.equal(simulation.calls.length, asked);
    await pass(simulation, MINUTE);
    assert.ok(simulation.calls.length >= asked + 6);
  });

  it('leaves a refused token alone until it is tried by hand, and goes on then', async () => {
    let refused = true;
    const answer = (): ApiErrorDetails | undefined => (refused ? { kind: 'auth', status: 401 } : undefined);
    const simulation = simulateRefresh({ accounts: 10, interval: INTERVAL, answer, isTokenValid: () => !refused });
    await pass(simulation, 60 * MINUTE);
    assert.ok(simulation.calls.length <= 7, 'those in flight, and the question whether the token is valid');
    assert.deepEqual(
      new Set(simulation.store.entries().map(({ state }) => state.kind === 'failed' && state.error.kind)),
      new Set(['auth']),
    );
    refused = false;
    await Promise.all([simulation.store.refresh(['a9']), pass(simulation, 1000)]);
    await pass(simulation, 30 * MINUTE);
    assert.ok(simulation.store.entries().every(({ state }) => state.kind === 'ready'));
  });

  it('shows the refusal of a token that expired in all its accounts, with their last data and few calls', async () => {
    let refused = false;
    const answer = (): ApiErrorDetails | undefined => (refused ? { kind: 'auth', status: 401 } : undefined);
    const simulation = simulateRefresh({ accounts: 40, interval: INTERVAL, answer, isTokenValid: () => !refused });
    await pass(simulation, 2 * INTERVAL);
    assert.equal(simulation.store.totals().states.ready, 40);
    refused = true;
    const before = simulation.calls.length;
    await pass(simulation, 3 * INTERVAL);
    assert.equal(simulation.store.totals().states.failed, 40);
    assert.ok(simulation.calls.length - before <= 6, 'a refused token was used again');
    for (const { state } of simulation.store.entries()) {
      assert.equal(state.kind === 'failed' && state.error.kind, 'auth');
      assert.equal(state.last?.destinations.length, 1);
    }
    const asked = simulation.calls.length;
    await pass(simulation, 24 * 60 * MINUTE);
    assert.equal(simulation.calls.length, asked);
    refused = false;
    await Promise.all([simulation.store.refresh(['a9']), pass(simulation, 1000)]);
    await pass(simulation, 2 * INTERVAL);
    assert.equal(simulation.store.totals().states.ready, 40);
  });

  it('plans all accounts of a refused token once, not at each refusal', async () => {
    const count = 200;
    let isValid = true;
    let ray = 0;
    const simulation = simulateRefresh({
      accounts: count,
      interval: INTERVAL,
      answer: () => (isValid ? undefined : { kind: 'auth', status: 401, rayId: `ray ${(ray += 1)}` }),
      isTokenValid: () => isValid,
    });
    await pass(simulation, INTERVAL);
    isValid = false;
    const { store } = simulation;
    const entry = store.entry.bind(store);
    let looks = 0;
    store.entry = (id) => ((looks += 1), entry(id));
    void store.refresh();
    await pass(simulation, MINUTE);
    assert.ok(store.entries().every(({ state }) => state.kind === 'failed' && state.error.kind === 'auth'));
    assert.ok(looks < 10 * count, `${looks} looks`);
  });

  it('goes on with all accounts of a token that works again, also if the accounts were regrouped before', async () => {
    let refused = true;
    const answer = (): ApiErrorDetails | undefined => (refused ? { kind: 'auth', status: 401 } : undefined);
    const simulation = simulateRefresh({ accounts: 10, interval: INTERVAL, answer, isTokenValid: () => !refused });
    await pass(simulation, 30 * MINUTE);
    const [first, ...others] = simulation.connections(10);
    assert.ok(first);
    simulation.store.setConnections([{ ...first, account: { ...first.account, name: 'Renamed' } }, ...others]);
    await pass(simulation, MINUTE);
    refused = false;
    await Promise.all([simulation.store.refresh(['a5']), pass(simulation, 1000)]);
    await pass(simulation, 2 * INTERVAL);
    assert.equal(simulation.store.totals().states.ready, 10);
  });

  it('shows the refusal of the token also in accounts that the network had failed for', async () => {
    let failure: ApiErrorDetails | undefined;
    const simulation = simulateRefresh({
      accounts: 10,
      interval: INTERVAL,
      answer: () => failure,
      isTokenValid: () => false,
    });
    await pass(simulation, 2 * INTERVAL);
    failure = { kind: 'network' };
    await pass(simulation, 20 * MINUTE);
    assert.equal(simulation.store.totals().unreachable, 10);
    failure = { kind: 'auth', status: 401 };
    await pass(simulation, 60 * MINUTE);
    const kinds = simulation.store.entries().map(({ state }) => state.kind === 'failed' && state.error.kind);
    assert.deepEqual(new Set(kinds), new Set(['auth']));
  });

  it('uses a refused token again once another window has read an account with it', async () => {
    let refused = true;
    const answer = (): ApiErrorDetails | undefined => (refused ? { kind: 'auth', status: 401 } : undefined);
    const simulation = simulateRefresh({ accounts: 3, interval: INTERVAL, answer, isTokenValid: () => !refused });
    await pass(simulation, 2 * INTERVAL);
    assert.equal(simulation.store.totals().states.failed, 3);
    refused = false;
    const { url: _url, ...facts } = makeDestination('1');
    const destinations = [{ ...facts, host: 'hooks.slack.com' }];
    simulation.store.adopt('a0', { at: simulation.clock.now(), destinations });
    await pass(simulation, 40 * MINUTE);
    assert.equal(simulation.store.totals().states.ready, 3);
  });

  it('starts over with an account that gets another client', async () => {
    const simulation = simulateRefresh({ accounts: 1, interval: INTERVAL, answer: () => ({ kind: 'auth' }) });
    await pass(simulation, 1000);
    let read = 0;
    const api = makeApi({ listDestinations: async () => ((read += 1), []) });
    simulation.store.setConnections([makeConnection('a0', api)]);
    await pass(simulation, 1000);
    assert.equal(read, 1);
  });

  it('runs only while the window has the focus, and on coming back reads at once what is older than the interval', async () => {
    const simulation = simulateRefresh({ accounts: 2, interval: INTERVAL });
    await pass(simulation, 1000);
    simulation.scheduler.follow({ interval: INTERVAL, focused: false });
    assert.equal(simulation.clock.pending(), 0);
    await pass(simulation, INTERVAL / 4);
    simulation.scheduler.follow({ interval: INTERVAL, focused: true });
    await pass(simulation, 1000);
    assert.equal(simulation.calls.length, 2);
    simulation.scheduler.follow({ interval: INTERVAL, focused: false });
    await pass(simulation, 60 * MINUTE);
    assert.equal(simulation.calls.length, 2);
    simulation.scheduler.follow({ interval: INTERVAL, focused: true });
    await pass(simulation, 1000);
    assert.equal(simulation.calls.length, 4);
  });

  it('tries at once on coming back, however long it would have waited after failures', async () => {
    const simulation = simulateRefresh({ accounts: 1, interval: MINUTE, answer: () => ({ kind: 'timeout' }) });
    await pass(simulation, 60 * MINUTE);
    const before = simulation.calls.length;
    while (simulation.calls.length === before) {
      await pass(simulation, MINUTE);
    }
    const tried = before + 1;
    await pass(simulation, 2 * MINUTE);
    assert.equal(simulation.calls.length, tried);
    simulation.scheduler.follow({ interval: MINUTE, focused: false });
    simulation.scheduler.follow({ interval: MINUTE, focused: true });
    await pass(simulation, 1000);
    assert.equal(simulation.calls.length, tried + 1);
  });

  it('reads once and no more where the interval is 0', async () => {
    const simulation = simulateRefresh({ accounts: 2, interval: 0 });
    await pass(simulation, 24 * 60 * MINUTE);
    assert.equal(simulation.calls.length, 2);
    assert.equal(simulation.clock.pending(), 0);
  });

  it('has nothing to do without an account', async () => {
    const simulation = simulateRefresh({ accounts: 0, interval: INTERVAL });
    assert.equal(simulation.clock.pending(), 0);
    simulation.store.setConnections([
      makeConnection('a', makeApi({ listDestinations: failWith({ kind: 'timeout' }) })),
    ]);
    assert.equal(simulation.store.entry('a')?.state.kind, 'loading');
  });

  it('does not read what another window has just read, and goes on when that is old', async () => {
    const simulation = simulateRefresh({ accounts: 1, interval: INTERVAL });
    simulation.scheduler.follow({ interval: INTERVAL, focused: false });
    await pass(simulation, 1000);
    const read = simulation.calls.length;
    simulation.store.adopt('a0', { at: simulation.clock.now(), destinations: [] });
    simulation.scheduler.follow({ interval: INTERVAL, focused: true });
    await pass(simulation, INTERVAL / 2 - 1000);
    assert.equal(simulation.calls.length, read);
    await pass(simulation, INTERVAL);
    assert.equal(simulation.calls.length, read + 1);
  });

  it('puts off what another window reads again and again', async () => {
    const simulation = simulateRefresh({ accounts: 1, interval: INTERVAL });
    await pass(simulation, 1000);
    const read = simulation.calls.length;
    const { url: _url, ...facts } = makeDestination('1');
    for (let minute = 0; minute < 20; minute += 1) {
      const destinations = [{ ...facts, host: 'hooks.slack.com' }];
      assert.equal(simulation.store.adopt('a0', { at: simulation.clock.now(), destinations }), 'adopted');
      await pass(simulation, MINUTE);
    }
    assert.equal(simulation.calls.length, read);
  });

  it('goes on after somebody else has read all there is', async () => {
    const simulation = simulateRefresh({ accounts: 1, interval: INTERVAL });
    await pass(simulation, INTERVAL);
    // Each manual refresh is in flight when the scheduled refresh is due.
    for (let round = 0; round < 200; round += 1) {
      void simulation.store.refresh();
      await pass(simulation, 1000);
    }
    const read = simulation.calls.length;
    await pass(simulation, 2 * INTERVAL);
    assert.ok(simulation.calls.length > read);
  });
});

import assert from 'node:assert/strict';
import {
  admitUserCall,
  BACKGROUND_CALLS,
  createCallBudget,
  createCallBudgets,
  createUserLimits,
  JOBS_AT_ONCE,
  USER_CALLS,
} from '../../../../src/core/monitoring/call-budget.ts';
import { makeCanceledPause } from '../async/canceled-pause.ts';

const MINUTE = 60_000;

describe('call budgets', () => {
  it('are one for each token, and carry over what was sent before a token had a record', () => {
    const budgets = createCallBudgets(() => 1_000_000);
    budgets.of('a').sent();
    budgets.of('draft').sent();
    budgets.of('draft').sent();
    assert.deepEqual([budgets.of('a').used(), budgets.of('b').used(), budgets.of(undefined).used()], [1, 0, 0]);
    assert.equal(budgets.of('a'), budgets.of('a'));
    budgets.carryOver('draft', 'b');
    budgets.carryOver('unknown', 'a');
    assert.deepEqual([budgets.of('a').used(), budgets.of('b').used(), budgets.of('draft').used()], [1, 2, 0]);
  });
});

describe('limits of an operation of the user over many accounts', () => {
  const settle = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('run few jobs of a token at a time, and those of another token beside them', async () => {
    const budgets = createCallBudgets(() => 0);
    const limitOf = createUserLimits(budgets, assert.fail, new AbortController().signal);
    const running: string[] = [];
    const end = Promise.withResolvers<void>();
    const start = async (token: string): Promise<void> =>
      limitOf(token)(async () => {
        running.push(token);
        await end.promise;
      });
    const all = [...Array.from({ length: 10 }, async () => start('a')), start('b')];
    await settle();
    assert.deepEqual(running, [...Array.from({ length: JOBS_AT_ONCE }, () => 'a'), 'b']);
    end.resolve();
    await Promise.all(all);
    assert.equal(running.length, 11);
  });

  it('begin no job before all its calls fit into the budget, and none once it is canceled', async () => {
    let time = 0;
    const budgets = createCallBudgets(() => time);
    for (let call = 0; call < USER_CALLS - 2; call += 1) {
      budgets.of('a').sent();
    }
    const slept: number[] = [];
    const sleep = async (milliseconds: number): Promise<void> => {
      slept.push(milliseconds);
      time += milliseconds;
    };
    const cancel = new AbortController();
    const limitOf = createUserLimits(budgets, sleep, cancel.signal);
    assert.equal(await limitOf('a', 2)(async () => time), 0);
    assert.equal(await limitOf('a', 3)(async () => time), 5 * MINUTE);
    assert.deepEqual(slept, [5 * MINUTE]);
    cancel.abort();
    await assert.rejects(
      limitOf('a')(async () => assert.fail()),
      { name: 'AbortError' },
    );
  });
});

describe('call budget', () => {
  let time: number;
  const make = () => createCallBudget(() => time);
  beforeEach(() => {
    time = 1_000_000;
  });

  it('has room until the quarter is used, and again when calls are five minutes old', () => {
    const budget = make();
    for (let call = 0; call < BACKGROUND_CALLS; call += 1) {
      time += 100;
      budget.sent();
    }
    const first = time - (BACKGROUND_CALLS - 1) * 100;
    assert.equal(budget.used(), BACKGROUND_CALLS);
    assert.equal(budget.backgroundWait(1), first + 5 * MINUTE - time);
    assert.equal(budget.backgroundWait(3), first + 200 + 5 * MINUTE - time);
    time = first + 5 * MINUTE;
    assert.equal(budget.backgroundWait(1), 0);
    assert.ok(budget.backgroundWait(2) > 0);
  });

  it('gives the user the real limit of the token, less what was used and a reserve', async () => {
    const budget = make();
    for (let call = 0; call < USER_CALLS - 1; call += 1) {
      budget.sent();
    }
    assert.ok(budget.backgroundWait(1) > 0);
    assert.equal(budget.userWait(1), 0);
    assert.equal(budget.userWait(2), 5 * MINUTE);
    budget.sent();
    const waits: number[] = [];
    await admitUserCall(budget, async (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
    });
    assert.deepEqual(waits, [5 * MINUTE]);
    const canceled = AbortSignal.abort(new Error('canceled'));
    await assert.rejects(admitUserCall(budget, assert.fail, canceled), /canceled/);
  });

  it('ends the wait of a call of the user once it is canceled', async () => {
    const budget = make();
    budget.answered({ retryAfter: 90_000 });
    const { signal, sleep, paused } = makeCanceledPause();
    await assert.rejects(admitUserCall(budget, sleep, signal), /canceled/);
    assert.deepEqual(paused, []);
  });

  it('waits where the server says that few calls are left, and as long as it asks, but half an hour at most', () => {
    const budget = make();
    budget.answered({ left: 700, resetsIn: 60_000 });
    assert.equal(budget.backgroundWait(1), 0);
    budget.answered({ left: 50, resetsIn: 30_000 });
    assert.deepEqual([budget.backgroundWait(1), budget.userWait(1)], [30_000, 0]);
    budget.answered({ retryAfter: 90_000 });
    assert.deepEqual([budget.backgroundWait(1), budget.userWait(1)], [90_000, 90_000]);
    budget.answered({ retryAfter: 86_400_000 });
    assert.equal(budget.userWait(1), 30 * MINUTE);
  });
});

import assert from 'node:assert/strict';
import { createCallBudget, BACKGROUND_CALLS } from '../../../../src/core/monitoring/call-budget.ts';

const MINUTE = 60_000;

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
    assert.equal(budget.freeFrom(1), first + 5 * MINUTE);
    assert.equal(budget.freeFrom(3), first + 200 + 5 * MINUTE);
    time = first + 5 * MINUTE;
    assert.ok(budget.freeFrom(1) <= time);
    assert.ok(budget.freeFrom(2) > time);
  });

  it('waits where the server says that few calls are left, and as long as it asks, but half an hour at most', () => {
    const budget = make();
    budget.answered({ left: 700, resetsIn: 60_000 });
    assert.ok(budget.freeFrom(1) <= time);
    budget.answered({ left: 50, resetsIn: 30_000 });
    assert.equal(budget.freeFrom(1), time + 30_000);
    budget.answered({ retryAfter: 90_000 });
    assert.equal(budget.freeFrom(1), time + 90_000);
    budget.answered({ retryAfter: 86_400_000 });
    assert.equal(budget.freeFrom(1), time + 30 * MINUTE);
  });
});

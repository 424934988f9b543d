import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { prove } from '../prove.ts';
import { ACTIONS, playWindows, type Scenario } from './windows-model.ts';

const RUNS = Math.ceil(Number(process.env['ROBUST_RUNS'] ?? 5000) / 20);

/**
 * Actions of one user, who is in one window at a time: a change begins after the one before it has reached all windows.
 * Refreshes, crashes and deletions overlap with anything.
 */
const step = fc.tuple(fc.nat(2), fc.nat(ACTIONS.length - 1), fc.nat(2), fc.boolean());

const scenario: fc.Arbitrary<Scenario> = fc.record({
  steps: fc.array(step, { minLength: 3, maxLength: 14 }),
  decisions: fc.array(fc.nat(99), { minLength: 7, maxLength: 40 }),
  locksKeyring: fc.boolean(),
});

describe('several windows of one profile', function () {
  this.timeout(60 * 60_000);

  it(`lose, double and leak nothing in ${RUNS} generated interleavings`, async () => {
    const ends = await prove('several windows', scenario, RUNS, playWindows);
    for (const action of ACTIONS) {
      assert.ok((ends[action] ?? 0) > RUNS / 40, `${action}: ${ends[action] ?? 0}`);
    }
  });
});

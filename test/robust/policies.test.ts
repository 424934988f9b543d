import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { playPolicies } from './policies-model.ts';
import { prove } from './prove.ts';
import { chaosOver } from './stage.ts';

const RUNS = Number(process.env['ROBUST_RUNS'] ?? 5000);

const step = fc.record({ aspect: fc.nat(3), adds: fc.boolean(), overlaps: fc.boolean() });

describe('changes of a policy survive everything', function () {
  this.timeout(30 * 60_000);

  it(`keep every invariant in ${RUNS} generated interleavings`, async () => {
    const scenario = fc.record({ chaos: chaosOver(30), steps: fc.array(step, { minLength: 2, maxLength: 5 }) });
    const ends = await prove('changes of policies', scenario, RUNS, playPolicies);
    for (const end of ['changed', 'unchanged', 'conflict', 'ApiError', 'gone']) {
      assert.ok((ends[end] ?? 0) > RUNS / 200, `${end}: ${ends[end] ?? 0}`);
    }
  });
});

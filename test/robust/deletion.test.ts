import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type DeletionScenario, playDeletion } from './deletion-model.ts';
import { prove } from './prove.ts';
import { chaosOver } from './stage.ts';

const RUNS = Number(process.env['ROBUST_RUNS'] ?? 5000);

const scenario: fc.Arbitrary<DeletionScenario> = fc.record({
  chaos: chaosOver(110),
  policies: fc.array(
    fc.record({ webhooks: fc.oneof(fc.constantFrom(1, 3), fc.integer({ min: 1, max: 15 })), mail: fc.boolean() }),
    { maxLength: 3 },
  ),
  detach: fc.boolean(),
  cancelAfter: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
  kill: fc.option(fc.nat(110), { nil: undefined, freq: 3 }),
  undos: fc.nat(3),
  isPatient: fc.boolean(),
  replaces: fc.boolean(),
});

describe('deletion and its Undo survive everything', function () {
  this.timeout(30 * 60_000);

  it(`keep every invariant in ${RUNS} generated interleavings`, async () => {
    const ends = await prove('deletion and Undo', scenario, RUNS, playDeletion);
    // A model in which nothing goes wrong, or nothing ends well, proves nothing.
    for (const end of ['deleted', 'alreadyGone', 'failed', 'restored', 'not restored', 'replaced']) {
      assert.ok((ends[end] ?? 0) > RUNS / 200, `${end}: ${ends[end] ?? 0}`);
    }
    assert.ok((ends['skipped'] ?? 0) + (ends['restored in part'] ?? 0) > 0);
  });
});

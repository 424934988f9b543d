import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { playCreate, playUpdate } from './saving-model.ts';
import { prove } from './prove.ts';
import { chaosOver } from './stage.ts';

const RUNS = Math.ceil(Number(process.env['ROBUST_RUNS'] ?? 5000) / 2);

const change = fc
  .record({ name: fc.boolean(), url: fc.boolean(), secret: fc.boolean() })
  .filter(({ name, url, secret }) => name || url || secret);

describe('saving survives everything', function () {
  this.timeout(30 * 60_000);

  it(`updates and renames keep every invariant in ${RUNS} generated interleavings`, async () => {
    const ends = await prove(
      'updates and renames',
      fc.record({ chaos: chaosOver(16), isSlack: fc.boolean(), change, renames: fc.boolean() }),
      RUNS,
      playUpdate,
    );
    for (const end of ['verified', 'unverified', 'DestinationConflictError', 'ApiError', 'renamed']) {
      assert.ok((ends[end] ?? 0) > RUNS / 200, `${end}: ${ends[end] ?? 0}`);
    }
  });

  it(`creations keep every invariant in ${RUNS} generated interleavings`, async () => {
    const scenario = fc.record({
      chaos: chaosOver(16),
      isSlack: fc.boolean(),
      saves: fc.integer({ min: 1, max: 3 }),
      isPatient: fc.boolean(),
      changesSecret: fc.boolean(),
    });
    const ends = await prove('creations', scenario, RUNS, playCreate);
    for (const end of ['created', 'UncertainCreationError', 'ApiError']) {
      assert.ok((ends[end] ?? 0) > RUNS / 200, `${end}: ${ends[end] ?? 0}`);
    }
  });
});

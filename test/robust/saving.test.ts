import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { playCreate, playUpdate } from './saving-model.ts';
import { chaosOver, prove } from './stage.ts';
import { RUNS } from './runs.ts';

const HALF = Math.ceil(RUNS / 2);

const change = fc
  .record({ name: fc.boolean(), url: fc.boolean(), secret: fc.boolean() })
  .filter(({ name, url, secret }) => name || url || secret);

describe('saving survives everything', function () {
  this.timeout(30 * 60_000);

  it(`updates and renames keep every invariant in ${HALF} generated interleavings`, async () => {
    const ends = await prove(fc.record({ chaos: chaosOver(10), isSlack: fc.boolean(), change }), HALF, playUpdate);
    for (const end of ['verified', 'unverified', 'DestinationConflictError', 'ApiError']) {
      assert.ok((ends[end] ?? 0) > HALF / 200, `${end}: ${ends[end] ?? 0}`);
    }
  });

  it(`creations keep every invariant in ${HALF} generated interleavings`, async () => {
    const scenario = fc.record({
      chaos: chaosOver(16),
      isSlack: fc.boolean(),
      saves: fc.integer({ min: 1, max: 3 }),
      isPatient: fc.boolean(),
    });
    const ends = await prove(scenario, HALF, playCreate);
    for (const end of ['created', 'UncertainCreationError', 'ApiError']) {
      assert.ok((ends[end] ?? 0) > HALF / 200, `${end}: ${ends[end] ?? 0}`);
    }
  });
});

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { prove } from './prove.ts';
import { playTimeline, type TimelineScenario, type TimelineStep } from './timeline-model.ts';

/** A run has more steps than those of the other models. */
const RUNS = Math.min(Number(process.env['ROBUST_RUNS'] ?? 2000), 40_000);

const window = fc.nat(2);
const step: fc.Arbitrary<TimelineStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('event' as const), destination: fc.nat(1), failed: fc.boolean() }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), hours: fc.constantFrom(0, 0.1, 1, 5, 12, 24, 60) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('refresh' as const), window }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('adopt' as const), window }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), window, part: fc.nat(120) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('load' as const), window }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('go' as const),
      picks: fc.array(fc.nat(7), { minLength: 1, maxLength: 12 }),
    }),
  },
);

/** The clock never is ahead, except for a few minutes; or it is set at will. */
const scenarioOver = (offsets: readonly number[]): fc.Arbitrary<TimelineScenario> =>
  fc.record({
    windows: fc.integer({ min: 1, max: 3 }),
    steps: fc.array(
      fc.oneof(
        { weight: 30, arbitrary: step },
        {
          weight: 2,
          arbitrary: fc.record({ kind: fc.constant('clock' as const), hours: fc.constantFrom(...offsets) }),
        },
      ),
      { minLength: 10, maxLength: 120, size: 'max' },
    ),
  });

/** A model in which nothing goes wrong proves nothing. */
function expectAll(counts: Readonly<Record<string, number>>, expected: readonly string[]): void {
  for (const each of expected) {
    assert.ok((counts[each] ?? 0) > RUNS / 500, `${each}: ${JSON.stringify(counts)}`);
  }
}

const EVERYTHING = [
  'loaded',
  'renamed',
  'removed',
  'appended again',
  'killed',
  'killed while writing',
  'torn line',
  'unseen event',
  'delivered',
  'failed',
  'both',
  'quiet',
  'unknown',
] as const;

describe('timelines survive everything', function () {
  this.timeout(30 * 60_000);

  it(`lose, double and make up nothing, and call no day quiet that was not, in ${RUNS} generated worlds`, async () => {
    expectAll(await prove('timeline', scenarioOver([0, -1, -30, -500, -24 * 365 * 5]), RUNS, playTimeline), EVERYTHING);
  });

  it(`lose, double and make up nothing while the clock is set at will, in ${RUNS} generated worlds`, async () => {
    expectAll(
      await prove('timeline, any clock', scenarioOver([0, -700, -30, -1, 1, 30, 360]), RUNS, playTimeline),
      EVERYTHING,
    );
  });
});

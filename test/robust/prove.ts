import process from 'node:process';
import * as fc from 'fast-check';
import { reportProblems } from './collector.ts';

export type Verdict = {
  readonly violations: readonly string[];
  /** What happened in the run, to count: a model in which nothing goes wrong, or nothing ends well, proves nothing. */
  readonly ends: readonly string[];
};

/**
 * Runs a model as often as asked for and prints how often and how its runs ended. Adds a row to the table, also if the model
 * finds something. The environment variable `SEED` repeats a run.
 */
export async function prove<T>(
  suite: string,
  scenarios: fc.Arbitrary<T>,
  runs: number,
  play: (scenario: T) => Promise<Verdict>,
): Promise<Readonly<Record<string, number>>> {
  const started = performance.now();
  const ends: Record<string, number> = {};
  const property = fc.asyncProperty(scenarios, async (scenario) => {
    const verdict = await play(scenario);
    for (const end of verdict.ends) {
      ends[end] = (ends[end] ?? 0) + 1;
    }
    if (verdict.violations.length > 0) {
      throw new Error(verdict.violations.join('\n'));
    }
  });
  const seed = process.env['SEED'];
  const details = await fc.check(property, { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) });
  // One case, however often it was shrunk.
  reportProblems(suite, details.numRuns, details.failed ? [String(details.errorInstance)] : [], started);
  if (details.failed) {
    throw new Error(await fc.asyncDefaultReportMessage(details), { cause: details.errorInstance });
  }
  console.log(`      ${suite}: ${details.numRuns} interleavings, ends ${JSON.stringify(ends)}, 0 violations`);
  return ends;
}

import { parentPort, workerData } from 'node:worker_threads';
import * as fc from 'fast-check';
import { inputsFor } from './inputs.ts';
import { isAllowed, targets } from './targets.ts';

/** Longer than any input takes, in milliseconds of this thread’s processor time. */
const LONGEST = 2000;

/** The report of a counterexample repeats an input that may have 64,000 characters; its seed is at the beginning. */
function shorten(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? (error.cause.stack ?? '') : '';
  return `${String(error).slice(0, 300)} … ${cause.slice(0, 600)}`;
}

const { runs } = workerData as { readonly runs: number };

/** Runs in a thread of its own, because a regular expression that hangs can only be stopped from outside. */
for (const target of targets) {
  parentPort?.postMessage({ started: target.name });
  let [values, errors, slowest] = [0, 0, 0];
  try {
    await fc.assert(
      fc.asyncProperty(inputsFor(target.samples ?? []), async (input) => {
        const before = process.threadCpuUsage();
        try {
          await target.run(input);
          values += 1;
        } catch (error) {
          if (!isAllowed(target, error)) {
            throw error;
          }
          errors += 1;
        }
        const { user, system } = process.threadCpuUsage(before);
        const took = (user + system) / 1000;
        slowest = Math.max(slowest, took);
        if (took > LONGEST) {
          throw new Error(
            `took ${Math.round(took)} ms for ${JSON.stringify(input.text.slice(0, 40))} (${input.text.length})`,
          );
        }
      }),
      { numRuns: runs, endOnFailure: true },
    );
    parentPort?.postMessage({ target: target.name, values, errors, slowest });
  } catch (error) {
    parentPort?.postMessage({ target: target.name, values, errors, slowest, problem: shorten(error) });
  }
}

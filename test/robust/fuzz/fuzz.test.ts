import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { reportProblems } from '../collector.ts';
import { targets } from './targets.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1000);
/** Milliseconds without a target that ends. */
const LONGEST_TARGET = 60_000 + RUNS * 20;

type Done = { readonly target: string; readonly values: number; readonly errors: number; readonly slowest: number };
type Message = { readonly started: string } | (Done & { readonly problem?: string });

describe('fuzzing', function () {
  this.timeout(12 * 60 * 60_000);

  it(`turns any input of ${targets.length} targets into a value or a named error in bounded time, ${RUNS} times each`, async () => {
    const started = performance.now();
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { runs: RUNS } });
    const done: Done[] = [];
    const problems: string[] = [];
    let current = '';
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        problems.push(`${current} hangs`);
        void worker.terminate();
      };
      let timer = setTimeout(giveUp, LONGEST_TARGET);
      worker.on('message', (message: Message) => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, LONGEST_TARGET);
        if ('started' in message) {
          current = message.started;
          return;
        }
        done.push(message);
        if (message.problem !== undefined) {
          problems.push(`${message.target}: ${message.problem}`);
        }
      });
      worker.once('error', reject);
      worker.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    const tried = done.reduce((sum, { values, errors }) => sum + values + errors, 0);
    reportProblems('fuzzing', tried, problems, started);
    const slowest = done.toSorted((a, b) => b.slowest - a.slowest)[0];
    console.log(
      `      ${targets.length} targets, ${tried} inputs; the slowest took ${Math.round(slowest?.slowest ?? 0)} ms (${slowest?.target ?? ''})`,
    );
    assert.deepEqual(problems, []);
    assert.equal(done.length, targets.length);
    // A target that only refuses, or never sees a good input, proves nothing.
    assert.deepEqual(
      done.filter(({ values }) => values < RUNS / 50).map(({ target }) => target),
      [],
    );
  });
});

/** The median time of one run, in milliseconds. */
export type Measurement = { readonly name: string; readonly milliseconds: number };

const RUNS = 30;

/** Runs the work five times to warm up, then {@link RUNS} times to measure the median. */
export async function measure(name: string, work: () => unknown): Promise<Measurement> {
  const times: number[] = [];
  for (let run = -5; run < RUNS; run += 1) {
    const start = performance.now();
    await work();
    if (run >= 0) {
      times.push(performance.now() - start);
    }
  }
  return { name, milliseconds: times.toSorted((a, b) => a - b)[RUNS / 2] ?? 0 };
}

/** Prints the time of the work as a multiple of a baseline measured in the same run on the same machine. */
export function printRatio(work: Measurement, baseline: Measurement): void {
  const ratio = (work.milliseconds / baseline.milliseconds).toFixed(2);
  const times = `${work.milliseconds.toFixed(2)} ms / ${baseline.milliseconds.toFixed(2)} ms`;
  console.log(`${ratio.padStart(8)}  ${work.name}, relative to ${baseline.name} (${times})`);
}

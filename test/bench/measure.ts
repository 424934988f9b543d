/** One thing measured: milliseconds a run, the median of many. */
export type Measurement = { readonly name: string; readonly milliseconds: number };

const RUNS = 30;

/** Runs the work some times to warm up, then times it; the median is what a run takes. */
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

/** Prints what the work costs as a multiple of something familiar, measured in the same run on the same machine. */
export function printRatio(work: Measurement, yardstick: Measurement): void {
  const ratio = (work.milliseconds / yardstick.milliseconds).toFixed(2);
  const times = `${work.milliseconds.toFixed(2)} ms / ${yardstick.milliseconds.toFixed(2)} ms`;
  console.log(`${ratio.padStart(8)}  ${work.name}, over ${yardstick.name} (${times})`);
}

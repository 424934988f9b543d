import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { medianOf, type Row } from './rows.ts';

const run = promisify(execFile);
const RUNS = 5;
const EVENTS = 30;

type Run = Readonly<Record<'load' | 'reload' | 'rows' | 'record' | 'compact' | 'disk' | 'heap', number>>;

/** What the timeline of one account costs, with {@link EVENTS} events per destination in 90 days. */
export async function benchTimeline(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const destinations of [100, 1000, 5000]) {
    const runs: Run[] = [];
    for (let index = 0; index < RUNS; index += 1) {
      const script = new URL('timeline-run.ts', import.meta.url).pathname;
      const { stdout } = await run(process.execPath, ['--expose-gc', script, String(destinations), String(EVENTS)]);
      runs.push(JSON.parse(stdout) as Run);
    }
    const median = (key: keyof Run): number => medianOf(runs.map((each) => each[key]));
    const name = `timeline of ${destinations} destinations × ${EVENTS} events`;
    rows.push(
      { name: `${name}: on disk`, value: median('disk') / 1e6, unit: 'MB' },
      { name: `${name}: memory while loaded`, value: median('heap') / 1e6, unit: 'MB' },
      { name: `${name}: load`, value: median('load'), unit: 'ms' },
      { name: `${name}: load again, unchanged`, value: median('reload'), unit: 'ms' },
      { name: `${name}: the days of 40 rows`, value: median('rows'), unit: 'ms' },
      { name: `${name}: record a move`, value: median('record'), unit: 'ms' },
      { name: `${name}: compact`, value: median('compact'), unit: 'ms' },
    );
  }
  return rows;
}

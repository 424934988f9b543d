import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { medianOf, type Row } from './rows.ts';

const run = promisify(execFile);
const RUNS = 5;
const SIZES = [10, 50, 200, 500, 1000] as const;
/** Short, so that thousands of requests take no time; the CPU spent is the same. */
const LATENCY = 5;

type Refresh = {
  readonly cpu: number;
  readonly requests: number;
  readonly events: number;
  readonly rows: number;
  readonly statusUpdates: number;
  readonly delayP99: number;
};

type Run = {
  readonly heap: number;
  readonly showFailing: number;
  readonly first: Refresh;
  readonly unchanged: Refresh;
  readonly changed: Refresh;
};

/** What refreshing costs by the number of accounts, with 40 destinations each, the tree visible and all rows expanded. */
export async function benchGrowth(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const cpuOf = new Map<number, number>();
  for (const accounts of SIZES) {
    const runs: Run[] = [];
    for (let index = 0; index < RUNS; index += 1) {
      const script = fileURLToPath(new URL('growth-run.ts', import.meta.url));
      const { stdout } = await run(process.execPath, ['--expose-gc', script, String(accounts), String(LATENCY)]);
      runs.push(JSON.parse(stdout) as Run);
    }
    const median = (pick: (each: Run) => number): number => medianOf(runs.map(pick));
    const name = `${accounts} accounts × 40 destinations`;
    const first = median(({ first: { cpu } }) => cpu);
    cpuOf.set(accounts, first);
    rows.push(
      { name: `${name}: CPU of the first refresh`, value: first, unit: 'ms' },
      {
        name: `${name}: CPU of a refresh that changes nothing`,
        value: median(({ unchanged }) => unchanged.cpu),
        unit: 'ms',
      },
      {
        name: `${name}: CPU of a refresh that changes a tenth`,
        value: median(({ changed }) => changed.cpu),
        unit: 'ms',
      },
      { name: `${name}: heap`, value: median(({ heap }) => heap), unit: 'MB' },
      {
        name: `${name}: heap per destination`,
        value: median(({ heap }) => (heap * 1e6) / (accounts * 40)),
        unit: 'bytes',
      },
      { name: `${name}: event loop delay, p99`, value: median(({ first: { delayP99 } }) => delayP99), unit: 'ms' },
      { name: `${name}: Show Failing`, value: median(({ showFailing }) => showFailing), unit: 'ms' },
      { name: `${name}: requests of a refresh`, value: median(({ changed }) => changed.requests), unit: '' },
      {
        name: `${name}: events of a refresh that changes nothing`,
        value: median(({ unchanged }) => unchanged.events),
        unit: '',
      },
      {
        name: `${name}: events of a refresh that changes all accounts`,
        value: median(({ changed }) => changed.events),
        unit: '',
      },
      { name: `${name}: rows repainted by it`, value: median(({ changed }) => changed.rows), unit: '' },
      {
        name: `${name}: updates of the status item by it`,
        value: median(({ changed }) => changed.statusUpdates),
        unit: '',
      },
    );
  }
  const growth = (from: number, to: number): Row => ({
    name: `CPU growth from ${from} to ${to} accounts`,
    value: (cpuOf.get(to) ?? 0) / (cpuOf.get(from) ?? 1),
    unit: '×',
  });
  return [...rows, growth(50, 500), growth(200, 1000)];
}

// Runs the robustness suites and prints one table at the end. `--bounded`: the short form, which CI runs. The long form
// takes about an hour. ROBUST_RUNS, FUZZ_RUNS and SOAK_INTERVAL (minutes) override how much is tried.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { delimiter, join, resolve } from 'node:path';
import type { SuiteResult } from '../test/robust/collector.ts';

const BOUNDED = { ROBUST_RUNS: '5000', FUZZ_RUNS: '1000', SOAK_INTERVAL: '60' };
const LONG = { ROBUST_RUNS: '200000', FUZZ_RUNS: '100000', SOAK_INTERVAL: '5' };

const folder = await mkdtemp(join(tmpdir(), 'robust-'));
const table = join(folder, 'table.jsonl');
const env = {
  ...(process.argv.includes('--bounded') ? BOUNDED : LONG),
  ...process.env,
  ROBUST_TABLE: table,
  PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
};
// `--exit`: a request of a window that the model killed during a pause never ends, and the SDK holds a timer of ten minutes for it.
const child = spawn('mocha', ['--exit', 'test/robust/**/*.test.ts'], {
  env,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
const code = await new Promise<number>((done) => {
  child.once('error', () => done(1));
  child.once('close', (exitCode) => done(exitCode ?? 1));
});

const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
const results = lines.map((line) => JSON.parse(line) as SuiteResult);
const rows = results.map(({ suite, tried, lost, leaked, doubled, seconds }) => [
  suite,
  tried,
  tried - lost - leaked - doubled,
  lost,
  leaked,
  doubled,
  seconds.toFixed(1),
]);
const sum = (of: (result: SuiteResult) => number): number => results.reduce((total, each) => total + of(each), 0);
const [tried, lost, leaked, doubled] = [
  sum((each) => each.tried),
  sum((each) => each.lost),
  sum((each) => each.leaked),
  sum((each) => each.doubled),
];
const seconds = sum((each) => each.seconds).toFixed(1);
const all = [
  ['suite', 'cases tried', 'survived', 'lost', 'leaked', 'doubled', 'seconds'],
  ...rows,
  ['all', tried, tried - lost - leaked - doubled, lost, leaked, doubled, seconds],
].map((row) => row.map(String));
const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
const isNumber = (column: number): boolean => column > 0;
for (const row of all) {
  const cells = row.map((cell, column) =>
    isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
  );
  console.log(cells.join('  '));
}
await rm(folder, { recursive: true, force: true });
process.exitCode = code === 0 && lost + leaked + doubled === 0 ? 0 : 1;

// Runs all checks and tests, at most two at a time, and prints `N passed, N failed` as the last line.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { delimiter, resolve } from 'node:path';

type Step = { readonly name: string; readonly command: readonly [string, ...string[]] };
type Outcome = { readonly name: string; readonly passed: number; readonly failed: number };

const preparation: readonly Step[] = [{ name: 'build', command: ['node', 'esbuild.mjs', '--tests'] }];
/**
 * Phases run in sequence, the lanes of a phase in parallel, the steps of a lane in sequence. The end-to-end tests are
 * sensitive to load, so they run alone.
 */
const phases: readonly (readonly (readonly Step[])[])[] = [
  [
    [
      { name: 'types', command: ['npm', 'run', '-s', 'check:types'] },
      { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
      { name: 'format', command: ['oxfmt', '--check', '.'] },
      { name: 'unused', command: ['knip'] },
      { name: 'unit', command: ['mocha', 'test/unit/**/*.test.ts'] },
      { name: 'translations', command: ['mocha', 'test/l10n/**/*.test.ts'] },
      { name: 'robust', command: ['node', 'scripts/test-robust.ts', '--bounded'] },
      { name: 'integration, oldest', command: ['node', 'scripts/test-integration.ts', 'oldest'] },
    ],
    [{ name: 'integration, newest', command: ['node', 'scripts/test-integration.ts', 'newest'] }],
  ],
  [[{ name: 'e2e', command: ['node', 'scripts/test-e2e.ts'] }]],
];

/** Puts the tools of this project first on the PATH, including Node 24. */
const env = { ...process.env, PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}` };

/** Runs a step and counts its tests from Mocha's summary. A failing step without failed tests counts as one failure. */
async function run({ name, command: [program, ...args] }: Step): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number>((done) => {
    child.once('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      done(1);
    });
    child.once('close', (exitCode) => done(exitCode ?? 1));
  });
  const output = Buffer.concat(chunks).toString();
  const passed = count(output, 'passing');
  const failing = count(output, 'failing');
  const failed = code === 0 ? failing : Math.max(1, failing);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`\n=== ${name}: ${failed === 0 ? 'ok' : 'FAILED'} (${seconds} s)\n${output.trimEnd()}`);
  return { name, passed, failed };
}

function count(output: string, word: 'passing' | 'failing'): number {
  return [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'gm'))].reduce(
    (sum, [, each]) => sum + Number(each),
    0,
  );
}

async function runLane(steps: readonly Step[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    outcomes.push(await run(step));
  }
  return outcomes;
}

const prepared = await runLane(preparation);
const outcomes = [...prepared];
if (prepared.every(({ failed }) => failed === 0)) {
  for (const lanes of phases) {
    outcomes.push(...(await Promise.all(lanes.map(runLane))).flat());
  }
}
const bad = outcomes.filter(({ failed }) => failed > 0).map(({ name }) => name);
console.log(bad.length > 0 ? `\nFailed: ${bad.join('; ')}` : '');
console.log(
  `${outcomes.reduce((sum, { passed }) => sum + passed, 0)} passed, ${outcomes.reduce((sum, { failed }) => sum + failed, 0)} failed`,
);
process.exitCode = bad.length > 0 ? 1 : 0;

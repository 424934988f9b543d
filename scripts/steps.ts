// Runs commands as the steps of `npm test` and `npm run check`, and counts the tests in their output.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { delimiter, resolve } from 'node:path';

export type Step = { readonly name: string; readonly command: readonly [string, ...string[]] };
export type Outcome = {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  /** What the step said about its failures; empty if it did not fail. */
  readonly reason: string;
};

/** The longest reason that is repeated, in characters. */
const LONGEST_REASON = 4000;

/** The steps that need neither a build nor a VS Code, apart from the unit tests. */
export const STATIC_CHECKS: readonly Step[] = [
  { name: 'types', command: ['npm', 'run', '-s', 'check:types'] },
  { name: 'lint', command: ['npm', 'run', '-s', 'check:lint'] },
  { name: 'format', command: ['npm', 'run', '-s', 'check:format'] },
  { name: 'unused', command: ['npm', 'run', '-s', 'check:unused'] },
];
export const UNIT_TESTS: Step = { name: 'unit', command: ['npm', 'run', '-s', 'test:unit'] };

/** Puts the tools of this project first on the PATH, including Node 24. */
const env = { ...process.env, PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}` };

/** Runs the steps of a lane in sequence and the lanes in parallel. */
export async function runLanes(lanes: readonly (readonly Step[])[]): Promise<readonly Outcome[]> {
  return (await Promise.all(lanes.map(runLane))).flat();
}

/**
 * Prints what failed and why, since the output of the step may be far above, and `N passed, N failed` as the last line. The process
 * will exit with 1 if a step failed.
 */
export function report(outcomes: readonly Outcome[]): void {
  const bad = outcomes.filter(({ failed }) => failed > 0);
  for (const { name, reason } of bad) {
    console.log(`\n=== ${name} failed:\n${reason.replaceAll(/^/gm, '| ')}`);
  }
  console.log(bad.length > 0 ? `\nFailed: ${bad.map(({ name }) => name).join('; ')}` : '');
  const sum = (key: 'passed' | 'failed'): number => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = bad.length > 0 ? 1 : 0;
}

async function runLane(steps: readonly Step[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    outcomes.push(await run(step));
  }
  return outcomes;
}

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
  return { name, passed, failed, reason: failed === 0 ? '' : reasonIn(output) };
}

/** Mocha's list of failures, or the end of the output of another tool. */
function reasonIn(output: string): string {
  const at = output.search(/^\s*\d+ failing\b/m);
  const text = output.trimEnd();
  return at === -1 ? text.slice(-LONGEST_REASON) : text.slice(at).slice(0, LONGEST_REASON);
}

function count(output: string, word: 'passing' | 'failing'): number {
  return [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'gm'))].reduce(
    (sum, [, each]) => sum + Number(each),
    0,
  );
}

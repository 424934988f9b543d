// Packages the extension and runs the end-to-end tests with Mocha in a real workbench, two files at a time. Mocha arguments
// (`--grep`, files) can follow; without a file, all tests in test/e2e run. `--times 10` looks for flakiness: it runs each file ten
// times beside a thread that does nothing but compute, and counts the failures.
import { spawn } from 'node:child_process';
import { glob } from 'node:fs/promises';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { packageExtension } from './package-extension.ts';

const LANES = 2;

type Run = { readonly code: number; readonly output: string };

/** Runs the tests of a file. */
async function run(file: string, args: readonly string[]): Promise<Run> {
  const mocha = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', '--reporter', 'spec', ...args, file]);
  const chunks: Buffer[] = [];
  for (const stream of [mocha.stdout, mocha.stderr]) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const code = await new Promise<number>((done) => mocha.once('close', (exitCode) => done(exitCode ?? 1)));
  return { code, output: Buffer.concat(chunks).toString() };
}

/** Works on the queue in lanes until it is empty. */
async function inLanes(queue: readonly string[], work: (file: string) => Promise<void>): Promise<void> {
  const left = [...queue];
  const runLane = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      await work(file);
    }
  };
  await Promise.all(Array.from({ length: LANES }, runLane));
}

/** Runs each file once. Resolves with the files that failed. */
async function runOnce(files: readonly string[], args: readonly string[]): Promise<readonly string[]> {
  const failed: string[] = [];
  await inLanes(files, async (file) => {
    const started = performance.now();
    const { code, output } = await run(file, args);
    console.log(`${output.trimEnd()}\n${file}: ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
    if (code !== 0) {
      failed.push(file);
    }
  });
  return failed;
}

/** Runs each file several times on a loaded machine. Resolves with the files that failed, with how often. */
async function runOften(files: readonly string[], args: readonly string[], times: number): Promise<readonly string[]> {
  const failures = new Map<string, number>();
  const load = new Worker('for (;;) {}', { eval: true });
  const rounds = Array.from({ length: times }, () => files).flat();
  await inLanes(rounds, async (file) => {
    const { code, output } = await run(file, args);
    console.log(`${file}: ${code === 0 ? 'passed' : `failed\n${output}`}`);
    if (code !== 0) {
      failures.set(file, (failures.get(file) ?? 0) + 1);
    }
  });
  await load.terminate();
  return [...failures].map(([file, count]) => `${file} (${count} of ${times})`);
}

await packageExtension();
const given = process.argv.slice(2);
const at = given.indexOf('--times');
const times = at === -1 ? 0 : Number(given.splice(at, 2)[1]);
const files = given.filter((each) => each.endsWith('.ts'));
const args = given.filter((each) => !each.endsWith('.ts'));
if (files.length === 0) {
  for await (const file of glob('test/e2e/**/*.test.ts')) {
    files.push(file);
  }
}
const sorted = files.toSorted();
const failed = await (times > 0 ? runOften(sorted, args, times) : runOnce(sorted, args));
if (failed.length > 0) {
  console.log(`Failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}

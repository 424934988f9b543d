// Packages the extension and runs the end-to-end tests with Mocha in a real workbench, one file after another. Mocha
// arguments (`--grep`, files) can follow; without a file, all tests in test/e2e run.
import { spawn } from 'node:child_process';
import { glob } from 'node:fs/promises';
import process from 'node:process';
import { packageExtension } from './package-extension.ts';

const LANES = Number(process.env['E2E_LANES'] ?? 2);

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

await packageExtension();
const given = process.argv.slice(2);
const named = given.filter((each) => each.endsWith('.ts'));
const args = given.filter((each) => !each.endsWith('.ts'));
const files: string[] = [...named];
if (named.length === 0) {
  for await (const file of glob('test/e2e/**/*.test.ts')) {
    files.push(file);
  }
}
const queue = files.toSorted();
const failed: string[] = [];

/** Runs the files of the queue until it is empty, and prints the output of each at its end. */
async function runLane(): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const started = performance.now();
    let last = await run(file, args);
    if (last.code !== 0) {
      // On a busy machine, a window can miss a key press. The steps of a file depend on each other, so all are repeated. Marked,
      // so that the first run is seen and not counted.
      console.log(last.output.replaceAll(/^/gm, '| '));
      console.log(`| ${file} failed and is run once more, from its start.`);
      last = await run(file, args);
    }
    console.log(`${last.output.trimEnd()}\n${file}: ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
    if (last.code !== 0) {
      failed.push(file);
    }
  }
}

await Promise.all(Array.from({ length: LANES }, runLane));
if (failed.length > 0) {
  console.log(`Failed twice: ${failed.join(', ')}`);
  process.exitCode = 1;
}

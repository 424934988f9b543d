import path from 'node:path';
import { readdir } from 'node:fs/promises';

/** VS Code calls this function inside the extension host. `esbuild.mjs --tests` writes every test file beside this one. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  // The output reaches the terminal through the console, so the reporter has to write whole lines.
  const only = process.env['GREP'] ? { grep: process.env['GREP'] } : {};
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', timeout: 20_000, forbidOnly: true, ...only });
  const files = (await readdir(__dirname, { recursive: true })).filter((name) => name.endsWith('.test.cjs')).toSorted();
  if (files.length === 0) {
    throw new Error(`There is no test in ${__dirname}.`);
  }
  for (const file of files) {
    mocha.addFile(path.join(__dirname, file));
  }
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) {
    throw new Error(`${failures} integration tests failed.`);
  }
}

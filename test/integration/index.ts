import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import path from 'node:path';

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
  const coverageFolder = process.env['COVERAGE_FOLDER'];
  const takeCoverage = coverageFolder ? await recordCoverage() : undefined;
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (coverageFolder && takeCoverage) {
    await mkdir(coverageFolder, { recursive: true });
    await writeFile(path.join(coverageFolder, 'coverage.json'), JSON.stringify(await takeCoverage()));
  }
  if (failures > 0) {
    throw new Error(`${failures} integration tests failed.`);
  }
}

/**
 * Starts to record which code of the extension runs, in its bundles or in those of the tests. Resolves with a function that
 * returns it as `NODE_V8_COVERAGE` does.
 */
async function recordCoverage(): Promise<() => Promise<{ readonly result: readonly object[] }>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const dist = path.join(__dirname, '..', '..', '/');
  return async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return {
      result: result
        .map((script) => ({ ...script, url: script.url.replace(/^(?=\/)/, 'file://') }))
        .filter(({ url }) => decodeURI(url.replace(/^file:\/\//, '')).startsWith(dist)),
    };
  };
}

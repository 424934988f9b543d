// Breaks the core line by line and counts what no unit test notices. `node scripts/mutation.ts [folder …]` takes folders of
// src/core; the default is every folder with a floor. Prints the survivors, and fails where a score is below its floor.
// Stryker comes through npx at a fixed version, because it is larger than all other development dependencies together.
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { delimiter, resolve } from 'node:path';

const STRYKER = '@stryker-mutator/core@10.1.1';
const WORK = '.vscode-test/mutation';
/** In percent of all mutants, those that no test runs included. */
const FLOOR = 85;
const FOLDERS = ['model', 'replacement', 'destinations', 'policies', 'monitoring', 'testing', 'api'];

type Mutant = {
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'RuntimeError' | 'CompileError' | 'Ignored';
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
};
type Report = { readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>> };

async function measure(folder: string): Promise<{ readonly folder: string; readonly score: number }> {
  await mkdir(WORK, { recursive: true });
  const [config, report] = [resolve(WORK, `${folder}.config.json`), resolve(WORK, `${folder}.json`)];
  const options = {
    testRunner: 'mocha12',
    plugins: [resolve('scripts/mutation-runner.ts')],
    // Only the tests of the same folder: a rule that only another folder's tests notice has no test of its own.
    mochaSpecs: [`test/unit/core/${folder}/**/*.test.ts`],
    mutate: [`src/core/${folder}/**/*.ts`],
    coverageAnalysis: 'perTest',
    concurrency: 1,
    timeoutMS: 10_000,
    reporters: ['json'],
    jsonReporter: { fileName: report },
    tempDirName: `.stryker-tmp/${folder}`,
    ignorePatterns: ['.vscode-test', 'dist', 'coverage', 'docs', '*.vsix'],
    // Stryker would need the TypeScript compiler only to rewrite paths in tsconfig.json.
    tsconfigFile: 'none.json',
    warnings: { unknownOptions: false },
  };
  await writeFile(config, JSON.stringify(options));
  const env = { ...process.env, PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}` };
  const child = spawn('npx', ['--yes', '--package', STRYKER, 'stryker', 'run', config], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const code = await new Promise<number>((done) => {
    child.once('error', () => done(1));
    child.once('close', (exitCode) => done(exitCode ?? 1));
  });
  if (code !== 0) {
    throw new Error(`Stryker ended with ${code} in ${folder}`);
  }
  return summarize(folder, JSON.parse(await readFile(report, 'utf8')) as Report);
}

function summarize(folder: string, { files }: Report): { readonly folder: string; readonly score: number } {
  const counts = { killed: 0, survived: 0, untested: 0 };
  for (const [file, { mutants }] of Object.entries(files)) {
    for (const { status, mutatorName, replacement = '', location } of mutants) {
      if (status === 'Killed' || status === 'Timeout') {
        counts.killed += 1;
      } else if (status === 'Survived' || status === 'NoCoverage') {
        counts[status === 'Survived' ? 'survived' : 'untested'] += 1;
        const { line, column } = location.start;
        const change = replacement.replaceAll(/\s+/g, ' ').slice(0, 80);
        console.log(`${file}:${line}:${column} ${status} ${mutatorName} → ${change}`);
      }
    }
  }
  const all = counts.killed + counts.survived + counts.untested;
  const score = (100 * counts.killed) / Math.max(1, all);
  const left = `${counts.survived} survived, ${counts.untested} are run by no test`;
  console.log(`${folder}: ${score.toFixed(1)} % of ${all} mutants are noticed (${left})`);
  return { folder, score };
}

const asked = process.argv.slice(2);
const scores: { readonly folder: string; readonly score: number }[] = [];
for (const folder of asked.length > 0 ? asked : FOLDERS) {
  scores.push(await measure(folder));
}
console.log(`\n${scores.map(({ folder, score }) => `${folder} ${score.toFixed(1)} %`).join(', ')}`);
process.exitCode = scores.some(({ score }) => score < FLOOR) ? 1 : 0;

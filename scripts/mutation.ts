// Breaks the core line by line and counts what no unit test notices. `node scripts/mutation.ts [folder …]` takes folders of
// src/core; the default is every folder with a floor. `--since <commit>` breaks only the files that changed since then, of which
// the most-changed ones if there are many. Prints the survivors, and fails where a score is below the floor.
// Stryker comes through npx at a fixed version, because it is larger than all other development dependencies together.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { delimiter, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';

const STRYKER = '@stryker-mutator/core@10.1.1';
const WORK = '.vscode-test/mutation';
/** In percent of all mutants, those that no test runs included. */
const FLOOR = 85;
/** With `--since`: the changed files that are broken, so that the run ends within minutes. */
const MOST_FILES = 8;
const FOLDERS = ['model', 'replacement', 'destinations', 'policies', 'monitoring', 'testing', 'api'];

type Mutant = {
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'RuntimeError' | 'CompileError' | 'Ignored';
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
};
/** `all`: the number of mutants. `score`: the percentage that is noticed. */
type Measured = { readonly folder: string; readonly all: number; readonly score: number };
type Report = { readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>> };

async function measure(folder: string, files: readonly string[] = [`src/core/${folder}/**/*.ts`]): Promise<Measured> {
  await mkdir(WORK, { recursive: true });
  const [config, report] = [resolve(WORK, `${folder}.config.json`), resolve(WORK, `${folder}.json`)];
  const options = {
    testRunner: 'mocha12',
    plugins: [resolve('scripts/mutation-runner.ts')],
    // Only the tests of the same folder: a rule that only another folder's tests notice has no test of its own.
    mochaSpecs: [`test/unit/core/${folder}/**/*.test.ts`],
    mutate: files,
    coverageAnalysis: 'perTest',
    concurrency: 1,
    timeoutMS: 10_000,
    reporters: ['json'],
    jsonReporter: { fileName: report },
    tempDirName: `.stryker-tmp/${folder}`,
    ignorePatterns: ['.vscode-test', '.stryker-tmp', 'dist', 'coverage', 'docs', '*.vsix'],
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

function summarize(folder: string, { files }: Report): Measured {
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
  return { folder, all, score };
}

/** The files of the core that changed since a commit, those with the most changed lines first, by folder. */
async function readChanged(commit: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { stdout } = await promisify(execFile)('git', ['diff', '--numstat', '--no-renames', commit, '--', 'src/core']);
  const changed = stdout
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([added = '', removed = '', file = '']) => ({ file, lines: Number(added) + Number(removed) }))
    .filter(({ file }) => FOLDERS.includes(file.split('/')[2] ?? '') && existsSync(file))
    .toSorted((a, b) => b.lines - a.lines)
    .map(({ file }) => file);
  for (const file of changed.slice(MOST_FILES)) {
    console.log(`${file} is left out, because ${MOST_FILES} files with more changes are measured.`);
  }
  return Map.groupBy(changed.slice(0, MOST_FILES), (file) => file.split('/')[2] ?? '');
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { since: { type: 'string' } } });
const work: Iterable<readonly [string, (readonly string[])?]> =
  values.since === undefined
    ? (positionals.length > 0 ? positionals : FOLDERS).map((folder) => [folder] as const)
    : await readChanged(values.since);
const scores: Measured[] = [];
for (const [folder, files] of work) {
  scores.push(await measure(folder, files));
}
console.log(`\n${scores.map(({ folder, score }) => `${folder} ${score.toFixed(1)} %`).join(', ')}`);
// A changed file can hold types only, which have no mutants.
const counted = values.since === undefined ? scores : scores.filter(({ all }) => all > 0);
process.exitCode = counted.some(({ score }) => score < FLOOR) ? 1 : 0;

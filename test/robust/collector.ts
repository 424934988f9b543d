import { appendFileSync } from 'node:fs';
import process from 'node:process';

/** What one robustness suite tried. `lost`, `leaked` and `doubled` are deliveries, credentials and objects; all must be 0. */
export type SuiteResult = {
  readonly suite: string;
  readonly tried: number;
  readonly lost: number;
  readonly leaked: number;
  readonly doubled: number;
  readonly seconds: number;
};

/** Adds a row to the table that `scripts/test-robust.ts` prints at the end. */
export function report(result: SuiteResult): void {
  const file = process.env['ROBUST_TABLE'];
  if (file !== undefined) {
    appendFileSync(file, `${JSON.stringify(result)}\n`);
  }
}

/** Counts problems by what they are about. A problem of another kind counts as lost, because it fails the suite too. */
export function reportProblems(suite: string, tried: number, problems: readonly string[], started: number): void {
  const leaked = problems.filter((each) => /leak|\bleft\b|stays open/.test(each)).length;
  const doubled = problems.filter((each) => /doubled|twice|sent \d+ times/.test(each)).length;
  const seconds = (performance.now() - started) / 1000;
  report({ suite, tried, lost: problems.length - leaked - doubled, leaked, doubled, seconds });
}

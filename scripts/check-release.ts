// Checks that a tag can be released, and prints the outputs of the step for GitHub Actions: `flag=--pre-release`, or
// `flag=` for a release. Usage: node scripts/check-release.ts v0.3.0
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { describeFailure, HostError } from '../test/vscode-host/host-error.ts';
import { isPreRelease } from './package-extension.ts';

type Manifest = { readonly version: string; readonly repository?: unknown };

/** Returns why a tag cannot be released, in sentences; none if it can. */
export function findReleaseProblems(tag: string, { version, repository }: Manifest, changelog: string): string[] {
  const headings = [...changelog.matchAll(/^## \[?([^\]\s]+)/gm)].map(([, heading]) => heading);
  return [
    ...(tag === `v${version}` ? [] : [`The tag is ${tag}, but the version in package.json is ${version}.`]),
    ...(headings.includes(version) ? [] : [`CHANGELOG.md has no section for ${version}.`]),
    ...(repository === undefined ? ['package.json names no repository, so the README would have no pictures.'] : []),
  ];
}

if (import.meta.main) {
  try {
    const manifest: Manifest = JSON.parse(await readFile('package.json', 'utf8'));
    const problems = findReleaseProblems(process.argv[2] ?? '', manifest, await readFile('CHANGELOG.md', 'utf8'));
    if (problems.length > 0) {
      throw new HostError(problems.join('\n'));
    }
    console.log(`flag=${isPreRelease(manifest.version) ? '--pre-release' : ''}`);
  } catch (error) {
    console.error(describeFailure(error));
    process.exitCode = 1;
  }
}

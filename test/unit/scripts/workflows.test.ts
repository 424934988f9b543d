import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { checkWorkflows, findWorkflowProblems } from '../../../scripts/check-workflows.ts';

const DIGEST = 'a'.repeat(40);

const GOOD = `
on: push
permissions:
  contents: read
jobs:
  a:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@${DIGEST} # v1.2.3
      - run: npm ci
      - run: npm run check
`;

describe('the GitHub workflows', () => {
  it('of this repository have no problem', async () => {
    assert.deepEqual(await checkWorkflows(), []);
  });

  it('have companions that are valid YAML', async () => {
    for await (const file of glob('.github/**/*.yml')) {
      assert.deepEqual(parseDocument(await readFile(file, 'utf8')).errors, [], file);
    }
  });

  const check = (change: (text: string) => string) => findWorkflowProblems(change(GOOD), ['check']);

  it('are accepted when nothing is wrong', () => {
    assert.deepEqual(
      check((text) => text),
      [],
    );
  });

  const wrong: readonly [string, (text: string) => string, RegExp][] = [
    ['broken YAML', (text) => `${text}\n  - :x: [`, /^Not valid YAML/],
    ['a key twice', (text) => `${text}\non: push\n`, /^Not valid YAML/],
    ['an unknown key', (text) => text.replace('timeout-minutes', 'timeout'), /unknown key “timeout”/],
    ['a misspelled permission', (text) => text.replace('contents: read', 'content: read'), /unknown key “content”/],
    ['all permissions', (text) => text.replace(/permissions:\n.*/, 'permissions: write-all'), /one by one/],
    ['no permissions', (text) => text.replace(/permissions:\n.*\n/, ''), /no “permissions”/],
    ['an action by tag', (text) => text.replace(`@${DIGEST}`, '@v4'), /not pinned by a digest/],
    ['a short digest', (text) => text.replace(`@${DIGEST}`, `@${DIGEST.slice(1)}`), /not pinned by a digest/],
    ['a digest without version', (text) => text.replace(' # v1.2.3', ''), /no comment with the version/],
    ['a missing script', (text) => text.replace('run check', 'run chekc'), /“chekc”, which does not exist/],
    ['code of strangers', (text) => text.replace('on: push', 'on: [pull_request_target]'), /strangers/],
    ['a missing job', (text) => text.replace('  a:', '  a:\n    needs: b'), /needs “b”, which does not exist/],
    ['no time limit', (text) => text.replace(/ +timeout.*\n/, ''), /no “timeout-minutes”/],
    ['a title in a shell', (text) => text.replace('npm ci', 'echo ${{ github.head_ref }}'), /expression in its script/],
  ];
  for (const [what, change, problem] of wrong) {
    it(`are refused with ${what}`, () => {
      const problems = check(change);
      assert.ok(problems.length > 0);
      assert.match(problems.join('\n'), problem);
    });
  }
});

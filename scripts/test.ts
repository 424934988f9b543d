// Runs all checks and tests, at most two at a time, and prints `N passed, N failed` as the last line.
import { report, runLanes, STATIC_CHECKS, type Step, UNIT_TESTS } from './steps.ts';

const preparation: Step = { name: 'build', command: ['node', 'esbuild.mjs', '--tests'] };
/** Phases run in sequence. The end-to-end tests have lanes of their own. */
const phases: readonly (readonly (readonly Step[])[])[] = [
  [
    [
      ...STATIC_CHECKS,
      { name: 'robust', command: ['node', 'scripts/test-robust.ts', '--bounded'] },
      { name: 'integration, oldest', command: ['node', 'scripts/test-integration.ts', 'oldest'] },
    ],
    [
      UNIT_TESTS,
      { name: 'translations', command: ['mocha', 'test/l10n/**/*.test.ts'] },
      { name: 'integration, newest', command: ['node', 'scripts/test-integration.ts', 'newest'] },
    ],
  ],
  [[{ name: 'e2e', command: ['node', 'scripts/test-e2e.ts'] }]],
];

const outcomes = [...(await runLanes([[preparation]]))];
if (outcomes.every(({ failed }) => failed === 0)) {
  for (const lanes of phases) {
    outcomes.push(...(await runLanes(lanes)));
  }
}
report(outcomes);

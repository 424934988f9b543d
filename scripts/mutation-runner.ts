// A Stryker test runner for Mocha 12 with native ES modules. The official one imports files of Mocha that 12.0 renamed.
import { createRequire } from 'node:module';
import { glob } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { default as MochaClass } from 'mocha';

/** In milliseconds, for tests without a timeout of their own. */
const LONGEST_WAIT = 5000;

/** The global through which the instrumented code and its test runner talk. */
const NAMESPACE = '__stryker__';

type Instrumentation = {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: unknown;
};

type TestResult = {
  readonly id: string;
  readonly name: string;
  readonly status: 0 | 1;
  readonly timeSpentMs: number;
  readonly failureMessage?: string;
};
type DryRun = { status: 'complete'; readonly tests: readonly TestResult[]; mutantCoverage?: unknown };
type MutantRun = {
  readonly activeMutant: { readonly id: string };
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
  readonly mutantActivation: 'static' | 'runtime';
};
type Options = { readonly mochaSpecs: readonly string[] };

function createRunner(options: Options) {
  const holder = globalThis as unknown as Record<string, Instrumentation | undefined>;
  const context: Instrumentation = (holder[NAMESPACE] ??= {});
  let mocha: MochaClass | undefined;
  let isLoaded = false;
  let isMeasuring = false;

  async function load(): Promise<MochaClass> {
    const require = createRequire(resolve('package.json'));
    const loaded = (await import(pathToFileURL(require.resolve('mocha')).href)) as { default: typeof MochaClass };
    // A generated test that notices a mutant does not look for the smallest input that does.
    const { configureGlobal } = await import('fast-check');
    configureGlobal({ endOnFailure: true });
    const created = new loaded.default({ timeout: 0, reporter: function ignore() {} as never });
    created.cleanReferencesAfterRun(false);
    for await (const file of glob([...options.mochaSpecs])) {
      created.addFile(resolve(file));
    }
    created.suite.beforeEach(function measure(this: Mocha.Context) {
      if (isMeasuring) {
        context.currentTestId = this.currentTest?.fullTitle();
      }
    });
    return created;
  }

  /** Modules load once, with the mutant of a static initializer switched on. */
  async function prepare(): Promise<MochaClass> {
    mocha ??= await load();
    if (!isLoaded) {
      await mocha.loadFilesAsync();
      isLoaded = true;
    }
    return mocha;
  }

  async function run(isBailing: boolean): Promise<readonly TestResult[]> {
    const current = await prepare();
    prepareSuite(current.suite, isBailing);
    const tests: TestResult[] = [];
    await new Promise<void>((done) => {
      const runner = current.run(() => done());
      runner.on('pass', (test) => {
        const title = test.fullTitle();
        tests.push({ id: title, name: title, status: 0, timeSpentMs: test.duration ?? 0 });
      });
      runner.on('fail', (test, error: Error) => {
        const title = test.ctx?.currentTest?.fullTitle() ?? test.fullTitle();
        tests.push({ id: title, name: title, status: 1, timeSpentMs: 0, failureMessage: error.message });
      });
    });
    return tests;
  }

  return {
    capabilities: async () => ({ reloadEnvironment: false }),
    init: async () => {},
    async dryRun(): Promise<DryRun> {
      isMeasuring = true;
      const tests = await run(false);
      isMeasuring = false;
      return { status: 'complete', tests, mutantCoverage: context.mutantCoverage };
    },
    async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation }: MutantRun) {
      context.hitLimit = hitLimit;
      context.hitCount = hitLimit === undefined ? undefined : 0;
      context.activeMutant = mutantActivation === 'static' ? activeMutant.id : undefined;
      await prepare();
      context.activeMutant = activeMutant.id;
      const wanted = testFilter?.map((title) => `^${title.replaceAll(/[$()*+.?[\\\]^{|}/]/g, String.raw`\$&`)}$`);
      (await prepare()).grep(new RegExp(wanted?.join('|') ?? ''));
      const tests = await run(true);
      if (context.hitLimit !== undefined && (context.hitCount ?? 0) > context.hitLimit) {
        return { status: 'timeout', reason: 'the mutant repeats a line too often' };
      }
      const killers = tests.filter(({ status }) => status === 1);
      return killers.length > 0
        ? {
            status: 'killed',
            killedBy: killers.map(({ id }) => id),
            failureMessage: killers[0]?.failureMessage ?? '',
            nrOfTests: tests.length,
          }
        : { status: 'survived', nrOfTests: tests.length };
    },
    dispose: async () => mocha?.dispose(),
  };
}
/** What Stryker's injector passes. */
createRunner.inject = ['options'] as const;

/** With a mutant: ends at the first failure, and a test that waits forever costs less than Stryker's timeout, a new process. */
function prepareSuite(suite: Mocha.Suite, hasMutant: boolean): void {
  suite.bail(hasMutant);
  for (const test of suite.tests) {
    if (test.timeout() === 0 || test.timeout() === LONGEST_WAIT) {
      test.timeout(hasMutant ? LONGEST_WAIT : 0);
    }
  }
  for (const child of suite.suites) {
    prepareSuite(child, hasMutant);
  }
}

/** Read by Stryker. */
export const strykerPlugins = [{ kind: 'TestRunner', name: 'mocha12', factory: createRunner }];

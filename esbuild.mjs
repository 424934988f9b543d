// Bundles the extension. `node esbuild.mjs` builds once, minified. `--watch` rebuilds on every change, with source maps.
// `--tests` also builds the integration tests, which run inside the extension host. `--coverage` builds with source maps
// and larger than shipped, so that what runs can be attributed to its lines.
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build, context } from 'esbuild';
import { readBundledPackages, toNotices, toSbom } from './scripts/third-party.ts';

const watch = process.argv.includes('--watch');
const isReadable = watch || process.argv.includes('--coverage');

const shared = {
  bundle: true,
  metafile: true,
  minify: !isReadable,
  sourcemap: isReadable ? 'linked' : false,
  legalComments: 'none',
  charset: 'utf8',
  logLevel: watch ? 'silent' : 'warning',
};

// VS Code patches the global `fetch` for proxies and certificates. A bundled HTTP client would bypass that patch.
const httpClients = /node_modules\/(undici|axios|node-fetch)\//;

/**
 * One `require('vscode')` per bundle. Without this, each of some thirty modules requires it and copies all its names, which
 * takes longer than everything else at start-up.
 */
const oneVscode = {
  name: 'one-vscode',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === 'one-vscode' ? { path: 'vscode', external: true } : { path: 'vscode', namespace: 'one-vscode' },
    );
    onLoad({ filter: /^vscode$/, namespace: 'one-vscode' }, () => ({ contents: `export * from 'vscode';` }));
  },
};

const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // esbuild cannot bundle the UMD build of jsonc-parser, which is the default for platform "node".
  mainFields: ['module', 'main'],
  plugins: [oneVscode],
};

/**
 * Leaves out of the SDK what this extension never uses: nested queries (its own are flat), and the description of the
 * machine, which the transport does not send (`src/core/api/transport.ts`). Saves 9 kB at start-up.
 */
const leanSdk = {
  name: 'lean-sdk',
  setup({ onLoad }) {
    onLoad({ filter: /cloudflare[\\/]internal[\\/]utils[\\/]query\.mjs$/ }, () => ({
      contents: `export const stringifyQuery = (query) => {
        const entries = Object.entries(query).filter(([, value]) => value !== undefined);
        if (entries.some(([, value]) => typeof value === 'object')) throw new TypeError('Only flat queries are bundled');
        return new URLSearchParams(entries.map(([key, value]) => [key, String(value)])).toString();
      };`,
    }));
    onLoad({ filter: /cloudflare[\\/]internal[\\/]detect-platform\.mjs$/ }, () => ({
      contents: 'export const isRunningInBrowser = () => false; export const getPlatformHeaders = () => ({});',
    }));
  },
};

/** Replaces the dynamic import of a lazily loaded bundle's entry with the separately built bundle. */
const lazyBundles = {
  name: 'lazy-bundles',
  setup({ onResolve }) {
    onResolve(
      { filter: /^\.\/(main|editing|managing|policies|transfer|answering|samples|recording|overview)\.ts$/ },
      ({ kind, path }) =>
        kind === 'dynamic-import' ? { path: path.replace(/\.ts$/, '.cjs'), external: true } : undefined,
    );
  },
};

/** A webview cannot run code that needs the extension host. */
const webviewForbidden = /^src\/(ui|core\/api)\//;
const page = { ...shared, platform: 'browser', format: 'iife', target: 'chrome138' };

/** The shipped bundles. `most` is the size limit in bytes; `forbidden` matches inputs that must not be bundled. */
const bundles = [
  {
    name: 'extension',
    most: 10_000,
    // Every window waits for this bundle during activation.
    forbidden: /node_modules\/|^src\/core\/(?!async|model)/,
    options: {
      ...node,
      entryPoints: ['src/extension.ts'],
      outfile: 'dist/extension.cjs',
      plugins: [oneVscode, lazyBundles],
      // Compiles `import()` to `require`, which VS Code resolves for the calling extension.
      supported: { 'dynamic-import': false },
    },
  },
  {
    name: 'main',
    most: 123_000,
    forbidden: httpClients,
    options: {
      ...node,
      entryPoints: ['src/main.ts'],
      outfile: 'dist/main.cjs',
      plugins: [oneVscode, leanSdk, lazyBundles],
      supported: { 'dynamic-import': false },
    },
  },
  {
    name: 'editing',
    most: 203_000,
    forbidden: httpClients,
    options: {
      ...node,
      entryPoints: ['src/editing.ts'],
      outfile: 'dist/editing.cjs',
      plugins: [oneVscode, lazyBundles],
      supported: { 'dynamic-import': false },
    },
  },
  {
    name: 'managing',
    most: 77_000,
    forbidden: httpClients,
    options: { ...node, entryPoints: ['src/managing.ts'], outfile: 'dist/managing.cjs' },
  },
  {
    name: 'policies',
    most: 118_000,
    forbidden: httpClients,
    options: { ...node, entryPoints: ['src/policies.ts'], outfile: 'dist/policies.cjs' },
  },
  {
    name: 'transfer',
    most: 80_000,
    forbidden: httpClients,
    options: { ...node, entryPoints: ['src/transfer.ts'], outfile: 'dist/transfer.cjs' },
  },
  {
    name: 'answering',
    most: 15_000,
    forbidden: httpClients,
    options: { ...node, entryPoints: ['src/answering.ts'], outfile: 'dist/answering.cjs' },
  },
  {
    name: 'recording',
    most: 15_000,
    forbidden: httpClients,
    options: { ...node, entryPoints: ['src/recording.ts'], outfile: 'dist/recording.cjs' },
  },
  {
    name: 'samples',
    most: 30_000,
    forbidden: httpClients,
    options: { ...node, entryPoints: ['src/samples.ts'], outfile: 'dist/samples.cjs' },
  },
  {
    name: 'overview',
    most: 57_000,
    forbidden: httpClients,
    options: { ...node, entryPoints: ['src/overview.ts'], outfile: 'dist/overview.cjs' },
  },
  {
    name: 'overview page',
    most: 62_000,
    forbidden: webviewForbidden,
    options: { ...page, entryPoints: ['src/webview/overview/overview.ts'], outfile: 'dist/overview/overview.js' },
  },
  {
    name: 'panel',
    most: 40_000,
    forbidden: webviewForbidden,
    options: { ...page, entryPoints: ['src/webview/panel.ts'], outfile: 'dist/panel/panel.js' },
  },
];

/** Returns the size of a bundle in bytes. Throws if the bundle exceeds its limit or contains a forbidden input. */
function inspect({ name, most, forbidden }, metafile) {
  const forbiddenInputs = Object.keys(metafile.inputs).filter((input) => forbidden.test(input));
  if (forbiddenInputs.length > 0) {
    throw new Error(`The ${name} bundle contains ${forbiddenInputs[0]}, which must not be shipped. Remove its import.`);
  }
  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
  if (!isReadable && bytes > most) {
    throw new Error(`The ${name} bundle has ${bytes} bytes. The limit in esbuild.mjs is ${most} bytes.`);
  }
  return bytes;
}

/** Builds one bundle per test file, so that Mocha can load test files by folder. */
async function buildTests() {
  await build({
    ...shared,
    minify: false,
    sourcemap: 'inline',
    entryPoints: await Array.fromAsync(glob('test/integration/{index,**/*.test}.ts')),
    outdir: 'dist/test/integration',
    outbase: 'test/integration',
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
  });
}

async function buildAll() {
  await rm('dist', { recursive: true, force: true });
  await mkdir('dist/meta', { recursive: true });
  const metafiles = [];
  for (const bundle of bundles) {
    const { metafile } = await build(bundle.options);
    metafiles.push(metafile);
    await writeFile(`dist/meta/${bundle.name}.json`, JSON.stringify(metafile));
    console.log(`${bundle.name}: ${(inspect(bundle, metafile) / 1000).toFixed(1)} kB of ${bundle.most / 1000} kB`);
  }
  const packages = await readBundledPackages(metafiles);
  await writeFile('dist/ThirdPartyNotices.txt', toNotices(packages));
  await writeFile('dist/sbom.cdx.json', toSbom(JSON.parse(await readFile('package.json', 'utf8')), packages));
  if (process.argv.includes('--tests')) {
    await buildTests();
  }
}

/** Prints build starts, errors and build ends in the format that the problem matcher in `.vscode/tasks.json` parses. */
const watchReporter = {
  name: 'watch-reporter',
  setup({ onStart, onEnd }) {
    onStart(() => console.log('[watch] build started'));
    onEnd(({ errors }) => {
      for (const { location, text } of errors) {
        console.log(`${location?.file ?? ''}:${location?.line ?? 0}:${location?.column ?? 0}: error: ${text}`);
      }
      console.log(`[watch] build finished, ${errors.length} errors`);
    });
  },
};

async function watchAll() {
  for (const { options } of bundles) {
    const watched = await context({ ...options, plugins: [...(options.plugins ?? []), watchReporter] });
    await watched.watch();
  }
}

try {
  await (watch ? watchAll() : buildAll());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

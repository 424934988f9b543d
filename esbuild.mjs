// Bundles the extension. `node esbuild.mjs` builds once, minified; `--watch` builds on every change, with source maps;
// `--tests` adds the integration tests, which run inside the extension host.
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build, context } from 'esbuild';
import { readBundledPackages, toNotices, toSbom } from './scripts/third-party.ts';

const watch = process.argv.includes('--watch');

const shared = {
  bundle: true,
  metafile: true,
  minify: !watch,
  sourcemap: watch ? 'linked' : false,
  legalComments: 'none',
  charset: 'utf8',
  logLevel: watch ? 'silent' : 'warning',
};

// VS Code patches its own fetch for proxies and certificates; a second HTTP client would go around it.
const httpClients = /node_modules\/(undici|axios|node-fetch)\//;

const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // The other build of jsonc-parser is one that no bundler can look into.
  mainFields: ['module', 'main'],
  external: ['vscode'],
};

/** Has the extension load the editing bundle when it is first needed, in the place of the module it is made from. */
const lazyEditing = {
  name: 'lazy-editing',
  setup({ onResolve }) {
    onResolve({ filter: /\/editing\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './editing.cjs', external: true } : undefined,
    );
  },
};

/** What is shipped: how it is built, the most it may weigh (bytes), and what must not be in it. */
const bundles = [
  {
    name: 'extension',
    most: 120_000,
    forbidden: httpClients,
    options: {
      ...node,
      entryPoints: ['src/extension.ts'],
      outfile: 'dist/extension.cjs',
      plugins: [lazyEditing],
      // `require` instead, which finds the extension it is called from.
      supported: { 'dynamic-import': false },
    },
  },
  {
    name: 'editing',
    most: 120_000,
    forbidden: httpClients,
    options: { ...node, entryPoints: ['src/editing.ts'], outfile: 'dist/editing.cjs' },
  },
  {
    name: 'panel',
    most: 40_000,
    // It has no business with what only the extension's host can do.
    forbidden: /^src\/(ui|core\/api)\//,
    options: {
      ...shared,
      entryPoints: ['src/webview/panel.ts'],
      outfile: 'dist/panel/panel.js',
      platform: 'browser',
      format: 'iife',
      target: 'chrome138',
    },
  },
];

/** Fails the build where a bundle weighs too much or holds what it must not. Returns its size in bytes. */
function inspect({ name, most, forbidden }, metafile) {
  const intruders = Object.keys(metafile.inputs).filter((input) => forbidden.test(input));
  if (intruders.length > 0) {
    throw new Error(`The ${name} bundle holds ${intruders[0]}, which must not be shipped.`);
  }
  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
  if (!watch && bytes > most) {
    throw new Error(`The ${name} bundle has ${bytes} bytes; the most it may have is ${most}.`);
  }
  return bytes;
}

/** Each test file is a bundle of its own, so that Mocha finds them in their folder. */
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

/** Announces each build and its errors in the words that the problem matcher of `.vscode/tasks.json` waits for. */
const announcing = {
  name: 'announcing',
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
    const watched = await context({ ...options, plugins: [...(options.plugins ?? []), announcing] });
    await watched.watch();
  }
}

try {
  await (watch ? watchAll() : buildAll());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

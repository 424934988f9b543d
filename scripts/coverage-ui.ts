// Measures which lines of src/ui the integration tests run in the extension host of the newest VS Code, and prints a table.
// V8 writes the coverage of each process when it ends; c8 maps it back to the sources.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const folder = await mkdtemp(path.join(tmpdir(), 'cfwebhooks-coverage-'));

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  return spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;
}

try {
  const built = run(['esbuild.mjs', '--tests', '--source-maps']);
  const tested = built || run(['scripts/test-integration.ts', 'newest'], { NODE_V8_COVERAGE: folder });
  const reported = run([
    'node_modules/c8/bin/c8.js',
    'report',
    ...['--temp-directory', folder, '--exclude-after-remap', '--all', '--src', 'src/ui', '--include', 'src/ui/**'],
    ...['--reporter', 'text', '--reporter', 'text-summary'],
  ]);
  process.exitCode = tested || reported;
} finally {
  await rm(folder, { recursive: true, force: true });
  // The build has source maps and is not minified. Nobody should take it for the one that is shipped.
  await rm('dist', { recursive: true, force: true });
}

// Runs the integration tests in the newest VS Code, and prints which lines and branches of src/ui they ran in the extension host.
// Mocha's `GREP` limits the tests. Leaves bundles in dist that are not for shipping.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import { CoverageReport } from 'monocart-coverage-reports';

const FOLDER = resolve('.vscode-test/coverage');

async function run(args: readonly string[]): Promise<void> {
  const env = { ...process.env, COVERAGE_FOLDER: FOLDER };
  const [code] = await once(spawn(process.execPath, args, { env, stdio: 'inherit' }), 'close');
  if (code !== 0) {
    throw new Error(`node ${args.join(' ')} ended with ${code}.`);
  }
}

await rm(FOLDER, { recursive: true, force: true });
await run(['esbuild.mjs', '--tests', '--coverage']);
await run(['scripts/test-integration.ts', 'newest']);
const report = new CoverageReport({
  name: 'src/ui in the extension host',
  outputDir: resolve('coverage/ui'),
  sourceFilter: (file) => file.includes('src/ui/'),
  reports: [['console-details', { metrics: ['lines', 'branches'] }], 'json-summary'],
});
await report.addFromDir(FOLDER);
await report.generate();

// Packages the extension as a user gets it, then drives it in the real workbench: Mocha over test/e2e, whose arguments
// (`--grep`, a file) may follow.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { packageExtension } from './package-extension.ts';

await packageExtension();
const given = process.argv.slice(2);
const files = given.some((each) => each.endsWith('.ts')) ? [] : ['test/e2e/**/*.test.ts'];
// A window on a busy machine now and then misses a key: each step may be tried once more.
const options = ['--reporter', 'spec', '--retries', '1'];
const mocha = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...options, ...given, ...files], {
  stdio: 'inherit',
});
mocha.once('exit', (code) => {
  process.exitCode = code ?? 1;
});

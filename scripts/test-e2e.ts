// Packages the extension and runs the end-to-end tests with Mocha in a real workbench. Mocha arguments (`--grep`, a
// file) can follow; without a file, all tests in test/e2e run.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { packageExtension } from './package-extension.ts';

await packageExtension();
const given = process.argv.slice(2);
const files = given.some((each) => each.endsWith('.ts')) ? [] : ['test/e2e/**/*.test.ts'];
// On a busy machine, a window can miss a key press, so each failed test is retried once.
const options = ['--reporter', 'spec', '--retries', '1'];
const mocha = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...options, ...given, ...files], {
  stdio: 'inherit',
});
mocha.once('exit', (code) => {
  process.exitCode = code ?? 1;
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { measure, printRatio } from './measure.ts';

const run = promisify(execFile);

/** Loads modules in a new Node process, with a stand-in for `vscode`. */
async function load(...modules: readonly string[]): Promise<void> {
  const standIn = `const m=require('module'),l=m._load;m._load=(n,...r)=>n==='vscode'?{l10n:{t:String},ThemeIcon:class{},ThemeColor:class{}}:l(n,...r);`;
  await run(process.execPath, [
    '-e',
    `${standIn}${modules.map((module) => `require(${JSON.stringify(module)})`).join(';')}`,
  ]);
}

/** Measures how much loading the extension adds to the start of Node, relative to loading the Cloudflare SDK. */
export async function benchStartUp(): Promise<void> {
  const bare = await measure('Node without the extension', async () => load('node:path'));
  const activated = `${process.cwd()}/dist/extension.cjs`;
  const thin = await measure('loading what activation needs', async () => load(activated));
  const bundle = await measure('loading the extension', async () => load(activated, `${process.cwd()}/dist/main.cjs`));
  const sdk = await measure('loading the complete Cloudflare SDK', async () => load('cloudflare'));
  printRatio(thin, bare);
  printRatio(bundle, bare);
  const added = ({ name, milliseconds }: typeof bare) => ({ name, milliseconds: milliseconds - bare.milliseconds });
  printRatio(added(thin), added(sdk));
  printRatio(added(bundle), added(sdk));
}

import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { createVSIX } from '@vscode/vsce';

/** Where the packaged extension is put. */
export const VSIX = 'dist/cloudflare-webhooks.vsix';

/** Sections of the README that are for who has the repository in front of them. */
const LEFT_OUT = ['Try it', 'Install it', 'Develop it'];

/**
 * The README as VS Code shows it of an installed extension: without what only a checkout has. Its pictures would be
 * missing there: VS Code shows none from a .vsix, and without a public repository there is no address to point to.
 */
function toPackagedReadme(readme: string): string {
  const [intro = '', ...sections] = readme.split(/^(?=## )/m);
  const kept = sections.filter((section) => !LEFT_OUT.some((title) => section.startsWith(`## ${title}\n`)));
  return [intro.replaceAll(/^!\[.*\]\(.*\)\n\n/gm, ''), ...kept].join('');
}

/** Packages what has been built (`node esbuild.mjs`) into {@link VSIX}, as `vsce package` would. */
export async function packageExtension(): Promise<void> {
  const readmePath = 'dist/README.md';
  await writeFile(readmePath, toPackagedReadme(await readFile('README.md', 'utf8')));
  await createVSIX({
    packagePath: VSIX,
    readmePath,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
}

if (import.meta.main) {
  await packageExtension();
  process.stdout.write(`${VSIX}\n`);
}

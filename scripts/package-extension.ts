import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { createVSIX } from '@vscode/vsce';

/** Path of the packaged extension, relative to the root of the repository. */
export const VSIX = 'dist/cloudflare-webhooks.vsix';

/** README sections that apply only to a checkout of the repository. */
const CHECKOUT_SECTIONS = ['Try it', 'Install it', 'Develop it'];

/**
 * Returns the README for the installed extension, without checkout sections and images. VS Code does not show images
 * from a .vsix, and without a public repository the images have no URL.
 */
function toPackagedReadme(readme: string): string {
  const [intro = '', ...sections] = readme.split(/^(?=## )/m);
  const kept = sections.filter((section) => !CHECKOUT_SECTIONS.some((title) => section.startsWith(`## ${title}\n`)));
  return [intro.replaceAll(/^!\[.*\]\(.*\)\n\n/gm, ''), ...kept].join('');
}

/** Packages the output of `node esbuild.mjs` into {@link VSIX}, as `vsce package` does. */
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

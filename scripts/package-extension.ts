import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import process from 'node:process';
import { createVSIX } from '@vscode/vsce';

/** Path of the packaged extension, relative to the root of the repository. */
export const VSIX = 'dist/cloudflare-webhooks.vsix';

const NEVER_SHIPPED: ReadonlySet<string> = new Set([
  '.git',
  '.stryker-tmp',
  '.vscode-test',
  'coverage',
  'node_modules',
]);

/** README sections that apply only to a checkout of the repository. */
const CHECKOUT_SECTIONS = ['Try it', 'Install it', 'Develop it'];

/**
 * Returns the README for the installed extension, without checkout sections. Without a repository it also has no images
 * and no links to other files, because VS Code and the Marketplace show only what has a URL. With a repository, vsce
 * turns relative links into URLs of the repository.
 */
export function toPackagedReadme(readme: string, hasRepository: boolean): string {
  const [intro = '', ...sections] = readme.split(/^(?=## )/m);
  const kept = sections.filter((section) => !CHECKOUT_SECTIONS.some((title) => section.startsWith(`## ${title}\n`)));
  const text = [intro, ...kept].join('');
  return hasRepository
    ? text
    : text.replaceAll(/^!\[.*\]\(.*\)\n\n/gm, '').replaceAll(/\[([^\]]+)\]\((?!https?:|#)[^)]*\)/g, '$1');
}

/** Whether a version belongs to the pre-release channel: its minor number is odd. */
export function isPreRelease(version: string): boolean {
  return Number(version.split('.')[1]) % 2 === 1;
}

/**
 * The time that all files of the package have, in seconds since the epoch (https://reproducible-builds.org/specs/source-date-epoch):
 * given, or that of the last commit, or where there is no repository the first one a ZIP archive can hold.
 */
async function sourceDate(): Promise<string> {
  const given = process.env['SOURCE_DATE_EPOCH'];
  if (given) {
    return given;
  }
  try {
    return (await promisify(execFile)('git', ['log', '-1', '--format=%ct'])).stdout.trim();
  } catch {
    return '315532800';
  }
}

/**
 * Packages what has been built (`node esbuild.mjs`) into {@link VSIX} or another file, as `vsce package` would: byte for byte the same
 * for the same sources.
 */
export async function packageExtension(packagePath = VSIX): Promise<void> {
  const readmePath = 'dist/README.md';
  const manifest: { readonly version: string; readonly repository?: unknown } = JSON.parse(
    await readFile('package.json', 'utf8'),
  );
  const hasRepository = manifest.repository !== undefined;
  await writeFile(readmePath, toPackagedReadme(await readFile('README.md', 'utf8'), hasRepository));
  // vsce reads the first one itself; a ZIP archive holds local times.
  process.env['SOURCE_DATE_EPOCH'] = await sourceDate();
  process.env['TZ'] = 'UTC';
  // vsce matches every file below its folder with every line of .vscodeignore, so it gets a copy without the 20,000 files of
  // the VS Codes that tests run in.
  const folder = await mkdtemp(path.join(tmpdir(), 'cfwebhooks-package-'));
  try {
    await cp('.', folder, { recursive: true, filter: (source) => !NEVER_SHIPPED.has(source) });
    await createVSIX({
      cwd: folder,
      packagePath: path.resolve(packagePath),
      readmePath,
      dependencies: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: hasRepository,
      preRelease: isPreRelease(manifest.version),
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

if (import.meta.main) {
  await packageExtension();
  const hash = createHash('sha256')
    .update(await readFile(VSIX))
    .digest('hex');
  process.stdout.write(`${VSIX}\nSHA-256 ${hash}\n`);
}

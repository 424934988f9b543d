import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A release on the registry that serves every VS Code that asked for a commit between releases. */
const release = '2.5.1';

const name = '@parcel/watcher';

/**
 * VS Code 1.105 takes `@parcel/watcher` from a git address, which needs git and GitHub. Puts the release from the registry
 * in its place, in the manifest and the lock file, and leaves everything else pinned as it is. Later versions are untouched.
 */
export async function pinParcelWatcher(vscodeFolder: string): Promise<void> {
  const manifestFile = path.join(vscodeFolder, 'package.json');
  const manifest = parse(await readFile(manifestFile, 'utf8'));
  const dependencies = manifest['dependencies'];
  if (!isRecord(dependencies) || !String(dependencies[name]).includes('#')) {
    return;
  }
  dependencies[name] = release;
  await writeFile(manifestFile, JSON.stringify(manifest));

  const lockFile = path.join(vscodeFolder, 'npm-shrinkwrap.json');
  const lock = parse(await readFile(lockFile, 'utf8'));
  const packages = lock['packages'];
  if (isRecord(packages)) {
    delete packages[`node_modules/${name}`];
    const root = packages[''];
    if (isRecord(root) && isRecord(root['dependencies'])) {
      root['dependencies'][name] = release;
    }
  }
  await writeFile(lockFile, JSON.stringify(lock));
}

function parse(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

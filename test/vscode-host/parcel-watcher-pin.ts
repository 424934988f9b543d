import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A registry release that works with every VS Code that depends on an unreleased commit. */
const release = '2.5.1';

const name = '@parcel/watcher';

/**
 * VS Code 1.105 depends on `@parcel/watcher` by git URL, which requires git and access to GitHub. Replaces that dependency
 * with a registry release in the manifest and the lock file. Does nothing for later versions of VS Code.
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

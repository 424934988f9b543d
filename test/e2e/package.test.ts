import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { VSIX } from '../../scripts/package-extension.ts';

/** The names of all files in a ZIP archive, from its central directory. */
function listNames(archive: Buffer): readonly string[] {
  const names: string[] = [];
  for (let at = archive.indexOf('PK\u0001\u0002', 0, 'latin1'); at !== -1;) {
    const length = archive.readUInt16LE(at + 28);
    names.push(archive.toString('utf8', at + 46, at + 46 + length));
    at = archive.indexOf('PK\u0001\u0002', at + 46 + length, 'latin1');
  }
  return names;
}

describe('the package', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'package-'));
  });
  after(async () => rm(folder, { recursive: true }));

  it('is the same to the byte when it is built twice, and holds its notices and bill of materials', async () => {
    // In a copy, because a build empties dist/, from where the other tests install the package.
    const copy = path.join(folder, 'checkout');
    const left = new Set(['.git', '.vscode-test', 'dist', 'node_modules']);
    await cp('.', copy, { recursive: true, filter: (source) => !left.has(source) });
    await symlink(path.resolve('node_modules'), path.join(copy, 'node_modules'), 'junction');
    for (const script of ['esbuild.mjs', 'scripts/package-extension.ts']) {
      await promisify(execFile)(process.execPath, [script], { cwd: copy });
    }
    // The other one is what the other tests install.
    const packages = await Promise.all([VSIX, path.join(copy, VSIX)].map(async (file) => readFile(file)));
    const [first, second] = packages.map((file) => createHash('sha256').update(file).digest('hex'));
    assert.equal(first, second);
    const names = listNames(packages[0] ?? Buffer.alloc(0));
    for (const name of ['dist/ThirdPartyNotices.txt', 'dist/sbom.cdx.json', 'LICENSE.txt']) {
      assert.ok(names.includes(`extension/${name}`), `${name} is not among ${names.join(', ')}`);
    }
  }).timeout(120_000);
});

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPackageFolders, readBundledPackages, toNotices, toSbom } from '../../../scripts/third-party.ts';

const metafileOf = (...inputs: readonly string[]) => ({
  outputs: { 'dist/a.cjs': { inputs: Object.fromEntries(inputs.map((input) => [input, { bytesInOutput: 1 }])) } },
});

describe('third-party code', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'third-party-'));
  });
  after(async () => rm(folder, { recursive: true }));

  async function putPackage(name: string, manifest: object, license?: string): Promise<string> {
    const at = path.join(folder, 'node_modules', name);
    await mkdir(at, { recursive: true });
    await writeFile(path.join(at, 'package.json'), JSON.stringify(manifest));
    if (license !== undefined) {
      await writeFile(path.join(at, 'LICENSE.md'), license);
    }
    // esbuild writes paths with slashes on every system.
    return path.join(at, 'index.js').replaceAll(path.sep, '/');
  }

  it('is found in the metafile, wherever node_modules is, without what was shaken off', () => {
    const metafile = metafileOf('src/a.ts', '../x/node_modules/b/lib/b.js', 'node_modules/@s/a/i.js');
    const shaken = { outputs: { o: { inputs: { 'node_modules/c/c.js': { bytesInOutput: 0 } } } } };
    assert.deepEqual(
      [...findPackageFolders([metafile, shaken])],
      [
        ['@s/a', 'node_modules/@s/a'],
        ['b', '../x/node_modules/b'],
      ],
    );
  });

  it('is named with its licence in the notices and in the bill of materials', async () => {
    const file = await putPackage('@s/good', { version: '1.2.3', license: 'MIT' }, 'Copyright A\r\nB\n');
    const packages = await readBundledPackages([metafileOf(file)]);
    assert.match(toNotices(packages), /@s\/good 1\.2\.3 \(MIT\)\n.*\n\nCopyright A\nB\n$/);
    const bom = JSON.parse(toSbom({ publisher: 'p', name: 'n', version: '1', license: 'MIT' }, packages)) as {
      readonly components: readonly { readonly purl: string }[];
    };
    assert.deepEqual(
      bom.components.map(({ purl }) => purl),
      ['pkg:npm/%40s/good@1.2.3'],
    );
  });

  it('fails the build where a licence is missing', async () => {
    const unnamed = await putPackage('unnamed', { version: '1.0.0' }, 'text');
    await assert.rejects(readBundledPackages([metafileOf(unnamed)]), /unnamed is bundled, but its package.json/);
    const fileless = await putPackage('fileless', { version: '1.0.0', license: 'MIT' });
    await assert.rejects(
      readBundledPackages([metafileOf(fileless)]),
      /fileless is bundled, but it has no licence file/,
    );
  });
});

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createSharedFiles, isProcessAlive } from '../../../../src/ui/host/shared-files.ts';

describe('shared files, in a folder', () => {
  let parent: string;
  let folder: string;
  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'shared-files-'));
    folder = path.join(parent, 'made', 'later');
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('reads nothing, lists nothing and removes nothing where there is no folder yet', async () => {
    const files = createSharedFiles(folder);
    assert.deepEqual([await files.names(), await files.read('a')], [[], undefined]);
    await files.remove('a');
    assert.equal(await files.rename('a', 'b'), false);
    assert.deepEqual(await readdir(parent), []);
  });

  it('returns what was written, and leaves no other file behind', async () => {
    const files = createSharedFiles(folder);
    await files.write('a', 'one');
    await files.write('a', 'two');
    assert.deepEqual([await files.read('a'), await files.names()], ['two', ['a']]);
    await files.remove('a');
    assert.deepEqual([await files.read('a'), await files.names()], [undefined, []]);
  });

  it('creates a file only once, also where many try at once', async () => {
    const files = createSharedFiles(folder);
    const texts = Array.from({ length: 50 }, (_, index) => `owner ${index}`);
    const won = await Promise.all(texts.map(async (text) => createSharedFiles(folder).create('a', text)));
    assert.equal(won.filter(Boolean).length, 1);
    assert.equal(await files.read('a'), texts[won.indexOf(true)]);
    assert.equal(await files.create('a', 'later'), false);
  });

  it('renames a file only once, also where many try at once', async () => {
    const files = createSharedFiles(folder);
    await files.write('a', 'text');
    const names = Array.from({ length: 20 }, (_, index) => `b${index}`);
    const won = await Promise.all(names.map(async (name) => files.rename('a', name)));
    assert.equal(won.filter(Boolean).length, 1);
    assert.deepEqual(await files.names(), [names[won.indexOf(true)]]);
  });

  it('shows a reader the old text or a new one, never a part of it', async () => {
    const files = createSharedFiles(folder);
    const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
    await files.write('x', texts[0] ?? '');
    let writing = true;
    const writer = (async () => {
      for (let round = 0; round < 30; round += 1) {
        await files.write('x', texts[round % 3] ?? '');
      }
      writing = false;
    })();
    let reads = 0;
    while (writing) {
      assert.ok(texts.includes((await files.read('x')) ?? ''));
      reads += 1;
    }
    await writer;
    assert.ok(reads > 0);
  });

  it('gives no other user access to a file', async function () {
    if (process.platform === 'win32') {
      // Windows has no mode bits for other users.
      this.skip();
    }
    await createSharedFiles(folder).write('a', 'text');
    assert.equal((await stat(path.join(folder, 'a'))).mode & 0o777, 0o600);
  });

  it('throws what is not about a missing or an existing file', async () => {
    const files = createSharedFiles(folder);
    await files.write('a', 'text');
    const inFile = createSharedFiles(path.join(folder, 'a'));
    await assert.rejects(inFile.read('b'));
    await assert.rejects(inFile.names());
    await assert.rejects(inFile.create('b', 'text'));
  });

  it('leaves no temporary file behind where a file cannot be replaced', async () => {
    await mkdir(path.join(folder, 'a'), { recursive: true });
    await assert.rejects(createSharedFiles(folder).write('a', 'text'));
    assert.deepEqual(await readdir(folder), ['a']);
  });

  it('knows whether a process runs', () => {
    assert.ok(isProcessAlive(String(process.pid)));
    assert.ok(!isProcessAlive('999999999'));
  });
});

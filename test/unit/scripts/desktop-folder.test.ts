import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { createShortFolder, fitsSocket } from '../../vscode-host/cache-folder.ts';

/** A path with this many bytes. */
const pathOf = (bytes: number): string => `/${'x'.repeat(bytes - 1)}`;

describe('the user data folder of a desktop VS Code', () => {
  it('has a path that leaves room for the socket on macOS and Linux', () => {
    const socket = '/1.139-main.sock'.length;
    assert.equal(fitsSocket(pathOf(103 - socket), 'darwin'), true);
    assert.equal(fitsSocket(pathOf(104 - socket), 'darwin'), false);
    assert.equal(fitsSocket(pathOf(107 - socket), 'linux'), true);
    assert.equal(fitsSocket(pathOf(108 - socket), 'linux'), false);
    assert.equal(fitsSocket(`/${'é'.repeat(60)}`, 'linux'), false);
  });

  it('may be long on Windows, which has named pipes', () => {
    assert.equal(fitsSocket(pathOf(200), 'win32'), true);
  });

  it('is short for a test run', async () => {
    const folder = await createShortFolder();
    try {
      assert.equal(fitsSocket(folder), true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

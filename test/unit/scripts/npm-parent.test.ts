import assert from 'node:assert/strict';
import { type System, watchNpm } from '../../../scripts/npm-parent.ts';

const SHELL = 20;
const NPM = 10;

/** A system in which this script is a child of a shell, which is a child of npm. */
function makeSystem(platform: NodeJS.Platform, tools: Partial<System> = {}) {
  const dead = new Set<number>();
  let parent = SHELL;
  const system: System = {
    platform,
    parent: () => parent,
    isAlive: (processId) => !dead.has(processId),
    read: () => assert.fail('Nothing may be read'),
    run: () => assert.fail('Nothing may be run'),
    ...tools,
  };
  return {
    hasExited: watchNpm(system),
    end: (processId: number, adopter?: number) => {
      dead.add(processId);
      parent = adopter ?? parent;
    },
  };
}

describe('the end of npm', () => {
  it('is seen on Linux without ps, whatever the name of the shell', () => {
    const { hasExited, end } = makeSystem('linux', {
      read: (file) => (file === `/proc/${SHELL}/stat` ? `${SHELL} (sh) 7) S ${NPM} 20 20 0 -1` : assert.fail(file)),
    });
    assert.equal(hasExited(), false);
    end(NPM);
    assert.equal(hasExited(), true);
  });

  it('is seen on macOS with ps', () => {
    const { hasExited, end } = makeSystem('darwin', { run: () => `  ${NPM}\n` });
    assert.equal(hasExited(), false);
    end(NPM);
    assert.equal(hasExited(), true);
  });

  it('is seen by the end of the shell where nothing tells the process above it', () => {
    const silent = {
      read: () => {
        throw new Error('ENOENT');
      },
      run: () => '',
    };
    for (const platform of ['linux', 'darwin', 'freebsd'] as const) {
      const { hasExited, end } = makeSystem(platform, silent);
      end(NPM);
      assert.equal(hasExited(), false);
      end(SHELL, 1);
      assert.equal(hasExited(), true, platform);
    }
  });

  it('is seen on Windows, which keeps the ID of a parent that has exited, without any program', () => {
    const { hasExited, end } = makeSystem('win32');
    assert.equal(hasExited(), false);
    end(SHELL);
    assert.equal(hasExited(), true);
  });
});

import assert from 'node:assert/strict';
import { createTypeAhead, type GridPosition, type KeyPress, readKey } from '../../../src/webview/overview/grid-keys.ts';

const POSITION: GridPosition = { at: 5, last: 9, page: 3, isTyping: false, hasSelection: false };

function press(key: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...held };
}

describe('keys of the grid', () => {
  for (const [key, index] of [
    ['ArrowDown', 6],
    ['ArrowUp', 4],
    ['PageDown', 8],
    ['PageUp', 2],
    ['Home', 0],
    ['End', 9],
  ] as const) {
    it(`moves with ${key}, and extends the selection with Shift`, () => {
      assert.deepEqual(readKey(press(key), POSITION), { kind: 'move', index, isExtending: false });
      assert.deepEqual(readKey(press(key, { shiftKey: true }), POSITION), { kind: 'move', index, isExtending: true });
    });
  }

  it('clears a selection with Escape, and leaves the key alone without one', () => {
    assert.deepEqual(readKey(press('Escape'), { ...POSITION, hasSelection: true }), { kind: 'clear' });
    assert.equal(readKey(press('Escape'), POSITION), undefined);
  });

  it('toggles with the space bar, except within a typed word', () => {
    assert.deepEqual(readKey(press(' '), POSITION), { kind: 'toggle' });
    assert.deepEqual(readKey(press(' '), { ...POSITION, isTyping: true }), { kind: 'find', letter: ' ' });
  });

  it('leaves the keys of VS Code alone', () => {
    assert.deepEqual(readKey(press('a', { ctrlKey: true }), POSITION), { kind: 'selectAll' });
    for (const key of [
      press('p', { ctrlKey: true }),
      press('Delete', { ctrlKey: true }),
      press('x', { altKey: true }),
      press('Tab'),
      press('F1'),
    ]) {
      assert.equal(readKey(key, POSITION), undefined, key.key);
    }
  });
});

describe('type-ahead', () => {
  const names = ['Alpha', 'Beta', 'Alert room', 'alarm', 'on call'];

  it('goes on to the next name with one letter, and around the end', () => {
    const typeAhead = createTypeAhead();
    assert.equal(typeAhead.find('A', 0, names, 0), 2);
    assert.equal(typeAhead.find('a', 2000, names, 2), 3);
    assert.equal(typeAhead.find('a', 4000, names, 3), 0);
  });

  it('narrows a word that is typed without a pause, with spaces', () => {
    const typeAhead = createTypeAhead();
    assert.equal(typeAhead.find('a', 0, names, 1), 2);
    assert.equal(typeAhead.find('l', 300, names, 2), 2);
    assert.equal(typeAhead.find('a', 600, names, 2), 3);
    assert.equal(typeAhead.isTyping(1300), true);
    assert.equal(typeAhead.isTyping(1400), false);
    for (const [time, letter] of ['o', 'n', ' ', 'c'].entries()) {
      typeAhead.find(letter, 5000 + time, names, 0);
    }
    assert.equal(typeAhead.find('a', 5010, names, 0), 4);
  });

  it('finds nothing in an empty list, or for another word', () => {
    assert.equal(createTypeAhead().find('a', 0, [], 0), -1);
    assert.equal(createTypeAhead().find('z', 0, names, 0), -1);
  });
});

import assert from 'node:assert/strict';
import { createOrderedState } from '../../../../src/ui/host/ordered-state.ts';

/** Like VS Code's memento: an echo of each write replaces the whole state a moment later. */
function makeMemento() {
  let values: Readonly<Record<string, unknown>> = {};
  let fails = false;
  return {
    keys: () => Object.keys(values),
    get: <T>(key: string, fallback?: T) => (values[key] as T | undefined) ?? fallback,
    async update(key: string, value: unknown) {
      if (fails) {
        throw new Error('full');
      }
      values = { ...values, [key]: value };
      const written = values;
      await new Promise((resolve) => setImmediate(resolve));
      values = written;
    },
    fail: (does: boolean) => {
      fails = does;
    },
  };
}

describe('ordered state', () => {
  it('keeps every key during concurrent writes and returns pending values', async () => {
    const memento = makeMemento();
    const state = createOrderedState(memento);
    const writes = ['a', 'b', 'c', 'a'].map((key, index) => state.update(key, index));
    assert.deepEqual([state.get('a'), state.get('b'), state.get('d')], [3, 1, undefined]);
    await Promise.all(writes);
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => memento.get(key)),
      [3, 1, 2],
    );
    assert.equal(state.get('a'), 3);
  });

  it('rejects a failed write and continues with the next write', async () => {
    const memento = makeMemento();
    const state = createOrderedState(memento);
    memento.fail(true);
    await assert.rejects(async () => state.update('a', 1), /full/);
    memento.fail(false);
    assert.equal(state.get('a'), undefined);
    await state.update('b', 2);
    assert.equal(memento.get('b'), 2);
  });
});

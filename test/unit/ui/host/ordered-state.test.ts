import assert from 'node:assert/strict';
import { createOrderedState } from '../../../../src/ui/host/ordered-state.ts';

/** As VS Code's: a write is echoed a moment later, and the echo taken for the whole state. */
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
  it('loses nothing where several keys are written at once, and reads what is not written yet', async () => {
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

  it('tells whoever wrote that it failed, and goes on with the next', async () => {
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

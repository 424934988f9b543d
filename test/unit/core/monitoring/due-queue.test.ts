import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createDueQueue } from '../../../../src/core/monitoring/due-queue.ts';

describe('due queue', () => {
  it('agrees with a sorted list, whatever is set, moved and deleted', () => {
    const step = fc.record({ key: fc.integer({ min: 0, max: 30 }), at: fc.option(fc.integer({ min: 0, max: 9 })) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = createDueQueue<number>();
        const model = new Map<number, number>();
        for (const { key, at } of steps) {
          model.delete(key);
          if (at === null) {
            queue.delete(key);
          } else {
            queue.set(key, at);
            model.set(key, at);
          }
          const [first] = [...model].toSorted(([, a], [, b]) => a - b);
          assert.equal(queue.size(), model.size);
          assert.deepEqual([queue.first()?.key, queue.first()?.at], [first?.[0], first?.[1]]);
        }
        for (const [key] of [...model].toSorted(([, a], [, b]) => a - b)) {
          assert.equal(queue.first()?.key, key);
          queue.delete(key);
        }
        assert.equal(queue.first(), undefined);
      }),
    );
  });

  it('forgets all where it is cleared', () => {
    const queue = createDueQueue<string>();
    queue.set('a', 1);
    queue.clear();
    queue.delete('a');
    assert.equal(queue.size(), 0);
  });
});

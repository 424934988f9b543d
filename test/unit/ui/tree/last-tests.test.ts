import assert from 'node:assert/strict';
import { createLastTests, type LastTest, MOST_TESTS } from '../../../../src/ui/tree/last-tests.ts';

const testAt = (at: number): LastTest => ({ at, way: 'direct', result: 'worked', reason: '', url: '' });

describe('last tests', () => {
  it('returns the newest result of each destination, and reports each change', () => {
    const tests = createLastTests();
    const told: string[] = [];
    const stop = tests.onChanged((...ids) => told.push(ids.join(' ')));
    tests.set('a', '1', testAt(1));
    tests.set('a', '1', testAt(2));
    stop();
    tests.set('a', '2', testAt(3));
    assert.deepEqual(
      [tests.get('a', '1'), tests.get('a', '2'), tests.get('b', '1')],
      [testAt(2), testAt(3), undefined],
    );
    assert.deepEqual(told, ['a 1', 'a 1']);
  });

  it('keeps accounts and destinations apart, whatever their IDs', () => {
    const tests = createLastTests();
    tests.set('a/b', 'c', testAt(1));
    tests.set('a', 'b/c', testAt(2));
    tests.set('__proto__', 'constructor', testAt(3));
    tests.keepAccounts(new Set(['a/b', '__proto__']));
    assert.deepEqual(
      [tests.get('a/b', 'c'), tests.get('a', 'b/c'), tests.get('__proto__', 'constructor')],
      [testAt(1), undefined, testAt(3)],
    );
  });

  it('returns the result of an ID in either form', () => {
    const tests = createLastTests();
    tests.set('a', '1-2', testAt(1));
    tests.set('a', '12', testAt(2));
    assert.deepEqual([tests.get('a', '1-2'), tests.get('a', '1-2-')], [testAt(2), testAt(2)]);
  });

  it('drops the oldest result after the limit', () => {
    const tests = createLastTests();
    tests.set('a', 'first', testAt(0));
    tests.set('a', 'second', testAt(1));
    tests.set('a', 'first', testAt(2));
    for (let index = 2; index <= MOST_TESTS; index += 1) {
      tests.set('a', String(index), testAt(index));
    }
    assert.equal(tests.get('a', 'second'), undefined);
    assert.deepEqual(tests.get('a', 'first'), testAt(2));
    assert.deepEqual(tests.get('a', String(MOST_TESTS)), testAt(MOST_TESTS));
  });
});

import assert from 'node:assert/strict';
import { findTransitions, keepAccounts, parseKnownFailures } from '../../../../src/core/monitoring/transitions.ts';
import { makeDestination } from '../api/fake-api.ts';

const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000001Z`;
const healthy = makeDestination('1', { lastSuccess: at(10) });
const failing = makeDestination('1', { lastSuccess: at(10), lastFailure: at(20) });

describe('transitions', () => {
  it('announce nothing at the first reading ever, and remember what fails', () => {
    const { newlyFailing, recovered, known } = findTransitions({}, 'a', [failing, makeDestination('2')]);
    assert.deepEqual([newlyFailing, recovered], [[], []]);
    assert.deepEqual(known, { a: { '1': at(20) } });
  });

  it('tell once that a destination has begun to fail, and once that it no longer does', () => {
    const first = findTransitions({}, 'a', [healthy]);
    assert.deepEqual(first.known, { a: {} });
    const second = findTransitions(first.known, 'a', [failing]);
    assert.deepEqual(second.newlyFailing, [failing]);
    const third = findTransitions(second.known, 'a', [failing]);
    assert.deepEqual(third.newlyFailing, []);
    assert.equal(third.known, second.known);
    const fourth = findTransitions(third.known, 'a', [
      makeDestination('1', { lastSuccess: at(30), lastFailure: at(20) }),
    ]);
    assert.deepEqual([fourth.newlyFailing, fourth.recovered, fourth.known], [[], ['1'], { a: {} }]);
  });

  it('take further failures of one that fails for the same', () => {
    const again = makeDestination('1', { lastSuccess: at(10), lastFailure: at(40) });
    assert.deepEqual(findTransitions({ a: { '1': at(20) } }, 'a', [again]).newlyFailing, []);
  });

  it('tell of one that failed, worked unseen and fails again', () => {
    const again = makeDestination('1', { lastSuccess: at(30), lastFailure: at(40) });
    assert.deepEqual(findTransitions({ a: { '1': at(20) } }, 'a', [again]).newlyFailing, [again]);
  });

  it('keep accounts apart, and forget deleted destinations and accounts', () => {
    const known = { a: { '1': at(20) }, b: { '2': at(1) } };
    const { recovered, known: after } = findTransitions(known, 'a', []);
    assert.deepEqual([recovered, after], [[], { a: {}, b: { '2': at(1) } }]);
    assert.deepEqual(keepAccounts(known, new Set(['b'])), { b: { '2': at(1) } });
    assert.equal(keepAccounts(known, new Set(['a', 'b'])), known);
  });

  it('begin anew where what was remembered cannot be read', () => {
    assert.deepEqual(parseKnownFailures({ a: { '1': at(20) } }), { a: { '1': at(20) } });
    for (const value of [undefined, null, 'x', [1], { a: 'x' }, { a: { b: 1 } }]) {
      assert.deepEqual(parseKnownFailures(value), {});
    }
  });
});

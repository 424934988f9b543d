import assert from 'node:assert/strict';
import {
  findTransitions,
  formatKnownFailures,
  keepAccounts,
  MOST_FAILURES,
  type KnownFailures,
  parseKnownFailures,
} from '../../../../src/core/monitoring/transitions.ts';
import { makeDestination } from '../api/fake-api.ts';

const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000001Z`;
const healthy = makeDestination('1', { lastSuccess: at(10) });
const failing = makeDestination('1', { lastSuccess: at(10), lastFailure: at(20) });

const knownOf = (failures: Record<string, Record<string, string>>): KnownFailures =>
  new Map(Object.entries(failures).map(([id, each]) => [id, new Map(Object.entries(each))]));

describe('transitions', () => {
  it('announce nothing at the first refresh ever, and remember what fails', () => {
    const { newlyFailing, recovered, known } = findTransitions(knownOf({}), 'a', [failing, makeDestination('2')]);
    assert.deepEqual([newlyFailing, recovered], [[], []]);
    assert.deepEqual(known, knownOf({ a: { '1': at(20) } }));
  });

  it('tell once that a destination has begun to fail, and once that it no longer does', () => {
    const first = findTransitions(knownOf({}), 'a', [healthy]);
    assert.deepEqual(first.known, knownOf({ a: {} }));
    const second = findTransitions(first.known, 'a', [failing]);
    assert.deepEqual(second.newlyFailing, [failing]);
    const third = findTransitions(second.known, 'a', [failing]);
    assert.deepEqual(third.newlyFailing, []);
    assert.equal(third.known, second.known);
    const fourth = findTransitions(third.known, 'a', [
      makeDestination('1', { lastSuccess: at(30), lastFailure: at(20) }),
    ]);
    assert.deepEqual([fourth.newlyFailing, fourth.recovered, fourth.known], [[], ['1'], knownOf({ a: {} })]);
  });

  it('tell once of one that never succeeded', () => {
    const never = makeDestination('1', { lastFailure: at(20) });
    const first = findTransitions(knownOf({ a: {} }), 'a', [never]);
    assert.deepEqual(first.newlyFailing, [never]);
    for (const again of [never, makeDestination('1', { lastFailure: at(40) })]) {
      assert.deepEqual(findTransitions(first.known, 'a', [again]).newlyFailing, []);
    }
  });

  it('tell once of a failure, although a list that could not be read as a whole lacks the destination in between', () => {
    const known = knownOf({ a: { '1': at(20) } });
    const partial = findTransitions(known, 'a', [makeDestination('2')], 1);
    assert.deepEqual([partial.recovered, partial.known], [[], known]);
    assert.deepEqual(findTransitions(partial.known, 'a', [failing]).newlyFailing, []);
    assert.deepEqual(findTransitions(known, 'a', [makeDestination('2')]).known, knownOf({ a: {} }));
  });

  it('tell once of a failure, although its time cannot be read in between', () => {
    const known = knownOf({ a: { '1': at(20) } });
    for (const unclear of [{ lastFailure: 'unreadable' }, { lastSuccess: at(10), lastFailure: 'unreadable' }]) {
      const between = findTransitions(known, 'a', [makeDestination('1', unclear)]);
      assert.deepEqual([between.recovered, between.known], [[], known]);
      assert.deepEqual(findTransitions(between.known, 'a', [failing]).newlyFailing, []);
    }
  });

  it('tell once of a failure, whether its ID has dashes or not, also where an earlier version stored it with them', () => {
    const id = '123e4567-e89b-12d3-a456-426614174000';
    const dashed = { ...failing, id };
    const plain = { ...failing, id: id.replaceAll('-', '') };
    const stored = parseKnownFailures({ a: { [id]: at(20) } });
    for (const known of [stored, findTransitions(knownOf({}), 'a', [dashed]).known]) {
      assert.deepEqual(findTransitions(known, 'a', [plain]).newlyFailing, []);
      const worked = { ...plain, lastSuccess: at(30) };
      assert.deepEqual(findTransitions(known, 'a', [worked]).recovered, [plain.id]);
    }
  });

  it('take further failures of one that fails for the same', () => {
    const again = makeDestination('1', { lastSuccess: at(10), lastFailure: at(40) });
    assert.deepEqual(findTransitions(knownOf({ a: { '1': at(20) } }), 'a', [again]).newlyFailing, []);
  });

  it('tell of one that failed, worked unseen and fails again', () => {
    const again = makeDestination('1', { lastSuccess: at(30), lastFailure: at(40) });
    assert.deepEqual(findTransitions(knownOf({ a: { '1': at(20) } }), 'a', [again]).newlyFailing, [again]);
  });

  it('tell of one that fails again after a success at the time of the known failure, when it was healthy', () => {
    const again = makeDestination('1', { lastSuccess: at(20), lastFailure: at(40) });
    assert.deepEqual(findTransitions(knownOf({ a: { '1': at(20) } }), 'a', [again]).newlyFailing, [again]);
  });

  it('tell of none whose known failure has no time that can be read', () => {
    assert.deepEqual(findTransitions(knownOf({ a: { '1': 'nonsense' } }), 'a', [failing]).newlyFailing, []);
  });

  it('keep accounts apart, and forget deleted destinations and accounts', () => {
    const known = knownOf({ a: { '1': at(20) }, b: { '2': at(1) } });
    const { recovered, known: after } = findTransitions(known, 'a', []);
    assert.deepEqual([recovered, after], [[], knownOf({ a: {}, b: { '2': at(1) } })]);
    assert.deepEqual(keepAccounts(known, new Set(['b'])), knownOf({ b: { '2': at(1) } }));
    assert.equal(keepAccounts(known, new Set(['a', 'b'])), known);
  });

  for (const id of ['constructor', 'prototype', '__proto__', 'toString']) {
    it(`tell once of a destination and an account with the ID ${id}, also after a restart`, () => {
      const restart = (known: KnownFailures): KnownFailures =>
        parseKnownFailures(JSON.parse(JSON.stringify(formatKnownFailures(known))));
      const destination = { ...failing, id };
      const first = findTransitions(knownOf({}), id, [destination]);
      assert.deepEqual(first.newlyFailing, []);
      const second = findTransitions(restart(first.known), id, [{ ...healthy, id }]);
      assert.deepEqual(second.recovered, [id]);
      const third = findTransitions(restart(second.known), id, [destination]);
      assert.deepEqual(third.newlyFailing, [destination]);
      assert.deepEqual(findTransitions(restart(third.known), id, [destination]).newlyFailing, []);
    });
  }

  it('are bounded: further failures wait for room, and none is told of twice', () => {
    const many = Array.from({ length: MOST_FAILURES + 2 }, (_, index) => ({ ...failing, id: `d${index}` }));
    const first = findTransitions(knownOf({ a: {} }), 'a', many);
    assert.deepEqual([first.newlyFailing.length, first.known.get('a')?.size], [MOST_FAILURES, MOST_FAILURES]);
    const again = findTransitions(first.known, 'a', many.toReversed());
    assert.deepEqual([again.newlyFailing, again.known], [[], first.known]);
    const [recovered = failing, ...others] = many;
    const after = findTransitions(again.known, 'a', [{ ...healthy, id: recovered.id }, ...others]);
    assert.deepEqual(after.recovered, ['d0']);
    assert.deepEqual(
      after.newlyFailing.map(({ id }) => id),
      [`d${MOST_FAILURES}`],
    );
    const odd = [
      { ...failing, id: 'x'.repeat(10_000) },
      { ...failing, lastFailure: at(20).padEnd(10_000, '9') },
    ];
    assert.ok(JSON.stringify(formatKnownFailures(findTransitions(knownOf({ a: {} }), 'a', odd).known)).length < 500);
  });

  it('begin anew where what was remembered cannot be read', () => {
    const stored = { a: { '1': at(20) } };
    assert.deepEqual(parseKnownFailures(stored), knownOf(stored));
    assert.deepEqual(formatKnownFailures(knownOf(stored)), stored);
    for (const value of [undefined, null, 'x', [1], { a: 'x' }, { a: { b: 1 } }]) {
      assert.deepEqual(parseKnownFailures(value), knownOf({}));
    }
  });
});

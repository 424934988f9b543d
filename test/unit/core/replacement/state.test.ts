import assert from 'node:assert/strict';
import {
  nextSteps,
  type Observed,
  parseReplacement,
  type Presence,
  type Stage,
  type Step,
  TRANSITIONS,
} from '../../../../src/core/replacement/state.ts';
import { makeState } from './make-state.ts';

const STAGES = Object.keys(TRANSITIONS) as readonly Stage[];
const candidate = { id: 'c', host: 'example.com' };

/** Every combination of what can be observed. */
function* allObserved(): Generator<Observed> {
  const presences: readonly Presence[] = ['exists', 'gone', 'unknown'];
  for (const old of presences) {
    for (const fresh of [...presences, 'none'] as const) {
      for (const isSettling of [false, true]) {
        for (const candidates of [[], [candidate], [candidate, { id: 'd', host: 'example.com' }]]) {
          for (const onOld of [undefined, 0, 2]) {
            for (const onNew of onOld === undefined ? [undefined] : [0, 2]) {
              for (const inNeither of [[], ['p']]) {
                yield { old, new: fresh, isSettling, candidates, onOld, onNew, inNeither };
              }
            }
          }
        }
      }
    }
  }
}

const rows: readonly [string, Stage, Partial<Observed>, readonly Step[]][] = [
  ['both exist', 'moving', {}, ['resume', 'undo', 'keepBoth']],
  ['both exist and a mutation may still take effect', 'moving', { isSettling: true }, ['resume', 'undo']],
  ['both exist while deleting', 'deleting', {}, ['resume', 'undo', 'keepBoth']],
  ['both exist while undoing', 'undoing', {}, ['undo', 'resume', 'keepBoth']],
  ['both exist while removing', 'removing', { isSettling: true }, ['undo', 'resume']],
  ['the old one is gone', 'deleting', { old: 'gone' }, ['finish']],
  ['the old one is gone while undoing', 'undoing', { old: 'gone' }, ['finish']],
  ['the old one is gone while finishing', 'finishing', { old: 'gone' }, ['finish']],
  ['the new one is gone and policies still name it', 'moving', { new: 'gone', onNew: 2 }, ['undo']],
  ['the new one is gone and no policy names it', 'closing', { new: 'gone' }, ['close']],
  ['the new one is gone and a move may still take effect', 'moving', { new: 'gone', isSettling: true }, ['undo']],
  ['the new one is gone and a policy had it', 'moving', { new: 'gone', inNeither: ['p'] }, ['undo', 'close']],
  ['the new one is gone and no policy had it', 'moving', { new: 'gone', inNeither: ['q', 'r'] }, ['close']],
  ['both are gone', 'moving', { old: 'gone', new: 'gone', onNew: 2 }, ['close']],
  ['nothing was created', 'creating', { new: 'none' }, ['close']],
  ['a creation may still take effect', 'creating', { new: 'none', isSettling: true }, ['resume', 'undo']],
  [
    'a creation may still take effect and the old one is gone',
    'creating',
    { old: 'gone', new: 'none', isSettling: true },
    ['resume'],
  ],
  ['only the user can tell what was created', 'creating', { new: 'none', candidates: [candidate] }, ['adopt', 'close']],
  [
    'several destinations may be what was created',
    'creating',
    { new: 'none', candidates: [candidate, { id: 'd', host: 'example.com' }] },
    ['retry', 'close'],
  ],
  [
    'only the user can tell what was created, and the old one is gone',
    'creating',
    { old: 'gone', new: 'none', candidates: [candidate] },
    ['close'],
  ],
  ['the old one cannot be read', 'moving', { old: 'unknown' }, ['retry']],
  ['the new one cannot be read', 'moving', { new: 'unknown' }, ['retry']],
  ['the policies cannot be listed', 'moving', { onOld: undefined, onNew: undefined }, ['retry']],
];

describe('replacement state', () => {
  for (const [when, stage, observed, expected] of rows) {
    it(`offers ${expected.join(', ')} where ${when}`, () => {
      const world: Observed = {
        old: 'exists',
        new: 'exists',
        isSettling: false,
        candidates: [],
        onOld: 0,
        onNew: 0,
        inNeither: [],
      };
      const policies = [
        { id: 'p', name: 'P', moved: true },
        { id: 'q', name: 'Q', moved: false },
        { id: 'r', name: 'R', moved: true, mark: 'detached' },
      ] as const;
      assert.deepEqual(nextSteps(makeState(stage, { policies: [...policies] }), { ...world, ...observed }), expected);
    });
  }

  it('offers no step that cannot be true, for every stage and everything that can be observed', () => {
    let combinations = 0;
    for (const stage of STAGES) {
      for (const observed of allObserved()) {
        combinations += 1;
        const steps = nextSteps(makeState(stage, { policies: [{ id: 'p', name: 'P', moved: true }] }), observed);
        const says = JSON.stringify({ stage, ...observed, steps });
        const has = (step: Step): boolean => steps.includes(step);
        assert.ok(steps.length > 0, says);
        assert.equal(new Set(steps).size, steps.length, says);
        const isUnknown = [observed.old, observed.new, observed.onOld ?? 'unknown'].includes('unknown');
        assert.ok(isUnknown ? steps.join() === 'retry' : !has('retry') || observed.candidates.length > 1, says);
        // Undo needs an old destination to go back to.
        assert.ok(!has('undo') || observed.old === 'exists', says);
        assert.ok(!has('keepBoth') || (observed.old === 'exists' && observed.new === 'exists'), says);
        assert.ok(!has('keepBoth') || !observed.isSettling, says);
        assert.equal(
          has('finish'),
          observed.old === 'gone' && observed.new === 'exists' && observed.onOld !== undefined,
          says,
        );
        assert.ok(!has('adopt') || (observed.new === 'none' && observed.candidates.length === 1), says);
        // Closing forgets the new destination: never while it exists, or policies could go back to the old one.
        assert.ok(!has('close') || observed.new !== 'exists', says);
        assert.ok(!has('close') || !(observed.new === 'gone' && observed.old === 'exists' && observed.onNew), says);
        assert.ok(
          !has('close') || !observed.isSettling || observed.candidates.length > 0 || observed.old === 'gone',
          says,
        );
      }
    }
    assert.equal(combinations, 7 * 3 * 4 * 2 * 3 * 5 * 2);
  });

  it('ends only from stages in which nothing half-done is left', () => {
    const from = (ending: string): readonly string[] =>
      STAGES.filter((stage) => (TRANSITIONS[stage] as readonly string[]).includes(ending));
    assert.deepEqual(from('done'), ['finishing']);
    assert.deepEqual(from('undone'), ['creating', 'undoing', 'closing']);
    assert.deepEqual(from('kept'), ['creating', 'moving', 'deleting', 'undoing', 'removing']);
  });

  it('never goes back once a destination is deleted', () => {
    assert.deepEqual(TRANSITIONS.finishing, ['done', 'closed']);
    assert.deepEqual(TRANSITIONS.closing, ['undone', 'closed']);
  });

  it('can be closed in every stage, so that each replacement has an end', () => {
    for (const stage of STAGES) {
      assert.ok(TRANSITIONS[stage].includes('closed'), stage);
    }
  });

  it('parses what it wrote', () => {
    for (const stage of STAGES) {
      const state = makeState(stage, {
        newId: 'new',
        origin: 'matched',
        policies: [{ id: 'p', name: 'P', moved: true }],
        pending: { kind: 'policy', sentAt: 1, policyId: 'p', to: 'new' },
      });
      assert.deepEqual(parseReplacement(JSON.parse(JSON.stringify(state))), state);
    }
  });

  it('parses every kind of pending mutation', () => {
    for (const kind of ['create', 'policy', 'deleteOld', 'deleteNew'] as const) {
      const state = makeState('moving', { pending: { kind, sentAt: 1 } });
      assert.deepEqual(parseReplacement(state), state);
    }
  });

  for (const [what, value] of [
    ['another version', { ...makeState('moving'), version: 3 }],
    ['the version before', { ...makeState('moving'), version: 1 }],
    ['an unknown stage', { ...makeState('moving'), stage: 'dancing' }],
    ['an unknown mutation', { ...makeState('moving'), pending: { kind: 'dance', sentAt: 1 } }],
    ['a missing ID', { ...makeState('moving'), oldId: undefined }],
    ['nothing', null],
    ['a list', []],
    ['text', 'moving'],
  ] as const) {
    it(`does not take ${what} for a state`, () => {
      assert.equal(parseReplacement(value), undefined);
    });
  }
});

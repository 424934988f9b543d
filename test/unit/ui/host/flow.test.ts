import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { askInTurn, type FlowQuestion } from '../../../../src/ui/host/flow.ts';
import type { Answer } from '../../../../src/ui/host/quick-input.ts';

type State = Readonly<Record<string, string>>;

/** Asks for the value of a key, if `when` holds, with the next of the given answers; null cancels. Notes what was asked. */
function scripted(...answers: readonly (string | { readonly back: string } | null)[]) {
  const asked: string[] = [];
  const remaining = [...answers];
  const question =
    (key: string, when: (state: State) => boolean = () => true): FlowQuestion<State> =>
    (state) =>
      when(state)
        ? async ({ keep, shared: { title, step, back } }): Promise<Answer<State>> => {
            asked.push(
              [
                title,
                key,
                step ? `${step.at}/${step.of}` : '-',
                back ? 'back' : '',
                `has ${state[key] ?? 'nothing'}`,
              ].join(' '),
            );
            const answer = remaining.shift() ?? null;
            if (answer === null) {
              return { kind: 'cancel' };
            }
            if (typeof answer !== 'string') {
              keep({ [key]: answer.back });
              return { kind: 'back' };
            }
            return { kind: 'value', value: { [key]: answer } };
          }
        : undefined;
  return { asked, question };
}

describe('askInTurn', () => {
  it('asks one question after another and returns all answers', async () => {
    const { asked, question } = scripted('1', '2');
    assert.deepEqual(await askInTurn<State>('T', { z: '0' }, [question('a'), question('b')]), {
      z: '0',
      a: '1',
      b: '2',
    });
    assert.deepEqual(asked, ['T a 1/2  has nothing', 'T b 2/2 back has nothing']);
  });

  it('shows what was answered and what was typed after Back', async () => {
    const { asked, question } = scripted('1', { back: 'half' }, '1', '2');
    await askInTurn<State>('T', {}, [question('a'), question('b')]);
    assert.deepEqual(asked.slice(2), ['T a 1/2  has 1', 'T b 2/2 back has half']);
  });

  it('leaves out what the answers make unnecessary, in both directions, and counts only the rest', async () => {
    const { asked, question } = scripted('1', { back: '' }, 'x', '2', '3');
    const questions = [question('a'), question('b', ({ a }) => a === 'x'), question('c')];
    assert.deepEqual(await askInTurn<State>('T', {}, questions), { a: 'x', b: '2', c: '3' });
    assert.deepEqual(asked, [
      'T a 1/2  has nothing',
      'T c 2/2 back has nothing',
      'T a 1/2  has 1',
      'T b 2/3 back has nothing',
      'T c 3/3 back has ',
    ]);
  });

  it('has neither step nor Back for one question', async () => {
    const { asked, question } = scripted('1');
    await askInTurn<State>('T', {}, [question('a', () => false), question('b')]);
    assert.deepEqual(asked, ['T b -  has nothing']);
  });

  it('can begin later, with Back to what comes before', async () => {
    const { asked, question } = scripted({ back: '' }, '1', '2');
    await askInTurn<State>('T', {}, [question('a'), question('b')], 1);
    assert.deepEqual(asked, ['T b 2/2 back has nothing', 'T a 1/2  has nothing', 'T b 2/2 back has ']);
  });

  it('returns nothing if the user cancels', async () => {
    const { question } = scripted('1', null);
    assert.equal(await askInTurn<State>('T', {}, [question('a'), question('b')]), undefined);
  });

  it('returns the beginning if nothing needs to be asked', async () => {
    const { asked, question } = scripted();
    assert.deepEqual(await askInTurn<State>('T', { z: '0' }, [question('a', () => false)]), { z: '0' });
    assert.deepEqual(asked, []);
  });

  it('asks only what is needed, goes back only where there is something, and loses no answer, whatever the user does', async () => {
    const keys = ['a', 'b', 'c', 'd'];
    // Each question depends on the answer to the one before: an odd one makes it unnecessary.
    const isNeeded = (state: State, index: number): boolean =>
      index === 0 || Number(state[keys[index - 1] ?? '']) % 2 !== 1;
    const moves = fc.array(fc.oneof(fc.nat(3).map(String), fc.constant('back')), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(moves, async (given) => {
        const left = [...given];
        const latest = new Map<string, string>();
        const questions = keys.map((key, index): FlowQuestion<State> => (state) => {
          if (!isNeeded(state, index)) {
            return undefined;
          }
          return async ({ keep, shared: { back, step } }) => {
            const before = keys.slice(0, index).filter((_, at) => isNeeded(state, at)).length;
            assert.deepEqual([back, step?.at ?? 1], [before > 0, before + 1]);
            assert.equal(state[key], latest.get(key), 'an answer is lost');
            const move = left.shift() ?? '0';
            if (move === 'back' && back) {
              keep({ [key]: 'typed' });
              latest.set(key, 'typed');
              return { kind: 'back' };
            }
            const value = move === 'back' ? '0' : move;
            latest.set(key, value);
            return { kind: 'value', value: { [key]: value } };
          };
        });
        const end = await askInTurn<State>('T', {}, questions);
        assert.deepEqual(end, Object.fromEntries(latest));
        for (const [index, key] of keys.entries()) {
          assert.ok(!end || !isNeeded(end, index) || /^\d$/.test(end[key] ?? ''), `${key} has no answer`);
        }
      }),
    );
  });
});

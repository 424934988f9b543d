import type { Answer, Step } from './quick-input.ts';

/** What a question of a flow receives. */
export type Turn<State> = {
  /** Keeps an answer that may be incomplete, because the user goes back. */
  readonly keep: (change: Partial<State>) => void;
  /** To spread into the question. A flow of one question has no step. */
  readonly shared: { readonly title: string; readonly step?: Step; readonly back: boolean };
};

/**
 * A question of a flow for the answers so far, which include what the user typed before going back. Undefined where these
 * answers make the question unnecessary.
 */
export type FlowQuestion<State> = (
  state: State,
) => ((turn: Turn<State>) => Promise<Answer<Partial<State>>>) | undefined;

/**
 * Asks questions one after another, from the one at `first` on. Back goes to the question before, which has its answer still.
 * Undefined if the user cancels.
 */
export async function askInTurn<State>(
  title: string,
  start: State,
  questions: readonly FlowQuestion<State>[],
  first = 0,
): Promise<State | undefined> {
  let state = start;
  const keep = (change: Partial<State>): void => {
    state = { ...state, ...change };
  };
  const count = (some: readonly FlowQuestion<State>[]): number => some.filter((each) => each(state)).length;
  let index = first;
  let direction = 1;
  for (let question = questions[index]; question; question = questions[index]) {
    const ask = question(state);
    if (ask) {
      const before = count(questions.slice(0, index));
      const of = count(questions);
      const answer = await ask({
        keep,
        shared: { title, back: before > 0, ...(of > 1 ? { step: { at: before + 1, of } } : {}) },
      });
      if (answer.kind === 'cancel') {
        return undefined;
      }
      if (answer.kind === 'value') {
        keep(answer.value);
      }
      direction = answer.kind === 'value' ? 1 : -1;
    }
    index += direction;
  }
  return state;
}

import assert from 'node:assert/strict';

/** A pause in which the user cancels. `paused`: the pauses that did not end because of that. */
export function makeCanceledPause() {
  const cancel = new AbortController();
  const paused: number[] = [];
  return {
    signal: cancel.signal,
    paused,
    sleep: async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
      cancel.abort(new Error('canceled'));
      signal?.throwIfAborted();
      paused.push(milliseconds);
      assert.ok(paused.length < 20, 'never ends');
    },
  };
}

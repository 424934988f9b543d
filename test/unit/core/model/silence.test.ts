import assert from 'node:assert/strict';
import { silencedUntil } from '../../../../src/core/model/silence.ts';

const START = '2026-01-01T00:00:00Z';
const END = '2026-01-02T00:00:00Z';
const now = (text: string): number => Date.parse(text);

describe('silences', () => {
  for (const [at, expected] of [
    ['2025-12-31T23:59:59Z', undefined],
    [START, END],
    ['2026-01-01T12:00:00Z', END],
    ['2026-01-01T23:59:59Z', END],
    [END, undefined],
  ] as const) {
    it(`hold from their start until right before their end (${at})`, () => {
      assert.equal(silencedUntil([{ policyId: 'P-1', start: START, end: END }], 'p1', now(at)), expected);
    });
  }

  it('of other policies, of the past and without a readable time do not count', () => {
    const silences = [
      { policyId: 'q', start: START, end: END },
      { policyId: 'p', start: START, end: '' },
      { policyId: 'p', start: 'soon', end: END },
      { policyId: 'p', start: '2020-01-01T00:00:00Z', end: '2020-01-02T00:00:00Z' },
    ];
    assert.equal(silencedUntil(silences, 'p', now('2026-01-01T12:00:00Z')), undefined);
    assert.equal(silencedUntil([], 'p', now(START)), undefined);
  });

  it('end with the latest of them', () => {
    const ends = ['2026-01-03T00:00:00Z', '2026-01-09T00:00:00Z', '2026-01-05T00:00:00Z'];
    const silences = ends.map((end) => ({ policyId: 'p', start: START, end }));
    assert.equal(silencedUntil(silences, 'p', now('2026-01-01T12:00:00Z')), ends[1]);
  });
});

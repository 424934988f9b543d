import assert from 'node:assert/strict';
import { fromMilliseconds } from '../../../src/core/model/timestamp.ts';
import { describeShortAge } from '../../../src/ui/text/format.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const SECOND = 1000;
const DAY = 86_400 * SECOND;

describe('ages in rows', () => {
  it('are short, and never in the future', () => {
    const age = (milliseconds: number): string => describeShortAge(fromMilliseconds(NOW - milliseconds), NOW);
    const ages = [
      -DAY,
      0,
      9 * SECOND,
      30 * SECOND,
      5 * 60 * SECOND,
      2 * 3600 * SECOND,
      DAY,
      8 * DAY,
      40 * DAY,
      800 * DAY,
    ];
    assert.deepEqual(ages.map(age), [
      'now',
      'now',
      'now',
      '30 s ago',
      '5 min ago',
      '2 h ago',
      '1 d ago',
      '1 wk ago',
      '1 mo ago',
      '2 y ago',
    ]);
  });
});

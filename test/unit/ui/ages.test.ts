import assert from 'node:assert/strict';
import { fromMilliseconds } from '../../../src/core/model/timestamp.ts';
import { standInForVscode } from './vscode.ts';

await standInForVscode();
const { describeAge } = await import('../../../src/ui/text/format.ts');

const DAY = 86_400_000;

describe('ages', () => {
  it('count whole days, months and years, and never name one of the calendar', () => {
    const at = new Date(2026, 10, 23, 23, 30).getTime();
    const age = (now: number): string => describeAge(fromMilliseconds(at), now);
    assert.equal(age(new Date(2026, 10, 25, 22).getTime()), '1 day ago');
    assert.deepEqual(
      [5000, 59 * DAY, 729 * DAY].map((since) => age(at + since)),
      ['now', '1 month ago', '1 year ago'],
    );
  });
});

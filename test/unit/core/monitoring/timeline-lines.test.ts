import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  type DestinationHistory,
  mergeHistories,
  MOST_EVENTS,
  toSighting,
} from '../../../../src/core/monitoring/timeline.ts';
import {
  compactLines,
  decodeHistory,
  decodeLine,
  encodeLine,
  indexLines,
} from '../../../../src/core/monitoring/timeline-lines.ts';

const NOW = Date.UTC(2026, 10, 23);
const MINUTE = 60_000;

/** Events so many minutes ago, each the last one until the next. */
function historyOf(success: readonly number[], failure: readonly number[] = []): DestinationHistory {
  const series = (minutes: readonly number[]) =>
    minutes.flatMap((each) => toSighting(new Date(NOW - each * MINUTE).toISOString(), NOW) ?? []);
  return mergeHistories([{ success: series(success), failure: series(failure) }]);
}

const minutes = fc.uniqueArray(fc.nat(60 * 24 * 80), { maxLength: 30 });
const history = fc.tuple(minutes, minutes).map(([success, failure]) => historyOf(success, failure));
const id = fc.oneof(
  fc.constantFrom('a', 'b'),
  fc.string({ minLength: 1 }),
  fc.constantFrom('"', '\\', '\n', 'é\u2028'),
);

describe('lines of a timeline', () => {
  it('return what was encoded, for any ID, also from several lines', () => {
    fc.assert(
      fc.property(id, id, history, history, (first, second, a, b) => {
        const text = `\n${encodeLine(first, a)}\n\n${encodeLine(second, b)}\n${encodeLine(first, b)}\n`;
        const { lines, malformed } = indexLines(text);
        assert.equal(malformed, 0);
        assert.deepEqual(decodeHistory([lines], first), mergeHistories([a, b]));
        assert.deepEqual(decodeHistory([lines], second), first === second ? mergeHistories([a, b]) : b);
        assert.equal(decodeHistory([lines], `${first}${second}x`), undefined);
      }),
    );
  });

  it('that are cut off are absent, and do not spoil the others', () => {
    fc.assert(
      fc.property(history, fc.nat(), (each, cut) => {
        const [torn, whole] = [encodeLine('torn', each), encodeLine('whole', each)];
        const { lines } = indexLines(`${torn.slice(0, cut % torn.length)}\n${whole}\n`);
        assert.deepEqual(decodeHistory([lines], 'whole'), each);
        assert.equal(decodeHistory([lines], 'torn'), undefined);
      }),
    );
  });

  it('that are malformed never throw', () => {
    for (const line of [
      '',
      'null',
      '{}',
      '[]',
      '["a"]',
      '["a",[],[],[]]',
      '["a",{},[]]',
      '[1,[],[]]',
      '["a",["2026-11-20T10:00:00Z"],[]]',
      '["a",["yesterday",1],[]]',
      '["a",["2026-11-20T10:00:00Z","1"],[]]',
      '["a",[5,1],[]]',
    ]) {
      assert.equal(decodeLine(line), undefined, line);
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        decodeLine(line);
        indexLines(line);
      }),
    );
  });
});

describe('compacting a timeline', () => {
  it('keeps what was recorded in the last 90 days, once', async () => {
    await fc.assert(
      fc.asyncProperty(history, history, async (a, b) => {
        const lines = ['x', 'y', 'x'].map((each, index) => indexLines(encodeLine(each, index === 0 ? a : b)).lines);
        const compact = indexLines(await compactLines(lines, NOW)).lines;
        const merged = mergeHistories([a, b]);
        if (merged.success.length + merged.failure.length > 0) {
          assert.deepEqual(decodeHistory([compact], 'x'), merged);
        }
        assert.equal(await compactLines([compact, ...lines], NOW), await compactLines([compact], NOW));
      }),
    );
  });

  it('drops destinations without anything in the last 90 days', async () => {
    const old = toSighting('2026-01-01T10:00:00Z', Date.UTC(2026, 1, 1));
    assert.ok(old);
    const { lines } = indexLines(encodeLine('gone', { success: [old], failure: [] }));
    assert.equal(await compactLines([lines], NOW), '');
  });

  it('never exceeds its bounds, and drops the oldest events of all destinations first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(history, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 4000 }),
        async (all, most) => {
          const lines = indexLines(all.map((each, index) => encodeLine(`d${index}`, each)).join('\n')).lines;
          const text = await compactLines([lines], NOW, most);
          assert.ok(text.length <= most, `${text.length} of ${most}`);
          const kept = indexLines(text).lines;
          const ends = (from: typeof kept): readonly number[] =>
            all.flatMap((_, index) => {
              const { success, failure } = decodeHistory([from], `d${index}`) ?? { success: [], failure: [] };
              return [...success, ...failure].map(({ until }) => until);
            });
          const left = ends(kept);
          const dropped = ends(lines)
            .toSorted((a, b) => b - a)
            .slice(left.length);
          assert.ok(Math.min(...left) >= Math.max(...dropped), 'an older event was kept');
        },
      ),
    );
  });

  it(`keeps at most ${MOST_EVENTS} events of a destination`, async () => {
    const many = historyOf(Array.from({ length: 700 }, (_, index) => index));
    const text = await compactLines([indexLines(encodeLine('d', many)).lines], NOW);
    const kept = decodeHistory([indexLines(text).lines], 'd')?.success ?? [];
    assert.equal(kept.length, MOST_EVENTS);
    assert.equal(kept.at(-1)?.at, new Date(NOW).toISOString());
  });
});

import assert from 'node:assert/strict';
import { assert as forAll, date, integer, property, string } from 'fast-check';
import { compareInstants, parseTimestamp, toMilliseconds } from '../../../../src/core/model/timestamp.ts';

describe('timestamp', () => {
  it('keeps microseconds, which Date drops', () => {
    const earlier = parseTimestamp('2020-10-26T18:25:04.532316Z');
    const later = parseTimestamp('2020-10-26T18:25:04.532317Z');
    assert.deepEqual(earlier, { milliseconds: 1603736704532, nanoseconds: 316000 });
    assert.ok(later && earlier && compareInstants(later, earlier) > 0);
  });

  it('parses any UTC offset and any number of fractional digits', () => {
    assert.deepEqual(parseTimestamp('2020-10-26T20:25:04.5+02:00'), parseTimestamp('2020-10-26T18:25:04.500000Z'));
    assert.deepEqual(parseTimestamp('2020-10-26T18:25:04Z'), parseTimestamp('2020-10-26t18:25:04.000000000000z'));
  });

  for (const text of [
    undefined,
    null,
    '',
    ' ',
    'yesterday',
    '2020-10-26',
    '2020-10-26T18:25:04',
    '2020-02-30T00:00:00Z',
    '2020-13-01T00:00:00Z',
    '2020-10-26T24:00:00Z',
    '2020-10-26T18:25:04+99:00',
    '0001-01-01T00:00:00Z',
  ]) {
    it(`treats ${JSON.stringify(text)} as missing`, () => {
      assert.equal(parseTimestamp(text), undefined);
    });
  }

  it('agrees with Date on every millisecond, including before 1970', () => {
    const valid = date({
      min: new Date('0002-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    forAll(
      property(valid, (each) => {
        const instant = parseTimestamp(each.toISOString());
        assert.ok(instant !== undefined);
        assert.equal(toMilliseconds(instant), each.getTime());
      }),
    );
  });

  it('orders timestamps by nanoseconds', () => {
    const nanoseconds = integer({ min: 0, max: 999_999_999 });
    forAll(
      property(nanoseconds, nanoseconds, (a, b) => {
        const [first, second] = [a, b].map((each) =>
          parseTimestamp(`2026-01-01T00:00:00.${String(each).padStart(9, '0')}Z`),
        );
        assert.ok(first !== undefined && second !== undefined);
        assert.equal(Math.sign(compareInstants(first, second)), Math.sign(a - b));
      }),
    );
  });

  it('never throws for any text', () => {
    forAll(property(string(), (text) => assert.doesNotThrow(() => parseTimestamp(text))));
  });
});

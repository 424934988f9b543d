import assert from 'node:assert/strict';
import { assert as forAll, date, integer, property, string } from 'fast-check';
import {
  compareInstants,
  fromMilliseconds,
  parseTimestamp,
  toMilliseconds,
} from '../../../../src/core/model/timestamp.ts';

describe('timestamp', () => {
  it('keeps microseconds, which Date drops', () => {
    const earlier = parseTimestamp('2020-10-26T18:25:04.532316Z');
    const later = parseTimestamp('2020-10-26T18:25:04.532317Z');
    assert.deepEqual(earlier, { milliseconds: 1603736704532, nanoseconds: 316000 });
    assert.ok(later && earlier && compareInstants(later, earlier) > 0);
  });

  it('parses the largest offset, hours with minutes, both signs, and text around spaces', () => {
    const at = (text: string) => parseTimestamp(text)?.milliseconds;
    const base = Date.UTC(2020, 9, 26, 18, 25, 4);
    assert.equal(at('2020-10-26T18:25:04+23:59'), base - (23 * 60 + 59) * 60_000);
    assert.equal(at('2020-10-26T18:25:04-05:30'), base + (5 * 60 + 30) * 60_000);
    assert.equal(at(' 2020-10-26 18:25:04Z\n'), base);
    assert.equal(at('2020-10-26T18:25:04+0000'), base);
    assert.equal(at('2020-10-26 18:25:04 +0000 UTC'), base);
    assert.equal(at('2020-02-29T23:59:59Z'), Date.UTC(2020, 1, 29, 23, 59, 59));
    assert.equal(at('2019-02-29T00:00:00Z'), undefined);
    assert.deepEqual(fromMilliseconds(1.9), { milliseconds: 1, nanoseconds: 0 });
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
    '2020-10-26T18:25:04+24:00',
    '2020-10-26T18:25:04+00:60',
    '2020-10-26T18:60:04Z',
    '2020-10-26T18:25:60Z',
    '2020-00-10T00:00:00Z',
    '2020-10-00T00:00:00Z',
    'x2020-10-26T18:25:04Z',
    '2020-10-26T18:25:04Zx',
    '2020-10-26T18:25:04.Z',
    '0001-01-01T00:00:00+05:00',
    '0001-01-01T00:00:00Z',
  ]) {
    it(`treats ${JSON.stringify(text)} as missing`, () => {
      assert.equal(parseTimestamp(text), undefined);
    });
  }

  it('reads a leap second as the beginning of the next minute', () => {
    for (const text of ['2016-12-31T23:59:60Z', '2017-01-01T05:29:60+05:30']) {
      assert.deepEqual(parseTimestamp(text), text.endsWith('Z') ? parseTimestamp('2017-01-01T00:00:00Z') : undefined);
    }
  });

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

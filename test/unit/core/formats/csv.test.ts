import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { formatCsv } from '../../../../src/core/formats/csv.ts';

/** Parses RFC 4180. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  cell.lastIndex = 1;
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') {
      rows.push(cells);
      cells = [];
    }
  }
  return rows;
}

describe('CSV', () => {
  it('returns what was written, whatever the texts', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('"', ',', ';', '=', '\r', '\n', "'", ' ', 'ä'), fc.string()),
    });
    fc.assert(
      fc.property(fc.array(fc.array(text, { minLength: 1 }), { minLength: 1 }), (table) => {
        const plain = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] =>
          rows.map((cells) =>
            cells.map((each) =>
              each.replaceAll(/([;\r\n][\s"]*)'(?=[=+\-@|])/g, '$1').replace(/^'(?=\s*[=+\-@\t\r|])/, ''),
            ),
          );
        assert.deepEqual(plain(parse(formatCsv(table))), plain(table));
      }),
    );
  });

  it('never starts a cell as a formula', () => {
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '|cmd']) {
      assert.match(parse(formatCsv([[text]]))[0]?.[0] ?? '', /^'/);
    }
    for (const text of ['x;=1;y', 'x; -1', 'x;"=1"', 'x\n=1']) {
      assert.doesNotMatch(formatCsv([['Acme', text]]), /[;\n][\s"]*[=-]/, text);
    }
    assert.equal(formatCsv([[-1, 'a']]), '\uFEFF-1,a\r\n');
  });
});
